/**
 * What to do next for one pod: a function of its spec, of what the runtime has, and of what the agent
 * remembers (kubelet's computePodActions).
 *
 * 1. Whoever carries the actions out does so in order, and asks again after every change.
 * 2. Containers are only started in a sandbox that is ready; a sandbox that died takes all with it.
 * 3. Init containers run one after the other, and again in a new sandbox.
 * 4. Ending a container takes time: it is asked for once, and its death is an event.
 * 5. Ephemeral containers are started once, also while init containers run.
 * 6. A sandbox of an earlier boot of the node is a dead machine's: it is removed without ceremony.
 */
import type { Container, Pod, Probe } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import type { ContainerStatus, SandboxStatus } from '../runtime/runtime.ts';
import { backOffLeft, nextBackOff, type BackOff } from './back-off.ts';
import { formatGoDuration } from './go-duration.ts';
import type { PodMemory } from './memory.ts';
import {
  currentSandbox,
  describePod,
  ephemeralContainersOf,
  identityOf,
  initContainersOf,
  instancesOf,
  isInitialized,
  isSidecar,
  isTerminalPhase,
  mayRestart,
  specHashOf,
  type PodRuntime,
} from './pod-facts.ts';

export type Action =
  | { readonly kind: 'remove-sandbox'; readonly sandbox: SandboxStatus }
  | { readonly kind: 'stop-sandbox'; readonly sandbox: SandboxStatus }
  | { readonly kind: 'create-sandbox'; readonly attempt: number; readonly replaces: boolean }
  | {
      readonly kind: 'start-container';
      readonly container: Container;
      readonly attempt: number;
      /** The delay that its next restart has to keep. */
      readonly backOff: BackOff | undefined;
    }
  | {
      readonly kind: 'kill-container';
      readonly instance: ContainerStatus;
      readonly message: string;
      readonly gracePeriodSeconds: number;
      /** Ids of containers whose end it is asked to outlive, as far as the grace allows. */
      readonly after?: readonly string[];
    }
  | { readonly kind: 'remove-container'; readonly instance: ContainerStatus }
  | {
      readonly kind: 'wait-for-restart';
      readonly container: Container;
      readonly message: string;
    }
  /** Nothing is left of a deleted pod: its object can go. */
  | { readonly kind: 'finish' };

export interface Plan {
  readonly actions: readonly Action[];
  /** When to ask again if nothing happens before. */
  readonly recheckAfterMillis: Millis | undefined;
}

export interface PlanInput {
  readonly pod: Pod;
  readonly runtime: PodRuntime;
  readonly memory: PodMemory;
  readonly bootId: string;
  readonly clock: Pick<Clock, 'now' | 'elapsedSince'>;
  /** Dead instances that a container keeps beside its newest; absent: one, for `logs --previous`. */
  readonly deadInstancesKept?: number | undefined;
}

/** The shortest grace that a container gets (kubelet's minimumGracePeriodInSeconds). */
export const gracePeriodSecondsMin = 2;

export function plan(input: PlanInput): Plan {
  const { pod, runtime, memory } = input;
  const dead = runtime.sandboxes.filter((sandbox) => sandbox.bootId !== input.bootId);
  if (dead.length > 0) {
    return now(dead.map((sandbox) => ({ kind: 'remove-sandbox', sandbox })));
  }
  if (pod.metadata.deletionTimestamp !== undefined) return planDeletion(input);
  if (memory.failure !== undefined || isTerminalPhase(pod)) return planEnd(input);
  const sandbox = currentSandbox(runtime, input.bootId);
  if (isComplete(input)) return planEnd(input);
  if (sandbox === undefined || sandbox.state !== 'ready') return planSandbox(input, sandbox);
  return planContainers(input, sandbox);
}

const now = (actions: readonly Action[]): Plan => ({ actions, recheckAfterMillis: undefined });

/** All containers have ended and the restart policy has nothing to start again. */
function isComplete({ pod, runtime }: Pick<PlanInput, 'pod' | 'runtime'>): boolean {
  if (pod.spec.restartPolicy === undefined || pod.spec.restartPolicy === 'Always') return false;
  const ended = (container: Container) => {
    const newest = instancesOf(runtime, container.name)[0];
    return newest?.state === 'exited' && !mayRestart(pod, container, newest.exitCode ?? 0);
  };
  const initFailed = initContainersOf(pod).some((container) => {
    const newest = instancesOf(runtime, container.name)[0];
    return !isSidecar(container) && ended(container) && newest?.exitCode !== 0;
  });
  return initFailed || pod.spec.containers.every(ended);
}

/** A deleted pod: containers end with grace, then everything goes, then the object. */
function planDeletion(input: PlanInput): Plan {
  const { pod, runtime } = input;
  const grace = pod.metadata.deletionGracePeriodSeconds ?? gracePeriodOf(pod);
  const kills = killAll(input, grace);
  if (kills !== undefined) return now(kills);
  return now([
    ...runtime.sandboxes.map((sandbox): Action => ({ kind: 'remove-sandbox', sandbox })),
    { kind: 'finish' },
  ]);
}

/** A pod that is over but not deleted: its containers stay for their logs, its sandbox stops. */
function planEnd(input: PlanInput): Plan {
  const { pod, memory } = input;
  const kills = killAll(input, memory.failure?.gracePeriodSeconds ?? gracePeriodOf(pod));
  if (kills !== undefined) return now(kills);
  const ready = input.runtime.sandboxes.filter((sandbox) => sandbox.state === 'ready');
  return now(ready.map((sandbox) => ({ kind: 'stop-sandbox', sandbox })));
}

/**
 * All are asked to end at once; sidecars wait for the containers they serve, and for the sidecars that
 * were started after them. Undefined when nothing runs any more.
 */
function killAll({ pod, runtime, memory }: PlanInput, grace: number): Action[] | undefined {
  const running = runtime.containers.filter((instance) => instance.state === 'running');
  if (running.length === 0) return undefined;
  const order = initContainersOf(pod)
    .filter(isSidecar)
    .map(({ name }) => name);
  // The app containers are in nobody's order, and so before all.
  const isAfter = (one: ContainerStatus, other: ContainerStatus) =>
    order.includes(one.name) &&
    (!order.includes(other.name) || order.indexOf(other.name) > order.indexOf(one.name));
  return running
    .filter((instance) => !memory.ending.has(instance.id))
    .map((instance) => {
      const after = running.filter((other) => isAfter(instance, other)).map(({ id }) => id);
      return { ...kill(instance, `Stopping container ${instance.name}`, grace), after };
    });
}

function kill(
  instance: ContainerStatus,
  message: string,
  graceSeconds: number,
): Extract<Action, { kind: 'kill-container' }> {
  const gracePeriodSeconds = Math.max(gracePeriodSecondsMin, graceSeconds);
  return { kind: 'kill-container', instance, message, gracePeriodSeconds };
}

/** What a container gets to end, in seconds. */
export const gracePeriodOf = (pod: Pod) => pod.spec.terminationGracePeriodSeconds ?? 30;

/** Without a sandbox nothing of the pod can run: what still does ends first. */
function planSandbox(input: PlanInput, dead: SandboxStatus | undefined): Plan {
  const kills = killAll(input, gracePeriodOf(input.pod));
  if (kills !== undefined) return now(kills);
  const attempt = dead === undefined ? 0 : dead.attempt + 1;
  const first = nextInitContainer(input, undefined);
  const starts =
    first === undefined
      ? input.pod.spec.containers.filter((container) => isDue(input, container))
      : [first];
  const restarts = starts.map((container) => startOrWait(input, container));
  return {
    actions: [
      { kind: 'create-sandbox', attempt, replaces: dead !== undefined },
      ...restarts.flatMap((restart) => restart.action ?? []),
    ],
    recheckAfterMillis: soonest(restarts),
  };
}

/** Not one that has succeeded for good in an earlier sandbox. */
function isDue({ pod, runtime }: PlanInput, container: Container): boolean {
  const newest = instancesOf(runtime, container.name)[0];
  return newest?.state !== 'exited' || mayRestart(pod, container, newest.exitCode ?? 0);
}

function planContainers(input: PlanInput, sandbox: SandboxStatus): Plan {
  // From the first app container on, init containers are done, and a sidecar that died holds nobody up.
  const hasBegun = input.pod.spec.containers.some(
    ({ name }) => instancesOf(input.runtime, name)[0]?.sandboxId === sandbox.id,
  );
  const next = hasBegun ? undefined : nextInitContainer(input, sandbox);
  const sidecars = initContainersOf(input.pod).filter(isSidecar);
  const startedSidecars = sidecars.filter(
    (container) => container !== next && instancesOf(input.runtime, container.name).length > 0,
  );
  const chosen =
    next === undefined
      ? [...startedSidecars, ...input.pod.spec.containers]
      : [...startedSidecars, next];
  const steps = [
    ...ephemeralContainersOf(input.pod).flatMap((container) => planEphemeral(input, container)),
    ...chosen.flatMap((container) => planContainer(input, sandbox, container)),
  ];
  return {
    actions: [...steps.flatMap((step) => step.action ?? []), ...outdated(input, sandbox)],
    recheckAfterMillis: soonest(steps),
  };
}

/** The first init container that has not done its work in this sandbox. */
function nextInitContainer(
  { pod, runtime, memory }: PlanInput,
  sandbox: SandboxStatus | undefined,
): Container | undefined {
  return initContainersOf(pod).find((container) => {
    const newest = instancesOf(runtime, container.name)[0];
    const here = newest?.sandboxId === sandbox?.id ? newest : undefined;
    return !isInitialized(container, here, (instance) => {
      return (
        container.startupProbe === undefined || memory.probes.get(instance.id)?.startup === true
      );
    });
  });
}

interface Step {
  /** Undefined: it waits. */
  readonly action?: Action;
  readonly recheckAfterMillis?: Millis;
}

const soonest = (steps: readonly Step[]): Millis | undefined => {
  const delays = steps.flatMap((step) => step.recheckAfterMillis ?? []);
  return delays.length === 0 ? undefined : Math.min(...delays);
};

function planContainer(input: PlanInput, sandbox: SandboxStatus, container: Container): Step[] {
  const { pod, runtime, memory } = input;
  const newest = instancesOf(runtime, container.name)[0];
  const patience = patienceWith(input, container, newest);
  if (patience !== undefined) return [patience];
  if (newest === undefined) return [startOrWait(input, container)];
  if (newest.state === 'created') {
    // The agent died between creating and starting it.
    return [
      { action: { kind: 'remove-container', instance: newest } },
      {
        action: { kind: 'start-container', container, attempt: newest.attempt, backOff: undefined },
      },
    ];
  }
  if (newest.state === 'exited') {
    const inEarlierSandbox = newest.sandboxId !== sandbox.id;
    const isInit = initContainersOf(pod).includes(container);
    const due = mayRestart(pod, container, newest.exitCode ?? 0) || (isInit && inEarlierSandbox);
    return due ? [startOrWait(input, container)] : [];
  }
  if (memory.ending.has(newest.id)) return [];
  const complaint = reasonToRestart(container, newest, memory);
  if (complaint === undefined) return [];
  const grace = complaint.probe?.terminationGracePeriodSeconds ?? gracePeriodOf(pod);
  return [{ action: kill(newest, complaint.message, grace) }];
}

/** What could not be made or started is tried again when its time has come, whatever happens until then. */
function patienceWith(
  { memory, clock }: PlanInput,
  { name }: Container,
  newest: ContainerStatus | undefined,
): Step | undefined {
  const left = (memory.retryAt.get(name) ?? 0) - clock.now();
  const isMade = newest !== undefined && newest.state !== 'created';
  return isMade || left <= 0 ? undefined : { recheckAfterMillis: left };
}

/** It may be there to find out why the others do not start, so that it waits for nothing. */
function planEphemeral(input: PlanInput, container: Container): Step[] {
  const { pod, runtime } = input;
  const start: Action = { kind: 'start-container', container, attempt: 0, backOff: undefined };
  const newest = instancesOf(runtime, container.name)[0];
  const patience = patienceWith(input, container, newest);
  if (patience !== undefined) return [patience];
  if (newest?.state === 'created') {
    return [{ action: { kind: 'remove-container', instance: newest } }, { action: start }];
  }
  const known = pod.status.ephemeralContainerStatuses?.find((one) => one.name === container.name);
  const ran = known?.containerID !== undefined && known.containerID !== '';
  return newest !== undefined || ran ? [] : [{ action: start }];
}

function reasonToRestart(
  container: Container,
  instance: ContainerStatus,
  memory: PodMemory,
): { message: string; probe?: Probe | undefined } | undefined {
  const { name } = container;
  const verdict = memory.probes.get(instance.id);
  if (instance.specHash !== specHashOf(container)) {
    return { message: `Container ${name} definition changed, will be restarted` };
  }
  if (verdict?.startup === false && container.startupProbe !== undefined) {
    return {
      message: `Container ${name} failed startup probe, will be restarted`,
      probe: container.startupProbe,
    };
  }
  if (verdict?.liveness === false) {
    return {
      message: `Container ${name} failed liveness probe, will be restarted`,
      probe: container.livenessProbe,
    };
  }
  return undefined;
}

/** The first restart is immediate; each further one waits twice as long as the one before. */
function startOrWait(input: PlanInput, container: Container): Step {
  const { pod, runtime, memory, clock } = input;
  const newest = instancesOf(runtime, container.name)[0];
  const attempt = nextAttempt(pod, container.name, newest);
  if (newest?.finishedAt === undefined) {
    return { action: { kind: 'start-container', container, attempt, backOff: undefined } };
  }
  const current = memory.backOff.get(container.name);
  const sinceFailureMillis = clock.elapsedSince(newest.finishedAt);
  const left = backOffLeft(current, clock.now(), sinceFailureMillis);
  if (left > 0) {
    const delay = formatGoDuration(current!.delayMillis);
    const message = `back-off ${delay} restarting failed container=${container.name} pod=${describePod(identityOf(pod))}`;
    return { action: { kind: 'wait-for-restart', container, message }, recheckAfterMillis: left };
  }
  const backOff = nextBackOff(current, clock.now(), sinceFailureMillis);
  return { action: { kind: 'start-container', container, attempt, backOff } };
}

/** Counting goes on where the API's status stopped when the runtime has lost the container. */
function nextAttempt(pod: Pod, name: string, newest: ContainerStatus | undefined): number {
  if (newest !== undefined) return newest.attempt + 1;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const known = [...containerStatuses, ...initContainerStatuses].find((one) => one.name === name);
  if (known === undefined) return 0;
  const ran = known.containerID !== undefined && known.containerID !== '';
  return ran ? known.restartCount + 1 : known.restartCount;
}

/**
 * Of the instances that ended, the last is kept for `logs --previous`; older ones go. So do former
 * sandboxes that hold nothing any more.
 */
function outdated(
  { runtime, deadInstancesKept: kept = 1 }: PlanInput,
  current: SandboxStatus,
): Action[] {
  const names = new Set(runtime.containers.map((instance) => instance.name));
  const instances = [...names].flatMap((name) => instancesOf(runtime, name).slice(1 + kept));
  const sandboxes = runtime.sandboxes.filter(
    (sandbox) =>
      sandbox.id !== current.id &&
      !runtime.containers.some((instance) => instance.sandboxId === sandbox.id),
  );
  return [
    ...instances.map((instance): Action => ({ kind: 'remove-container', instance })),
    ...sandboxes.map((sandbox): Action => ({ kind: 'remove-sandbox', sandbox })),
  ];
}
