/** The conditions of a pod that its node owns, in the order in which kubelet writes them; those of others are theirs. */
import {
  formatTime,
  type ContainerStatus,
  type Pod,
  type PodCondition,
  type PodPhase,
} from '@drydock/api';
import type { PodFailure } from './memory.ts';
import { initContainersOf, isSidecar } from './pod-facts.ts';

export interface ConditionInput {
  readonly phase: PodPhase;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  readonly sandboxReady: boolean;
  /** A condition that is true since the node ends the pod. */
  readonly disruption?: PodFailure['condition'];
  readonly wallTime: number;
}

export const ownedConditionTypes: ReadonlySet<string> = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
]);

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const yes: Verdict = { status: 'True' };
const no = (reason?: string, message?: string): Verdict => ({
  status: 'False',
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
});

export function conditionsOf(pod: Pod, input: ConditionInput): PodCondition[] {
  const former = pod.status.conditions ?? [];
  const containersReady = containersReadyOf(pod, input);
  const { disruption } = input;
  const owned: readonly (readonly [string, Verdict])[] = [
    ...(disruption === undefined
      ? []
      : [[disruption.type, { status: 'True', ...disruption }] as const]),
    ['PodReadyToStartContainers', input.sandboxReady ? yes : no()],
    ['Initialized', initializedOf(pod, input)],
    ['Ready', readyOf(pod, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', yes],
  ];
  const ours = owned.map(([type, verdict]): PodCondition => {
    const before = former.find((one) => one.type === type);
    const unchanged = before?.status === verdict.status && before.lastTransitionTime !== undefined;
    return {
      type,
      status: verdict.status,
      lastTransitionTime: unchanged ? before.lastTransitionTime! : formatTime(input.wallTime),
      ...(verdict.reason === undefined ? {} : { reason: verdict.reason }),
      ...(verdict.message === undefined ? {} : { message: verdict.message }),
    };
  });
  return ours;
}

function initializedOf(pod: Pod, { phase, init, main }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  // A sidecar that starts again later takes nothing back.
  const hasBegun = main.some(
    ({ state }) => state?.running !== undefined || state?.terminated !== undefined,
  );
  if (hasBegun) return yes;
  const sidecars = new Set(
    initContainersOf(pod)
      .filter(isSidecar)
      .map((one) => one.name),
  );
  const incomplete = init
    .filter((one) => (sidecars.has(one.name) ? one.started !== true : !one.ready))
    .map((one) => one.name);
  if (incomplete.length === 0) return yes;
  return no(
    'ContainersNotInitialized',
    `containers with incomplete status: [${incomplete.join(' ')}]`,
  );
}

function containersReadyOf(pod: Pod, { phase, init, main }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  const sidecars = new Set(
    initContainersOf(pod)
      .filter(isSidecar)
      .map((one) => one.name),
  );
  const unready = [...init.filter((one) => sidecars.has(one.name)), ...main]
    .filter((one) => !one.ready)
    .map((one) => one.name);
  if (unready.length === 0) return yes;
  return no('ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`);
}

function readyOf(pod: Pod, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const unmet = (pod.spec.readinessGates ?? [])
    .map((gate) => gate.conditionType)
    .filter((type) => pod.status.conditions?.find((one) => one.type === type)?.status !== 'True');
  if (unmet.length === 0) return yes;
  const messages = unmet.map((type) => {
    const known = pod.status.conditions?.find((one) => one.type === type);
    return known !== undefined
      ? `the status of pod readiness gate "${type}" is not "True", but ${known.status}`
      : `corresponding condition of pod readiness gate "${type}" does not exist.`;
  });
  return no('ReadinessGatesNotReady', messages.join(', '));
}
