/**
 * One of several processes leads, by holding a Lease object.
 *
 * 1. Others' clocks do not matter: a candidate takes the lease when it has not changed for its whole
 *    duration by the candidate's own monotonic clock.
 * 2. A leader that has not renewed for the renew deadline stops leading: its signal aborts while the
 *    lease still holds for everyone else (renew deadline < lease duration).
 * 3. Taking and renewing are updates with a resourceVersion, so two candidates never both succeed.
 * 4. An orderly stop gives the lease up after the led work has ended, and another leads at once.
 */
import { formatMicroTime, referenceTo, type Lease, type LeaseSpec } from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import type { ApiClient } from './api.ts';
import { isNotFound } from './errors.ts';
import type { EventRecorder } from './events.ts';
import type { LeaderElectionMetrics } from './metrics.ts';
import { resources } from './resources.ts';

export interface LeaderElectionOptions {
  readonly namespace: string;
  /** The lease's name, such as kube-scheduler. */
  readonly name: string;
  /**
   * Unique among the candidates: host name, '_', uuid; or the name of a process of which there is one.
   * A candidate that returns under its old name takes its own lease up again at once.
   */
  readonly identity: string;
  /** Default 15,000. */
  readonly leaseDurationMillis?: Millis;
  /** Default 10,000; must be less than the lease duration. */
  readonly renewDeadlineMillis?: Millis;
  /** Default 2,000. */
  readonly retryPeriodMillis?: Millis;
}

export interface LeaderElectionPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly events?: EventRecorder | undefined;
  readonly metrics?: LeaderElectionMetrics | undefined;
}

export interface LeaderElector {
  /**
   * Whether this process holds the lease and may act now. It tells at once, where the signal of the
   * led work tells when its timer fires: a process that was paused asks before it acts.
   */
  isLeader(): boolean;
  /** The identity that holds the lease as far as is known; empty for nobody. */
  readonly leader: string;
  /**
   * Campaigns until the signal aborts. Each time it wins, `lead` runs with a signal that aborts when
   * leadership is lost; it must end soon after. Resolves when all has ended and the lease is given
   * up; rejects with what `lead` throws.
   */
  run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

/** Candidates try at slightly different moments: the retry period and up to 1.2 times as much on top. */
const jitterFactor = 1.2;

interface Candidate {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseDurationMillis: Millis;
}

export function createLeaderElector(
  options: LeaderElectionOptions,
  powers: LeaderElectionPowers,
): LeaderElector {
  const {
    leaseDurationMillis = 15_000,
    renewDeadlineMillis = 10_000,
    retryPeriodMillis = 2_000,
  } = options;
  if (renewDeadlineMillis >= leaseDurationMillis || retryPeriodMillis >= renewDeadlineMillis) {
    throw new Error(
      'leader election needs retry period < renew deadline < lease duration, not ' +
        `${retryPeriodMillis} ms, ${renewDeadlineMillis} ms, ${leaseDurationMillis} ms`,
    );
  }
  const candidate: Candidate = { ...options, leaseDurationMillis };
  const { clock, random, metrics } = powers;
  const log = powers.log.child({ lease: options.name, identity: options.identity });
  const lock = createLock(candidate, {
    ...powers,
    log,
    // A server that hangs costs half of the deadline; the other half goes to another one.
    timeoutMillis: renewDeadlineMillis / 2,
  });
  let heldUntil: Millis | undefined;

  const isLeader = () => heldUntil !== undefined && clock.now() < heldUntil;

  /** Takes or renews the lease; a failure to ask counts as not having it. */
  const tryToHold = async (signal: AbortSignal): Promise<boolean> => {
    const asked = clock.now();
    try {
      if (!(await lock.acquire(signal))) return false;
      heldUntil = asked + renewDeadlineMillis;
      return true;
    } catch (error) {
      if (!signal.aborted) log.info({ err: error }, 'cannot take or renew the lease');
      return false;
    }
  };
  const sleep = (delay: Millis, signal: AbortSignal) =>
    clock.sleep(delay, { signal }).catch(() => undefined);

  const renew = async (stop: AbortSignal, leadership: AbortController) => {
    while (!stop.aborted && !leadership.signal.aborted) {
      await sleep(Math.min(retryPeriodMillis, heldUntil! - clock.now()), stop);
      if (stop.aborted) return;
      // A process that was paused finds its time long over.
      if (!isLeader()) break;
      // A request may outlast the deadline; the deadline does not wait for it.
      const deadline = clock.setTimer(Math.max(0, heldUntil! - clock.now()), () => {
        leadership.abort(new Error('the lease could not be renewed in time'));
      });
      const isOurs = await tryToHold(AbortSignal.any([stop, leadership.signal]));
      deadline.cancel();
      if (!isOurs && lock.holder !== '' && lock.holder !== candidate.identity) {
        leadership.abort(new Error(`${lock.holder} took the lease`));
      }
      if (!isLeader()) break;
    }
    if (!stop.aborted) leadership.abort(new Error('the lease could not be renewed in time'));
  };

  const leadOnce = async (signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>) => {
    const leadership = new AbortController();
    const done = new AbortController();
    log.info({}, 'became leader');
    metrics?.leading(candidate.name, true);
    powers.events?.record(referenceTo(lock.lease!), {
      type: 'Normal',
      reason: 'LeaderElection',
      message: `${candidate.identity} became leader`,
    });
    const renewing = renew(done.signal, leadership);
    try {
      await lead(AbortSignal.any([signal, leadership.signal]));
    } finally {
      done.abort();
      await renewing;
      heldUntil = undefined;
      metrics?.leading(candidate.name, false);
      const { reason } = leadership.signal as { reason: Error | undefined };
      if (reason === undefined) await lock.release(retryPeriodMillis);
      else log.warn({ reason: reason.message }, 'lost leadership');
    }
    return leadership.signal.aborted ? 'lost' : 'done';
  };

  return {
    isLeader,
    get leader() {
      return lock.holder;
    },
    run: async (signal, lead) => {
      metrics?.leading(candidate.name, false);
      while (!signal.aborted) {
        if ((await tryToHold(signal)) && (await leadOnce(signal, lead)) === 'done') return;
        await sleep(retryPeriodMillis * (1 + jitterFactor * random.float()), signal);
      }
    },
  };
}

interface LockPowers extends LeaderElectionPowers {
  readonly timeoutMillis: Millis;
}

/** The Lease object as a lock: who holds it as far as is known, and how to take it. */
function createLock(candidate: Candidate, { api, clock, log, timeoutMillis }: LockPowers) {
  const { namespace, name, identity } = candidate;
  let lease: Lease | undefined;
  /** When this state of the lease was first seen, by our clock. */
  let seenAt: Millis = 0;
  /** Our last write is the last word as far as is known, so the next one needs no read before. */
  let isCurrent = false;

  const holderOf = (one: Lease | undefined) => one?.spec?.holderIdentity ?? '';
  const observe = (seen: Lease | undefined) => {
    if (seen?.metadata.resourceVersion === lease?.metadata.resourceVersion) return;
    if (holderOf(seen) !== holderOf(lease)) log.info({ leader: holderOf(seen) }, 'lease changed');
    lease = seen;
    seenAt = clock.now();
  };
  const write = async (spec: LeaseSpec, call: { signal?: AbortSignal; timeoutMillis: Millis }) => {
    isCurrent = false;
    const written =
      lease === undefined
        ? await api.create(resources.leases, { metadata: { namespace, name }, spec }, call)
        : await api.update(resources.leases, { ...lease, spec }, call);
    observe(written);
    isCurrent = true;
  };

  return {
    get holder() {
      return holderOf(lease);
    },
    get lease() {
      return lease;
    },
    acquire: async (signal: AbortSignal): Promise<boolean> => {
      const call = { signal, timeoutMillis };
      if (!isCurrent) {
        const reading = api.get(resources.leases, { namespace, name }, call);
        observe(await reading.catch(undefinedIfNotFound));
      }
      const holder = holderOf(lease);
      const holdsMillis = (lease?.spec?.leaseDurationSeconds ?? 0) * 1000;
      const isHeldByOther = holder !== '' && holder !== identity;
      if (isHeldByOther && clock.now() < seenAt + holdsMillis) return false;
      await write(specAfter(lease?.spec, candidate, clock.wallTime()), call);
      return true;
    },
    release: async (releaseTimeoutMillis: Millis): Promise<void> => {
      if (holderOf(lease) !== identity) return;
      const now = formatMicroTime(clock.wallTime());
      const spec = {
        ...lease?.spec,
        holderIdentity: '',
        leaseDurationSeconds: 1,
        acquireTime: now,
        renewTime: now,
      };
      await write(spec, { timeoutMillis: releaseTimeoutMillis }).catch((error: unknown) => {
        log.info({ err: error }, 'cannot give the lease up; it will expire');
      });
    },
  };
}

/** The spec of the lease once the candidate holds it. */
function specAfter(
  before: LeaseSpec | undefined,
  { identity, leaseDurationMillis }: Candidate,
  wallTime: number,
): LeaseSpec {
  const now = formatMicroTime(wallTime);
  const wasOurs = before?.holderIdentity === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    ...before,
    holderIdentity: identity,
    // Cluster seconds, as every duration; all candidates run on the same time scale.
    leaseDurationSeconds: Math.ceil(leaseDurationMillis / 1000),
    acquireTime: wasOurs ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: before === undefined || wasOurs ? transitions : transitions + 1,
  };
}

function undefinedIfNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}
