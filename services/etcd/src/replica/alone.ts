/**
 * `--force-new-cluster`: the last resort of who has lost the other members for good. The log is given an
 * end in which this member is the only one, as if the cluster had agreed on that.
 *
 * 1. All that this member holds stays. Of its last entries it may not know that they were committed, but
 *    nobody is left to ask, and a write that was acknowledged could be among them. (The original drops
 *    what it does not know to be committed.) What this member never got is lost: start the one whose log
 *    is longest.
 * 2. The end has a term of its own, in which nobody else can have written.
 * 3. Members that are still alive elsewhere know nothing of it. They must not run again.
 */
import type { Clock, Disk } from '@drydock/ports';
import {
  changeConfiguration,
  decodeConfigurationEntry,
  encodeConfigurationEntry,
  isJoint,
  isVoter,
  leaveEntry,
  membersOf,
  plainConfiguration,
  type ConfigurationEntry,
} from '../raft/configuration.ts';
import type { Configuration, Entry, MemberId } from '../raft/types.ts';
import type { LogIdentity } from '../wal/record.ts';
import { listSegments } from '../wal/segment.ts';
import { openWal, type RecoveredLog } from '../wal/wal.ts';
import { ReplicaError } from './types.ts';

export interface LogPlace {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly folder: string;
  readonly identity: LogIdentity;
}

/**
 * The members that are none any more: nobody without a log, or when this member is the only one already.
 * Durable when it resolves. @throws ReplicaError when this member is none of the cluster
 */
export async function standAlone(place: LogPlace): Promise<readonly MemberId[]> {
  if (!(await hasLog(place))) return [];
  const written = Promise.withResolvers<void>();
  const { wal, log } = await openWal({
    ...place,
    firstBase: noBase,
    segmentBytesMax: Infinity,
    preallocateBytes: 0,
    onDurable: () => written.resolve(),
    onFailure: written.reject,
  });
  try {
    const { removed, hardState, entries } = endAlone(log, place.identity.memberId);
    if (entries.length === 0) return [];
    wal.append({ sequence: 1, snapshot: undefined, hardState, entries });
    await written.promise;
    return removed;
  } finally {
    await wal.close();
  }
}

/** A log that is there has one of its own. */
const noBase = { index: 0, term: 0, configuration: plainConfiguration([]) };

async function hasLog({ disk, folder }: LogPlace): Promise<boolean> {
  await disk.makeDirectory(folder);
  return (await listSegments(disk, folder)).length > 0;
}

/** What to append; no entries when the member is alone already. */
export function endAlone(
  log: RecoveredLog,
  id: MemberId,
): Pick<RecoveredLog, 'hardState' | 'entries'> & { readonly removed: readonly MemberId[] } {
  const configuration = lastConfiguration(log);
  if (!membersOf(configuration).includes(id)) {
    throw new ReplicaError(
      'impossible-change',
      'this member was removed from its cluster and cannot stand for it: restore a snapshot into a new one',
    );
  }
  const lastIndex = log.entries.at(-1)?.index ?? log.base.index;
  const term = log.hardState.term + 1;
  const entries = changesToAlone(configuration, id).map((change, at): Entry => {
    const data = encodeConfigurationEntry(change);
    return { index: lastIndex + 1 + at, term, kind: 'config', origin: 0, sequence: 0, data };
  });
  return {
    removed: membersOf(configuration).filter((one) => one !== id),
    hardState: { term, vote: id, commit: lastIndex + entries.length },
    entries,
  };
}

function lastConfiguration({ base, entries }: RecoveredLog): Configuration {
  let { configuration } = base;
  for (const { kind, data } of entries) {
    const change = kind === 'config' ? decodeConfigurationEntry(data) : undefined;
    if (change === undefined) continue;
    const next = changeConfiguration(configuration, change);
    if (typeof next !== 'string') configuration = next;
  }
  return configuration;
}

/** Ordinary changes of membership, which every part of a member knows how to apply. */
function changesToAlone(configuration: Configuration, id: MemberId): ConfigurationEntry[] {
  const context = new Uint8Array(0);
  const entries = isJoint(configuration) ? [leaveEntry] : [];
  const after = changeConfiguration(configuration, leaveEntry);
  const plain = typeof after === 'string' ? configuration : after;
  const others = membersOf(plain).filter((one) => one !== id);
  const changes: ConfigurationEntry['changes'] = [
    ...(isVoter(plain, id) ? [] : [{ kind: 'add-voter' as const, member: id, context }]),
    ...others.map((member) => ({ kind: 'remove' as const, member, context })),
  ];
  if (changes.length === 0) return entries;
  const isPlain = changes.length === 1;
  return [...entries, { transition: 'auto', changes }, ...(isPlain ? [] : [leaveEntry])];
}
