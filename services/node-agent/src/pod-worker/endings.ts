/**
 * Ends containers with grace: the preStop hook, then the stop signal, and when the grace is over
 * SIGKILL. The grace counts from the beginning, hook and the wait for others included; after these at
 * least two seconds are left for the signal (kubelet's killContainer).
 */
import type { Container, Pod } from '@drydock/api';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import type { ContainerStatus, RuntimeService } from '../runtime/runtime.ts';
import type { PodEvents } from './pod-events.ts';
import type { Ask } from './requests.ts';

/** What a signal gets after a hook, or a wait, has used up the grace. */
const graceForSignalMillisMin: Millis = 2_000;
const killAgainMillis: Millis = 1_000;

interface EndRequest {
  readonly pod: Pod;
  readonly container: Container | undefined;
  readonly instance: ContainerStatus;
  readonly podIP: string;
  readonly gracePeriodSeconds: number;
  /** Containers that end before this one is sent its signal, while its grace lasts. */
  readonly after?: readonly string[];
}

export interface Endings {
  /** Begins to end a container; of one that is ending already the grace can only get shorter. */
  begin(request: EndRequest): void;
  /** The container has died. */
  ended(id: string): void;
  has(id: string): boolean;
}

interface Ending {
  /** When its grace is over. */
  killAt: Millis;
  timer: Timer;
  /** `waiting` for its hook and for others, `asked` to end, or `killed`. */
  state: 'waiting' | 'asked' | 'killed';
  /** Those that end before it. */
  readonly blockers: Set<string>;
  readonly turn: PromiseWithResolvers<void>;
  /** Its grace was over before it was asked. */
  readonly overdue: PromiseWithResolvers<void>;
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

  const setTimer = (id: string, ending: Ending): Timer =>
    clock.setTimer(Math.max(0, ending.killAt - clock.now()), () => {
      if (ending.state === 'waiting') {
        ending.overdue.resolve();
        return;
      }
      ending.state = 'killed';
      runtime.stopContainer(id, 0).catch((error: unknown) => {
        log.warn({ err: error, container: id }, 'cannot kill a container; will try again');
      });
      // An engine that was away when it was asked is asked again, until the container is dead.
      ending.killAt = clock.now() + killAgainMillis;
      ending.timer = setTimer(id, ending);
    });

  const end = async (request: EndRequest, ending: Ending) => {
    const { instance, pod, container } = request;
    const overdue = ending.overdue.promise;
    if (container?.lifecycle?.preStop !== undefined) {
      const patienceMillis = Math.max(0, ending.killAt - clock.now());
      await Promise.race([runPreStop(request, patienceMillis), overdue]);
    }
    if (ending.blockers.size > 0) await Promise.race([ending.turn.promise, overdue]);
    if (endings.get(instance.id) !== ending) return;
    ending.state = 'asked';
    if (ending.killAt - clock.now() < graceForSignalMillisMin) {
      ending.timer.cancel();
      ending.killAt = clock.now() + graceForSignalMillisMin;
      ending.timer = setTimer(instance.id, ending);
    }
    log.debug({ pod: pod.metadata.name, container: instance.name }, 'asking a container to end');
    // The runtime keeps the grace as well: it would end the container also without its agent.
    await runtime.stopContainer(instance.id, Math.max(1, ending.killAt - clock.now()));
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
      const killAt = clock.now() + request.gracePeriodSeconds * 1000;
      const known = endings.get(id);
      if (known !== undefined) {
        if (known.state === 'killed' || killAt >= known.killAt) return;
        known.timer.cancel();
        known.killAt = killAt;
        known.timer = setTimer(id, known);
        return;
      }
      const ending: Ending = {
        killAt,
        timer: { cancel: () => undefined },
        state: 'waiting',
        blockers: new Set(request.after),
        turn: Promise.withResolvers<void>(),
        overdue: Promise.withResolvers<void>(),
      };
      ending.timer = setTimer(id, ending);
      endings.set(id, ending);
      end(request, ending).catch((error: unknown) => {
        log.warn({ err: error, container: id }, 'cannot ask a container to end; it will be killed');
      });
    },
    ended: (id) => {
      const ending = endings.get(id);
      ending?.timer.cancel();
      endings.delete(id);
      ending?.overdue.resolve();
      for (const other of endings.values()) {
        if (other.blockers.delete(id) && other.blockers.size === 0) other.turn.resolve();
      }
    },
    has: (id) => endings.has(id),
  };
}
