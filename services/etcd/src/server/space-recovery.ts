/**
 * What an operator does on NOSPACE, done by the leader (`--auto-recover-space`): compact, defragment the
 * members one after another, disarm.
 *
 * 1. One member is defragmented at a time, the leader last. None is waited for that does not answer.
 * 2. The alarm of a member is disarmed only when its database is below the quota by a margin; else
 *    it stays, and the recovery is tried again when there is more history to forget.
 * 3. Each step is logged, and shows in metrics.
 */
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Failure } from '../mvcc/failure.ts';
import type { DatabaseSize } from './peer-calls.ts';

/** What the plan looks at. */
export interface SpaceSituation {
  /** Members whose NOSPACE alarm is raised. */
  readonly alarmed: readonly number[];
  readonly members: readonly number[];
  /** This member. */
  readonly leader: number;
  readonly revision: number;
  readonly compactRevision: number;
}

interface SpacePlan {
  /** Undefined when there is nothing to forget. */
  readonly compactTo: number | undefined;
  /** In order. */
  readonly defragment: readonly number[];
}

/** Revisions that stay: watchers that lag a little, and readers of pages, still find theirs. */
const keptRevisions = 1_000;
/** A member that is fuller than this would be at its quota again at once. */
const fullShareMax = 0.95;

function planSpaceRecovery(situation: SpaceSituation): SpacePlan {
  const { revision, compactRevision, members, leader } = situation;
  const target = revision - keptRevisions;
  return {
    compactTo: target > compactRevision ? target : undefined,
    defragment: [...members.filter((member) => member !== leader), leader],
  };
}

export interface SpaceRecoveryPowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly quotaBytes: number;
  /** Undefined where this member does not lead. */
  readonly situation: () => SpaceSituation | undefined;
  readonly compact: (revision: number) => Promise<Failure | undefined>;
  readonly defragment: (member: number) => Promise<DatabaseSize | Failure>;
  readonly disarm: (member: number) => Promise<Failure | undefined>;
}

const checkInterval: Millis = 1_000;
/** After a recovery that did not free enough. */
const retryInterval: Millis = 60_000;

/** Runs until it is disposed of. */
export function startSpaceRecovery(powers: SpaceRecoveryPowers): Disposable {
  const registers = [powers.metrics];
  const runs = new Counter({
    name: 'drydock_space_recoveries_total',
    help: 'recoveries from NOSPACE, by their outcome',
    labelNames: ['outcome'],
    registers,
  });
  const running = new Gauge({
    name: 'drydock_space_recovery_running',
    help: '1 while this member leads a recovery',
    registers,
  });
  let isStopped = false;
  let timer: Timer | undefined;
  const check = async (): Promise<Millis> => {
    const situation = powers.situation();
    if (situation === undefined || situation.alarmed.length === 0) return checkInterval;
    running.set(1);
    try {
      const outcome = await recoverSpace(powers, situation);
      runs.inc({ outcome });
      return outcome === 'recovered' ? checkInterval : retryInterval;
    } finally {
      running.set(0);
    }
  };
  const arm = (delay: Millis) => {
    if (isStopped) return;
    timer = powers.clock.setTimer(delay, () => {
      check().then(arm, (error: unknown) => {
        powers.log.error({ err: error }, 'a recovery of space failed by a bug');
        arm(retryInterval);
      });
    });
  };
  arm(checkInterval);
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}

/** One recovery, step by step. */
async function recoverSpace(
  powers: Omit<SpaceRecoveryPowers, 'clock' | 'metrics' | 'situation'>,
  situation: SpaceSituation,
): Promise<'recovered' | 'still-full' | 'failed'> {
  const { log, quotaBytes } = powers;
  const { alarmed } = situation;
  const { compactTo, defragment } = planSpaceRecovery(situation);
  log.warn({ alarmed, compactTo, defragment, quotaBytes }, 'recovering space: begins');
  if (compactTo !== undefined) {
    const failure = await powers.compact(compactTo);
    if (failure !== undefined) {
      log.warn({ compactTo, reason: failure.message }, 'recovering space: could not compact');
      return 'failed';
    }
    log.info({ compactTo }, 'recovering space: compacted');
  }
  let isEveryoneBelow = true;
  for (const member of defragment) {
    const size = await powers.defragment(member);
    if ('kind' in size) {
      log.warn({ member, reason: size.message }, 'recovering space: a member was left out');
      if (alarmed.includes(member)) isEveryoneBelow = false;
      continue;
    }
    const { bytes, bytesInUse } = size;
    log.info({ member, bytes, bytesInUse }, 'recovering space: defragmented');
    if (!alarmed.includes(member)) continue;
    if (bytes >= quotaBytes * fullShareMax) {
      log.warn(
        { member, bytes, quotaBytes },
        'recovering space: a member is still full; delete keys, or raise --quota-backend-bytes',
      );
      isEveryoneBelow = false;
      continue;
    }
    const failure = await powers.disarm(member);
    if (failure === undefined) log.warn({ member }, 'recovering space: disarmed NOSPACE');
    else {
      log.warn({ member, reason: failure.message }, 'recovering space: could not disarm');
      isEveryoneBelow = false;
    }
  }
  return isEveryoneBelow ? 'recovered' : 'still-full';
}
