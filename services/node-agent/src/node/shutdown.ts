/**
 * Graceful node shutdown (kubelet's nodeshutdown manager): the machine goes down, and its pods end first,
 * those that others need last.
 *
 * 1. From the beginning on the node says that it is not ready, and lets no pod in.
 * 2. Pods of the first group end together, each with its own grace or the group's period, whichever is
 *    shorter. The next group follows when they have ended, or when the period is over.
 * 3. What was killed when its time was over is still told of, for a moment.
 * 4. The end of the agent's process alone is no shutdown.
 */
import type { Pod } from '@drydock/api';
import type { EventRecorder } from '@drydock/client';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { PodFailure, WaitingReason } from '../pod-lifecycle/memory.ts';
import { isTerminalPhase } from '../pod-lifecycle/pod-facts.ts';

export interface ShutdownPeriods {
  /** For all pods together; 0: nobody is waited for. */
  readonly totalMillis: Millis;
  /** Of these, what is kept for critical pods. */
  readonly criticalMillis: Millis;
}

/** Upstream's system-cluster-critical and above. */
const criticalPriorityMin = 2_000_000_000;
/** What the API gets to hear of pods that were killed at the last moment. */
const tellMillis: Millis = 2_000;

const ended: PodFailure = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  condition: {
    type: 'DisruptionTarget',
    reason: 'TerminationByKubelet',
    message: 'Pod was terminated in response to imminent node shutdown.',
  },
};
const refused: WaitingReason = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
};

export interface ShutdownPowers {
  readonly nodeName: string;
  readonly pods: () => readonly Pod[];
  readonly end: (uid: string, failure: PodFailure) => void;
  /** Resolves when the pod has ended and the API knows, or there is no such pod. */
  readonly over: (uid: string) => Promise<void>;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The node's status has changed. */
  readonly onBegin: () => void;
}

export interface Shutdown {
  /** Why no pod is let in any more; undefined: they are. */
  refusal(): WaitingReason | undefined;
  /** What the node says of itself. */
  problem(): string | undefined;
  /** Resolves when the machine may go down. */
  run(periods: ShutdownPeriods): Promise<void>;
}

export interface ShutdownGroup {
  readonly pods: readonly Pod[];
  readonly periodMillis: Millis;
}

/** Those that are to end, in order; groups without pods take no time. */
export function shutdownGroups(
  pods: readonly Pod[],
  { totalMillis, criticalMillis }: ShutdownPeriods,
): readonly ShutdownGroup[] {
  const living = pods.filter((pod) => !isTerminalPhase(pod));
  const isCritical = ({ spec }: Pod) => (spec.priority ?? 0) >= criticalPriorityMin;
  return [
    {
      pods: living.filter((pod) => !isCritical(pod)),
      periodMillis: Math.max(0, totalMillis - criticalMillis),
    },
    { pods: living.filter(isCritical), periodMillis: Math.min(criticalMillis, totalMillis) },
  ].filter((group) => group.pods.length > 0);
}

export function createShutdown(powers: ShutdownPowers): Shutdown {
  const { clock, log } = powers;
  let hasBegun = false;

  const endGroup = async ({ pods, periodMillis }: ShutdownGroup) => {
    const periodSeconds = Math.floor(periodMillis / 1000);
    for (const { metadata, spec } of pods) {
      const ownSeconds = spec.terminationGracePeriodSeconds ?? 30;
      const gracePeriodSeconds = Math.min(ownSeconds, periodSeconds);
      powers.end(metadata.uid ?? '', { ...ended, gracePeriodSeconds });
    }
    if (!(await allOver(pods, periodMillis))) {
      log.warn({ periodMillis }, 'not all pods have ended in their time');
    }
  };

  /** False when the time was over before. */
  const allOver = async (pods: readonly Pod[], patienceMillis: Millis): Promise<boolean> => {
    const patience = new AbortController();
    const late = clock.sleep(patienceMillis, { signal: patience.signal }).then(
      () => false,
      () => true,
    );
    const over = Promise.all(pods.map(({ metadata }) => powers.over(metadata.uid ?? '')));
    const isOver = await Promise.race([over.then(() => true), late]);
    patience.abort(new Error('all have ended'));
    return isOver;
  };

  return {
    refusal: () => (hasBegun ? refused : undefined),
    problem: () => (hasBegun ? 'node is shutting down' : undefined),
    run: async (periods) => {
      hasBegun = true;
      log.info({ ...periods }, 'the machine goes down: ending its pods');
      powers.recorder.record(
        { kind: 'Node', name: powers.nodeName, uid: powers.nodeName, apiVersion: 'v1' },
        {
          type: 'Normal',
          reason: 'NodeShutdown',
          message: 'Shutdown manager detected shutdown event',
        },
      );
      powers.onBegin();
      const groups = shutdownGroups(powers.pods(), periods);
      for (const group of groups) await endGroup(group);
      await allOver(
        groups.flatMap((group) => group.pods),
        tellMillis,
      );
    },
  };
}
