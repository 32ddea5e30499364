/**
 * Runs the probes of running containers and tells what they amount to.
 *
 * 1. A container is first asked as soon as it runs (after the probe's initial delay), then a period
 *    after each answer's question.
 * 2. The probes of an instance end with it. While it ends only its readiness is asked for.
 */
import type { Container, Pod, Probe } from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { ProbeVerdict } from '../pod-lifecycle/memory.ts';
import {
  answerProbe,
  firstProbeDelay,
  initialProbeState,
  isProbeOver,
  periodMillisOf,
  timeoutMillisOf,
  type ProbeKind,
  type ProbeState,
} from '../pod-lifecycle/probe-state.ts';
import type { ContainerStatus } from '../runtime/runtime.ts';
import type { PodEvents } from './pod-events.ts';
import type { Ask } from './requests.ts';

interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly instance: ContainerStatus;
  readonly podIP: string;
  readonly known: ProbeVerdict;
}

export interface Prober {
  /**
   * Safe to repeat for a container that is probed already. `target.known` is what an earlier agent
   * found out: it stands until enough answers say otherwise.
   */
  watch(target: ProbeTarget, onVerdict: (verdict: ProbeVerdict) => void): void;
  /** The container is ending: nothing can make it end again. */
  letGo(containerId: string): void;
  /** Ends the probes of every instance of the pod but these. */
  keepOnly(uid: string, containerIds: ReadonlySet<string>): void;
}

interface Probing {
  readonly uid: string;
  readonly stop: AbortController;
  readonly letGo: AbortController;
}

const words = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const;

export function createProber({
  ask,
  clock,
  events,
}: {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly events: PodEvents;
}): Prober {
  const running = new Map<string, Probing>();

  const begin = (
    { pod, container, instance, podIP, known }: ProbeTarget,
    { stop, letGo }: Probing,
    onVerdict: (verdict: ProbeVerdict) => void,
  ) => {
    const { signal } = stop;
    const target = { container, containerId: instance.id, podIP };
    let verdict = known;
    const started = Promise.withResolvers<void>();
    const decide = (kind: ProbeKind, state: ProbeState) => {
      if (state.verdict === undefined || verdict[kind] === state.verdict) return;
      verdict = { ...verdict, [kind]: state.verdict };
      // The other probes begin with the verdict, not a period later.
      if (verdict.startup === true) started.resolve();
      onVerdict(verdict);
    };
    const run = async (kind: ProbeKind, probe: Probe) => {
      let state = initialProbeState(kind, known[kind]);
      const ranMillis = clock.elapsedSince(instance.startedAt ?? instance.createdAt);
      await clock.sleep(firstProbeDelay(probe, ranMillis), { signal });
      while (!isProbeOver(kind, state)) {
        if (letGo.signal.aborted && kind !== 'readiness') return;
        const asked = clock.now();
        const { answer, output } = await ask(probe, target, timeoutMillisOf(probe));
        signal.throwIfAborted();
        if (letGo.signal.aborted && kind !== 'readiness') return;
        if (answer !== 'success') {
          const verb = answer === 'failure' ? 'failed' : 'errored';
          const message = `${words[kind]} probe ${verb}: ${output}`;
          events.record(pod, { type: 'Warning', reason: 'Unhealthy', message, container });
        }
        state = answerProbe(state, probe, answer);
        decide(kind, state);
        const spent = clock.now() - asked;
        await clock.sleep(Math.max(0, periodMillisOf(probe) - spent), { signal });
      }
    };
    const runAll = async () => {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      if (startupProbe !== undefined && known.startup !== true) {
        await Promise.race([started.promise, run('startup', startupProbe)]);
      }
      if (verdict.startup === false) return;
      await Promise.all([
        livenessProbe === undefined ? undefined : run('liveness', livenessProbe),
        readinessProbe === undefined ? undefined : run('readiness', readinessProbe),
      ]);
    };
    runAll().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  };

  const stopOne = (id: string) => {
    running.get(id)?.stop.abort(new Error('the container is probed no more'));
    running.delete(id);
  };

  return {
    watch: (target, onVerdict) => {
      const { container, instance, pod } = target;
      const { startupProbe, livenessProbe, readinessProbe } = container;
      if (running.has(instance.id)) return;
      if ((startupProbe ?? livenessProbe ?? readinessProbe) === undefined) return;
      const probing = {
        uid: pod.metadata.uid ?? '',
        stop: new AbortController(),
        letGo: new AbortController(),
      };
      running.set(instance.id, probing);
      begin(target, probing, onVerdict);
    },
    letGo: (id) => running.get(id)?.letGo.abort(),
    keepOnly: (uid, containerIds) => {
      for (const [id, one] of running) {
        if (one.uid === uid && !containerIds.has(id)) stopOne(id);
      }
    },
  };
}
