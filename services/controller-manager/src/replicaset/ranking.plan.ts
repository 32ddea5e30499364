/**
 * Which pods of a ReplicaSet go first when it shrinks (upstream's ActivePodsWithRanks).
 *
 * In this order: without a node, pending, not ready, cheap to delete by annotation, on a node with
 * many related pods, ready for a short time, restarted often, young. Times are compared by the
 * logarithm of their age, so that among pods of about one age chance (the uid) decides, and not
 * which of them a rollout happened to start last.
 */
import {
  isPodActive,
  isPodReady,
  isSidecar,
  parseTime,
  podCondition,
  type Pod,
} from '@drydock/api';
import type { Moment } from '../moment.plan.ts';

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

interface Ranked {
  readonly pod: Pod;
  readonly isAssigned: boolean;
  readonly phase: number;
  readonly isReady: boolean;
  readonly deletionCost: number;
  readonly neighbours: number;
  readonly readySince: number | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly createdAt: number | undefined;
}

/**
 * The `count` pods to delete.
 * @param related all pods of ReplicaSets with the same controller, `pods` among them
 */
export function podsToDelete(options: {
  readonly pods: readonly Pod[];
  readonly related: readonly Pod[];
  readonly count: number;
  readonly moment: Moment;
}): Pod[] {
  const { pods, related, count, moment } = options;
  if (count >= pods.length) return [...pods];
  const perNode = new Map<string, number>();
  for (const pod of related) {
    if (!isPodActive(pod)) continue;
    const node = pod.spec.nodeName ?? '';
    perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  return pods
    .map((pod) => rank(pod, perNode.get(pod.spec.nodeName ?? '') ?? 0))
    .sort((a, b) => compare(a, b, moment.wallTime))
    .slice(0, count)
    .map((ranked) => ranked.pod);
}

function rank(pod: Pod, neighbours: number): Ranked {
  const cost = Number(pod.metadata.annotations?.[deletionCostAnnotation] ?? 0);
  const readySince = podCondition(pod, 'Ready')?.lastTransitionTime;
  const { creationTimestamp } = pod.metadata;
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name),
  );
  const most = (counts: readonly number[]) => counts.reduce((a, b) => Math.max(a, b), 0);
  return {
    pod,
    isAssigned: (pod.spec.nodeName ?? '') !== '',
    phase: phaseRank[pod.status.phase ?? ''] ?? 0,
    isReady: isPodReady(pod),
    deletionCost: Number.isInteger(cost) ? cost : 0,
    neighbours,
    readySince: readySince === undefined ? undefined : parseTime(readySince),
    restarts: most((pod.status.containerStatuses ?? []).map((status) => status.restartCount)),
    sidecarRestarts: most(
      (pod.status.initContainerStatuses ?? [])
        .filter((status) => sidecars.has(status.name))
        .map((status) => status.restartCount),
    ),
    createdAt: creationTimestamp === undefined ? undefined : parseTime(creationTimestamp),
  };
}

/** Negative when `a` goes first. */
function compare(a: Ranked, b: Ranked, wallTime: number): number {
  return (
    Number(a.isAssigned) - Number(b.isAssigned) ||
    a.phase - b.phase ||
    Number(a.isReady) - Number(b.isReady) ||
    a.deletionCost - b.deletionCost ||
    b.neighbours - a.neighbours ||
    (a.isReady ? compareTimes(a.readySince, b.readySince, { a, b, wallTime }) : 0) ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    compareTimes(a.createdAt, b.createdAt, { a, b, wallTime })
  );
}

/** The later first, by powers of two of the age; the uid decides within one power. */
function compareTimes(
  timeA: number | undefined,
  timeB: number | undefined,
  { a, b, wallTime }: { a: Ranked; b: Ranked; wallTime: number },
): number {
  if (timeA === timeB) return 0;
  if (timeA === undefined) return -1;
  if (timeB === undefined) return 1;
  const byAge = magnitude(wallTime - timeA) - magnitude(wallTime - timeB);
  if (byAge !== 0) return byAge;
  return (a.pod.metadata.uid ?? '') < (b.pod.metadata.uid ?? '') ? -1 : 1;
}

function magnitude(ageMillis: number): number {
  return ageMillis > 0 ? Math.floor(Math.log2(ageMillis * 1e6)) : -1;
}
