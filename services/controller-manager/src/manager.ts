/**
 * One controller manager: warm caches always, controllers while it leads.
 *
 * 1. A standby follows every resource and does nothing else; it is ready when its caches are.
 * 2. Controllers act only during a term of leadership, and are made anew for each; each of their
 *    writes checks once more that the lease still holds (fence.ts).
 * 3. When leadership is lost the term's signal aborts all that its controllers have under way. Should
 *    that not have ended before others may take the lease, `lead` fails and with it the process.
 *    Otherwise the manager contends again (docs/decisions/0070).
 */
import { kinds } from '@drydock/api';
import {
  createEventRecorder,
  createInformerSet,
  createLeaderElectionMetrics,
  createLeaderElector,
  createWorkQueueMetrics,
  type ApiClient,
  type EventRecorder,
  type LeaderElector,
} from '@drydock/client';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import type { Registry } from 'prom-client';
import { isEnabled, type ControllerOptions } from './config.ts';
import { termInformers } from './context.ts';
import { controllers } from './controllers.ts';
import { fenceWrites } from './fence.ts';
import { CidrAllocator } from './node-ipam/plan.ts';

export interface ManagerPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Registry;
}

export interface ManagerOptions {
  readonly controllerOptions: ControllerOptions;
  /** As --controllers has it. */
  readonly controllers: readonly string[];
  /** Undefined leads without asking anyone. */
  readonly election:
    | {
        readonly identity: string;
        readonly leaseDurationMillis: Millis;
        readonly renewDeadlineMillis: Millis;
        readonly retryPeriodMillis: Millis;
      }
    | undefined;
}

export interface Manager {
  readonly elector: LeaderElector | undefined;
  /** Undefined when the caches are warm; otherwise what is missing. */
  notReady(): string | undefined;
  /** Works until the signal aborts and all has ended; rejects when it cannot go on. */
  run(signal: AbortSignal): Promise<void>;
}

const leaseNamespace = 'kube-system';
const leaseName = 'kube-controller-manager';

/** @throws Error naming a controller that does not exist, or ranges that do not fit */
export function createManager(options: ManagerOptions, powers: ManagerPowers): Manager {
  const { api, clock, random, log } = powers;
  const names = enabledControllers(options.controllers);
  const { 'cluster-cidr': range, 'node-cidr-mask-size': maskSize } = options.controllerOptions;
  // Told at the start, not in the first term.
  void new CidrAllocator(range, maskSize);
  const informers = createInformerSet({ api, clock, random, log });
  for (const kind of kinds) if (kind.resource !== 'events') informers.of(kind);
  const metrics = powers.metrics === undefined ? undefined : createWorkQueueMetrics(powers.metrics);

  const recorders = new Map<string, EventRecorder>();
  const events = (component: string): EventRecorder => {
    let recorder = recorders.get(component);
    if (recorder === undefined) {
      recorder = createEventRecorder({ component }, { api, clock, random, log });
      recorders.set(component, recorder);
    }
    return recorder;
  };

  const runControllers = async (signal: AbortSignal): Promise<void> => {
    using handlers = new DisposableStack();
    const context = {
      api: fenceWrites(api, () => elector?.isLeader() ?? true),
      clock,
      log,
      events,
      metrics,
      informers: termInformers(informers, handlers),
      options: options.controllerOptions,
    };
    const running = names.map((name) => controllers[name]!(context).run(signal));
    log.info({ controllers: names }, 'controllers run');
    await Promise.all(running);
  };

  const { election } = options;
  const elector =
    election === undefined
      ? undefined
      : createLeaderElector(
          { ...election, namespace: leaseNamespace, name: leaseName },
          {
            api,
            clock,
            random,
            log,
            events: events('kube-controller-manager'),
            metrics:
              powers.metrics === undefined
                ? undefined
                : createLeaderElectionMetrics(powers.metrics),
          },
        );

  /** What is under way has until others may lead to end. */
  const runTerm = async (signal: AbortSignal): Promise<void> => {
    if (election === undefined) return runControllers(signal);
    const patience = election.leaseDurationMillis - election.renewDeadlineMillis;
    const over = new AbortController();
    const overdue = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        clock.sleep(patience, { signal: over.signal }).then(
          () =>
            reject(new Error(`controllers did not stop within ${patience} ms of lost leadership`)),
          () => undefined,
        );
      });
    });
    try {
      await Promise.race([runControllers(signal), overdue]);
    } finally {
      over.abort();
    }
  };

  return {
    elector,
    notReady: () => {
      const missing = informers.notSynced();
      return missing.length === 0 ? undefined : `caches not yet filled: ${missing.join(', ')}`;
    },
    run: async (signal) => {
      const following = informers.run(signal);
      const leading = elector === undefined ? runTerm(signal) : elector.run(signal, runTerm);
      try {
        await Promise.all([following, leading]);
      } finally {
        await Promise.all([...recorders.values()].map((one) => one[Symbol.asyncDispose]()));
      }
    },
  };
}

function enabledControllers(asked: readonly string[]): readonly string[] {
  const known = Object.keys(controllers);
  const unknown = asked
    .map((name) => name.replace(/^-/, ''))
    .filter((name) => name !== '*' && !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`--controllers names ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  return known.filter((name) => isEnabled(name, asked));
}
