/**
 * When history is compacted without being asked, as `--auto-compaction-mode` and
 * `--auto-compaction-retention` of the original have it:
 *
 * - periodic: what is older than the retention goes, each hour, or each retention where that is shorter.
 *   The revision of back then is known from samples, ten in that time.
 * - revision: every five minutes all but the last revisions go.
 *
 * Every member takes samples, so that a new leader knows the past; only the leader compacts.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import { durationMillis } from '../duration.ts';
import { failures, type Failure } from '../mvcc/failure.ts';

export interface AutoCompaction {
  readonly mode: 'periodic' | 'revision';
  /** Cluster milliseconds, or revisions. 0 turns it off. */
  readonly retention: number;
}

interface Situation {
  readonly now: Millis;
  readonly revision: number;
  readonly isLeader: boolean;
}

/** Decides; `step` is called each `interval`. */
interface CompactionPlan {
  readonly interval: Millis;
  /** The revision to compact to, if it is time. */
  step(situation: Situation): number | undefined;
  /** The compaction is done, by whomever. */
  compacted(revision: number, now: Millis): void;
}

const hour: Millis = 3_600_000;
const samplesPerInterval = 10;
const revisionInterval: Millis = 300_000;

function planPeriodic(retention: Millis, start: Situation): CompactionPlan {
  const compactInterval = Math.min(retention, hour);
  const interval = compactInterval / samplesPerInterval;
  const samplesMax = Math.floor(retention / interval) + 1;
  const samples: number[] = [start.revision];
  let lastRevision = 0;
  let lastTime = start.now;
  let wait = retention;
  return {
    interval,
    step: ({ now, revision, isLeader }) => {
      const oldest = samples[0]!;
      const isDue = isLeader && now - lastTime >= wait && oldest !== lastRevision;
      samples.push(revision);
      if (samples.length > samplesMax) samples.shift();
      return isDue ? oldest : undefined;
    },
    compacted: (revision, now) => {
      lastRevision = revision;
      lastTime = now;
      wait = compactInterval;
    },
  };
}

function planByRevision(retention: number): CompactionPlan {
  let last = 0;
  return {
    interval: revisionInterval,
    step: ({ revision, isLeader }) => {
      const wanted = revision - retention;
      return isLeader && wanted > 0 && wanted !== last ? wanted : undefined;
    },
    compacted: (revision) => {
      last = revision;
    },
  };
}

export interface AutoCompactionPowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly revision: () => number;
  readonly isLeader: () => boolean;
  readonly compact: (revision: number) => Promise<Failure | undefined>;
}

/** Runs until it is disposed of. */
export function startAutoCompaction(
  { mode, retention }: AutoCompaction,
  powers: AutoCompactionPowers,
): Disposable {
  if (retention === 0) return { [Symbol.dispose]: () => {} };
  const { clock, log } = powers;
  const situation = (): Situation => ({
    now: clock.now(),
    revision: powers.revision(),
    isLeader: powers.isLeader(),
  });
  const plan =
    mode === 'periodic' ? planPeriodic(retention, situation()) : planByRevision(retention);
  const compact = async (revision: number) => {
    const failure = await powers.compact(revision);
    if (failure !== undefined && failure !== failures.compacted) {
      log.warn({ mode, revision, reason: failure.message }, 'could not compact by itself');
      return;
    }
    plan.compacted(revision, clock.now());
    log.info({ mode, retention, revision }, 'compacted by itself');
  };
  const tick = () => {
    timer = clock.setTimer(plan.interval, tick);
    const revision = plan.step(situation());
    if (revision !== undefined) void compact(revision);
  };
  let timer = clock.setTimer(plan.interval, tick);
  return { [Symbol.dispose]: () => timer.cancel() };
}

/**
 * A retention as the flag has it: a whole number (hours, or revisions), or a duration such as 1h30m.
 *
 * @throws Error that says what can be given
 */
export function parseRetention(mode: AutoCompaction['mode'], text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * (mode === 'periodic' ? hour : 1);
  const millis = mode === 'periodic' ? durationMillis(text) : undefined;
  if (millis !== undefined) return millis;
  const expected =
    mode === 'periodic' ? 'hours, or a duration such as 30m or 1h30m' : 'a number of revisions';
  throw new Error(`--auto-compaction-retention: expected ${expected}, got "${text}"`);
}
