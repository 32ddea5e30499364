/** The table of pods: STATUS tells the first thing that keeps a pod from running. */
import { ageColumn, column, nameColumn } from '../../define-kind.ts';
import type { ContainerStatus, Pod } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { isPodReady, isSidecar } from '../../pod.ts';
import { age, humanDuration, parseTime } from '../../time.ts';

export const podColumns = [
  nameColumn,
  column('Ready', 'How many containers are ready, of how many.'),
  column('Status', 'What the pod does, or what keeps it from running.'),
  column('Restarts', 'How often its containers were started again.'),
  ageColumn,
  column('IP', 'Its address.', { wide: true }),
  column('Node', 'Where it runs.', { wide: true }),
  column('Nominated Node', 'Where room is being made for it.', { wide: true }),
  column('Readiness Gates', 'How many further conditions hold, of how many.', { wide: true }),
];

interface Tally {
  ready: number;
  total: number;
  restarts: number;
  lastRestart: number;
}

function count(tally: Tally, status: ContainerStatus): void {
  tally.restarts += status.restartCount;
  const finishedAt = status.lastState?.terminated?.finishedAt;
  if (finishedAt !== undefined) {
    tally.lastRestart = Math.max(tally.lastRestart, parseTime(finishedAt));
  }
}

const exitText = (terminated: { signal?: number; exitCode: number }) =>
  terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;

/** The reason that the first unfinished init container gives, if there is one. */
function initReason(pod: Pod, tally: Tally, initTally: Tally): string | undefined {
  const containers = pod.spec.initContainers ?? [];
  const byName = new Map(containers.map((container) => [container.name, container]));
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const container = byName.get(status.name);
    const stays = container !== undefined && isSidecar(container);
    count(initTally, status);
    if (stays) {
      count(tally, status);
      if (status.started === true && status.ready) tally.ready += 1;
    }
    const { waiting, terminated } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (stays && status.started === true) continue;
    if (terminated !== undefined) return `Init:${terminated.reason || exitText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${containers.length}`;
  }
  return undefined;
}

function containersReason(pod: Pod, tally: Tally, start: string): string {
  let reason = start;
  let hasRunning = false;
  const statuses = pod.status.containerStatuses ?? [];
  for (let index = statuses.length - 1; index >= 0; index -= 1) {
    const status = statuses[index]!;
    count(tally, status);
    const { waiting, terminated, running } = status.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated !== undefined) reason = terminated.reason || exitText(terminated);
    else if (status.ready && running !== undefined) {
      hasRunning = true;
      tally.ready += 1;
    }
  }
  if (reason === 'Completed' && hasRunning) return isPodReady(pod) ? 'Running' : 'NotReady';
  return reason;
}

/** The STATUS cell and the counts beside it. */
function summarize(pod: Pod): Tally & { readonly reason: string } {
  const sidecarCount = (pod.spec.initContainers ?? []).filter(isSidecar).length;
  const total = pod.spec.containers.length + sidecarCount;
  const tally: Tally = { ready: 0, total, restarts: 0, lastRestart: 0 };
  const initTally: Tally = { ready: 0, total: 0, restarts: 0, lastRestart: 0 };
  let reason: string = pod.status.reason || (pod.status.phase ?? '');
  for (const condition of pod.status.conditions ?? []) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') {
      reason = 'SchedulingGated';
    }
  }
  const duringInit = initReason(pod, tally, initTally);
  const isInitialized = pod.status.conditions?.some(
    ({ type, status }) => type === 'Initialized' && status === 'True',
  );
  if (duringInit === undefined || isInitialized === true) {
    reason = containersReason(pod, tally, duringInit ?? reason);
  } else {
    reason = duringInit;
    tally.restarts = initTally.restarts;
    tally.lastRestart = initTally.lastRestart;
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status.reason === 'NodeLost') reason = 'Unknown';
    else if (pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed') {
      reason = 'Terminating';
    }
  }
  return { ...tally, reason };
}

function gates(pod: Pod): string {
  const wanted = pod.spec.readinessGates ?? [];
  if (wanted.length === 0) return '<none>';
  const met = wanted.filter(({ conditionType }) =>
    pod.status.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return `${met.length}/${wanted.length}`;
}

export function podCells(pod: Pod, wallTime: number): TableCell[] {
  const { ready, total, restarts, lastRestart, reason } = summarize(pod);
  const ago =
    restarts !== 0 && lastRestart > 0 ? ` (${humanDuration(wallTime - lastRestart)} ago)` : '';
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reason,
    `${restarts}${ago}`,
    age(pod.metadata.creationTimestamp, wallTime),
    pod.status.podIPs?.[0]?.ip || pod.status.podIP || '<none>',
    pod.spec.nodeName || '<none>',
    pod.status.nominatedNodeName || '<none>',
    gates(pod),
  ];
}
