/** Why a pod is evicted or not let in, in kubelet's words: pure. */
import {
  addQuantities,
  quantityFromBytes,
  quantityFromMilli,
  quantityValue,
  tolerates,
  type Pod,
} from '@drydock/api';
import type { PodFailure, WaitingReason } from '../pod-lifecycle/memory.ts';
import { qosClass } from '../pod-lifecycle/qos.ts';
import { isCritical, type ContainerUse, type PodUsage } from './ranking.ts';
import { resourceOf, type Observations, type Pressure, type StarvedResource } from './signals.ts';
import { unitsOf, type Threshold } from './thresholds.ts';

const evictedReason = 'Evicted';
/** What a pod gets that has to go at once. */
const immediateGraceSeconds = 1;

/** The spaces at the ends of these sentences are upstream's. */
export function evictionOf(
  pod: Pod,
  {
    threshold,
    observations,
    usage,
    maxPodGraceSeconds,
  }: {
    readonly threshold: Threshold;
    readonly observations: Observations;
    readonly usage: PodUsage | undefined;
    /** Of pods that end for a soft threshold. */
    readonly maxPodGraceSeconds: number;
  },
): PodFailure {
  const resource = resourceOf(threshold.signal);
  const observation = observations[threshold.signal];
  const amounts =
    observation === undefined
      ? ''
      : `Threshold quantity: ${quantity(resource, unitsOf(threshold.amount, observation.capacity))}, available: ${quantity(resource, observation.available)}. `;
  const message = `The node was low on resource: ${resource}. ${amounts}${consumers(pod, resource, usage)}`;
  const own = pod.spec.terminationGracePeriodSeconds ?? 30;
  const isHard = threshold.graceMillis === undefined;
  return {
    reason: evictedReason,
    message,
    gracePeriodSeconds: isHard ? immediateGraceSeconds : Math.min(maxPodGraceSeconds, own),
    condition: { type: 'DisruptionTarget', reason: 'TerminationByKubelet', message },
  };
}

function consumers(pod: Pod, resource: StarvedResource, usage: PodUsage | undefined): string {
  const used = (one: ContainerUse) =>
    resource === 'memory'
      ? one.memoryBytes
      : resource === 'ephemeral-storage'
        ? one.diskBytes
        : undefined;
  const containers = usage?.containers ?? [];
  return containers
    .map((use) => {
      const container = pod.spec.containers.find((one) => one.name === use.name);
      const request = container?.resources?.requests?.[resource] ?? '0';
      const bytes = used(use);
      if (container === undefined || bytes === undefined || bytes <= quantityValue(request)) {
        return '';
      }
      return `Container ${use.name} was using ${quantityFromBytes(bytes)}, request is ${request}, has larger consumption of ${resource}. `;
    })
    .join('');
}

const quantity = (resource: StarvedResource, units: number) =>
  resource === 'memory' || resource === 'ephemeral-storage'
    ? quantityFromBytes(units)
    : quantityFromMilli(units * 1000);

/** Of a pod that has written more than it may: its volumes, the pod, its containers, in this order. */
export function overLimit(pod: Pod, usage: PodUsage): PodFailure | undefined {
  const message =
    volumeOverLimit(pod, usage) ?? podOverLimit(pod, usage) ?? containerOver(pod, usage);
  if (message === undefined) return undefined;
  return { reason: evictedReason, message, gracePeriodSeconds: immediateGraceSeconds };
}

function volumeOverLimit(pod: Pod, { volumes }: PodUsage): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit;
    const used = volumes.get(name) ?? 0;
    if (limit === undefined || quantityValue(limit) <= 0 || used <= quantityValue(limit)) continue;
    return `Usage of EmptyDir volume "${name}" exceeds the limit "${limit}". `;
  }
  return undefined;
}

const storageLimit = (container: Pod['spec']['containers'][number]) =>
  container.resources?.limits?.['ephemeral-storage'];

/** Upstream's limit of a pod is the sum of those containers that have one. */
function podOverLimit(pod: Pod, { diskBytes = 0 }: PodUsage): string | undefined {
  const limits = pod.spec.containers.flatMap((one) => storageLimit(one) ?? []);
  if (limits.length === 0) return undefined;
  const total = addQuantities(...limits);
  if (diskBytes <= quantityValue(total)) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${total}. `;
}

function containerOver(pod: Pod, { containers }: PodUsage): string | undefined {
  for (const { name, diskBytes = 0 } of containers) {
    const container = pod.spec.containers.find((one) => one.name === name);
    const limit = container === undefined ? undefined : storageLimit(container);
    if (limit === undefined || diskBytes <= quantityValue(limit)) continue;
    return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  return undefined;
}

/** Whether anything of a pod's disk use is bounded, so that it has to be measured. */
export const hasStorageLimits = (pod: Pod): boolean =>
  (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
  pod.spec.containers.some((container) => storageLimit(container) !== undefined);

const memoryTaint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;

/** Why a pod is not let in while the node is under pressure. */
export function pressureRefusal(
  pod: Pod,
  pressures: readonly Pressure[],
): WaitingReason | undefined {
  if (pressures.length === 0 || isCritical(pod)) return undefined;
  const toleratesIt = (pod.spec.tolerations ?? []).some((one) => tolerates(one, memoryTaint));
  const onlyMemory = pressures.every((one) => one === 'MemoryPressure');
  if (onlyMemory && (qosClass(pod) !== 'BestEffort' || toleratesIt)) {
    return undefined;
  }
  return {
    reason: evictedReason,
    message: `Pod was rejected: The node had condition: [${pressures.join(' ')}]. `,
  };
}
