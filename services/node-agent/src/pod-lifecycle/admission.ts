/**
 * Whether a pod may begin here (kubelet's admission): a scheduler that did not know everything, or a
 * user who names the node, can ask for more than there is.
 */
import { quantityMilliValue, quantityValue, type Pod } from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { WaitingReason } from './memory.ts';
import { initContainersOf, isSidecar } from './pod-facts.ts';

export interface Allocatable {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly pods: number;
  /** Of ephemeral-storage and hugepages, in bytes; what is not here is not counted. */
  readonly others?: Readonly<Record<string, number>>;
}

/** Undefined: it fits. @param others pods that are on the node and have not ended */
export function refusal(
  pod: Pod,
  others: readonly Pod[],
  allocatable: Allocatable,
): WaitingReason | undefined {
  const sum = (of: (pod: Pod) => number) => others.reduce((total, other) => total + of(other), 0);
  const cpu = (of: Pod) => requestOf(of, 'cpu', quantityMilliValue);
  const memory = (of: Pod) => requestOf(of, 'memory', quantityValue);
  const asked = [
    { name: 'pods', requested: 1, used: others.length, capacity: allocatable.pods },
    { name: 'cpu', requested: cpu(pod), used: sum(cpu), capacity: allocatable.cpuMillis },
    {
      name: 'memory',
      requested: memory(pod),
      used: sum(memory),
      capacity: allocatable.memoryBytes,
    },
    ...Object.entries(allocatable.others ?? {}).map(([name, capacity]) => {
      const of = (asking: Pod) => requestOf(asking, name, quantityValue);
      return { name, requested: of(pod), used: sum(of), capacity };
    }),
  ];
  const short = asked.find(
    ({ requested, used, capacity }) => requested > 0 && requested + used > capacity,
  );
  if (short === undefined) return undefined;
  const { name, requested, used, capacity } = short;
  return {
    reason: `OutOf${name}`,
    message: `Pod was rejected: Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}

/** What a pod asks for of one resource: its containers and sidecars together, or its largest init container. */
export function requestOf(pod: Pod, resource: string, read: (quantity: string) => number): number {
  const of = (container: Pod['spec']['containers'][number]) =>
    read(container.resources?.requests?.[resource] ?? '0');
  const beside = [...pod.spec.containers, ...initContainersOf(pod).filter(isSidecar)];
  const together = beside.reduce((total, container) => total + of(container), 0);
  const before = initContainersOf(pod).filter((container) => !isSidecar(container));
  return Math.max(together, ...before.map(of));
}

/** Milliseconds until the pod has run for as long as it may; undefined: for ever. */
export function deadlineLeft(
  pod: Pod,
  startedAt: number,
  clock: Pick<Clock, 'elapsedSince'>,
): number | undefined {
  const { activeDeadlineSeconds: seconds } = pod.spec;
  return seconds === undefined
    ? undefined
    : Math.max(0, seconds * 1000 - clock.elapsedSince(startedAt));
}

export const deadlineExceeded: WaitingReason = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};
