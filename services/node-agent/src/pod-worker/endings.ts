/**
 * Ends containers with grace: the preStop hook, then the stop signal, and when the grace is over
 * SIGKILL. The grace counts from the beginning, hook included; after a hook at least two seconds are
 * left for the signal (kubelet's killContainer).
 */
import type { Container, Pod } from '@drydock/api';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import type { ContainerStatus, RuntimeService } from '../runtime/runtime.ts';
import type { PodEvents } from './pod-events.ts';
import type { Ask } from './requests.ts';

/** What a signal gets after a hook has used up the grace. */
const graceAfterHookMillisMin: Millis = 2_000;
const killAgainMillis: Millis = 1_000;

interface EndRequest {
  readonly pod: Pod;
  readonly container: Container | undefined;
  readonly instance: ContainerStatus;
  readonly podIP: string;
  readonly gracePeriodSeconds: number;
}

export interface Endings {
  /** Begins to end a container; of one that is ending already the grace can only get shorter. */
  begin(request: EndRequest): void;
  /** The container has died. */
  ended(id: string): void;
  has(id: string): boolean;
}

interface Ending {
  killAt: Millis;
  timer: Timer;
  isKilled: boolean;
}

export function createEndings({
  runtime,
  clock,
  ask,
  events,
  log,
}: {
  readonly runtime: RuntimeService;
  readonly clock: Clock;
  readonly ask: Ask;
  readonly events: PodEvents;
  readonly log: Logger;
}): Endings {
  const endings = new Map<string, Ending>();

  const killAt = (id: string, when: Millis): Timer =>
    clock.setTimer(Math.max(0, when - clock.now()), () => {
      const ending = endings.get(id);
      if (ending === undefined) return;
      ending.isKilled = true;
      runtime.signalContainer(id, 'SIGKILL').catch((error: unknown) => {
        log.warn({ err: error, container: id }, 'cannot kill a container; will try again');
      });
      // An engine that was away when it was asked is asked again, until the container is dead.
      ending.timer = killAt(id, clock.now() + killAgainMillis);
    });

  const end = async (request: EndRequest, ending: Ending) => {
    const { instance, pod, container } = request;
    const hook = container?.lifecycle?.preStop;
    if (hook !== undefined && request.gracePeriodSeconds > 1) {
      await runPreStop(request, Math.max(0, ending.killAt - clock.now()));
      const left = ending.killAt - clock.now();
      if (left < graceAfterHookMillisMin && endings.get(instance.id) === ending) {
        ending.timer.cancel();
        ending.killAt = clock.now() + graceAfterHookMillisMin;
        ending.timer = killAt(instance.id, ending.killAt);
      }
    }
    if (endings.get(instance.id) !== ending || ending.isKilled) return;
    await runtime.signalContainer(instance.id);
    log.debug({ pod: pod.metadata.name, container: instance.name }, 'asked a container to end');
  };

  const runPreStop = async (request: EndRequest, timeoutMillis: Millis) => {
    const { container, instance, podIP, pod } = request;
    const hook = container!.lifecycle!.preStop!;
    if (hook.sleep !== undefined) {
      await clock.sleep(Math.min(hook.sleep.seconds * 1000, timeoutMillis));
      return;
    }
    const target = { container: container!, containerId: instance.id, podIP };
    const { answer } = await ask(hook, target, Math.max(1, timeoutMillis));
    if (answer !== 'success') {
      events.record(pod, {
        type: 'Warning',
        reason: 'FailedPreStopHook',
        message: 'PreStopHook failed',
        container: container!,
      });
    }
  };

  return {
    begin: (request) => {
      const { id } = request.instance;
      const when = clock.now() + request.gracePeriodSeconds * 1000;
      const known = endings.get(id);
      if (known !== undefined) {
        if (known.isKilled || when >= known.killAt) return;
        known.timer.cancel();
        known.killAt = when;
        known.timer = killAt(id, when);
        return;
      }
      const ending: Ending = { killAt: when, timer: killAt(id, when), isKilled: false };
      endings.set(id, ending);
      end(request, ending).catch((error: unknown) => {
        log.warn({ err: error, container: id }, 'cannot ask a container to end; it will be killed');
      });
    },
    ended: (id) => {
      endings.get(id)?.timer.cancel();
      endings.delete(id);
    },
    has: (id) => endings.has(id),
  };
}
