/**
 * Members compare what they hold: a disk that lies, or a bug, must not go on unseen.
 *
 * 1. Checksums are of the history up to one revision, so members that are not equally far are compared
 *    by what they share. Only histories compacted to the same revision compare.
 * 2. A difference raises the CORRUPT alarm of the member that differs from the leader: from then on
 *    all members refuse writes, as the original does, until somebody has looked.
 *
 * Source: etcd's corruption checks (initial, periodic, after compaction).
 */
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import type { HistoryHash } from '../mvcc/backend.ts';
import type { Failure } from '../mvcc/failure.ts';

interface HistoryReport extends HistoryHash {
  readonly member: number;
}

/** Members whose history cannot be the leader's. */
function findCorrupt(
  mine: HistoryReport,
  others: readonly HistoryReport[],
): readonly HistoryReport[] {
  return others.filter(
    (one) =>
      one.revision === mine.revision &&
      one.compactRevision === mine.compactRevision &&
      one.hash !== mine.hash,
  );
}

export interface CorruptionPowers {
  readonly log: Logger;
  readonly memberId: number;
  readonly otherMembers: () => readonly number[];
  /** Of this member; 0 means up to the newest revision. */
  readonly hash: (revision: number) => Promise<HistoryHash | Failure>;
  readonly hashOf: (member: number, revision: number) => Promise<HistoryHash | Failure>;
}

/** Compares all members at one revision; those that cannot answer are left out. */
async function compareHistories(
  powers: CorruptionPowers,
  revision: number,
): Promise<{ mine: HistoryReport; compared: number; corrupt: readonly HistoryReport[] } | Failure> {
  const mine = reportOf(powers.memberId, await powers.hash(revision));
  if ('kind' in mine) return mine;
  const answers = await Promise.all(
    powers.otherMembers().map(async (member) => {
      const report = reportOf(member, await powers.hashOf(member, mine.revision));
      if ('kind' in report) {
        powers.log.debug({ member, reason: report.message }, 'a member gave no checksum');
      }
      return report;
    }),
  );
  const others = answers.filter((one): one is HistoryReport => !('kind' in one));
  const comparable = others.filter((one) => one.compactRevision === mine.compactRevision);
  return { mine, compared: comparable.length, corrupt: findCorrupt(mine, others) };
}

function reportOf(member: number, answer: HistoryHash | Failure): HistoryReport | Failure {
  return 'kind' in answer ? answer : { member, ...answer };
}

/** Before a member takes part. @throws Error when its data differs from another member's */
export async function checkBeforeStart(powers: CorruptionPowers): Promise<void> {
  const result = await compareHistories(powers, 0);
  if ('kind' in result) throw new Error(`the history cannot be summed up: ${result.message}`);
  const { mine, compared, corrupt } = result;
  powers.log.info({ revision: mine.revision, hash: mine.hash, compared }, 'checked the history');
  const [other] = corrupt;
  if (other === undefined) return;
  throw new Error(
    `the data of this member differs from that of member ${other.member.toString(16)} at revision ` +
      `${mine.revision} (checksums ${mine.hash} and ${other.hash}). Find out which is right; then ` +
      'remove the other member, delete its folder and add it again',
  );
}

export interface CorruptionCheckPowers extends CorruptionPowers {
  readonly clock: Clock;
  readonly isLeader: () => boolean;
  readonly compactRevision: () => number;
  readonly raiseAlarm: (member: number) => Promise<Failure | undefined>;
}

export interface CorruptionCheckOptions {
  /** Cluster milliseconds between comparisons of everything; 0: never. */
  readonly interval: Millis;
  /** Between looks for a compaction that was not compared yet; 0: never. */
  readonly compactInterval: Millis;
}

/** Runs on every member, and does something on the leader, until it is disposed of. */
export function startCorruptionCheck(
  options: CorruptionCheckOptions,
  powers: CorruptionCheckPowers,
): Disposable {
  const { log } = powers;
  const check = async (revision: number): Promise<boolean> => {
    const result = await compareHistories(powers, revision);
    if ('kind' in result) {
      log.info({ reason: result.message }, 'could not check for corruption now');
      return false;
    }
    for (const { member, hash } of result.corrupt) {
      log.error(
        { member, revision: result.mine.revision, hash, expected: result.mine.hash },
        'the data of a member differs from the leader: writes are refused from now on',
      );
      await powers.raiseAlarm(member);
    }
    return result.compared === powers.otherMembers().length;
  };
  let lastCompared = 0;
  const checkCompaction = async () => {
    const revision = powers.compactRevision();
    if (revision > lastCompared && (await check(revision))) lastCompared = revision;
  };
  const loops = [
    repeat(options.interval, powers, async () => void (await check(0))),
    repeat(options.compactInterval, powers, checkCompaction),
  ];
  return { [Symbol.dispose]: () => loops.forEach((loop) => loop[Symbol.dispose]()) };
}

function repeat(
  interval: Millis,
  { clock, log, isLeader }: CorruptionCheckPowers,
  run: () => Promise<void>,
): Disposable {
  let timer: Timer | undefined;
  let isStopped = interval === 0;
  const arm = () => {
    if (isStopped) return;
    timer = clock.setTimer(interval, () => {
      if (!isLeader()) return arm();
      run()
        .catch((error: unknown) => log.warn({ err: error }, 'could not check for corruption'))
        .finally(arm);
    });
  };
  arm();
  return {
    [Symbol.dispose]: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}
