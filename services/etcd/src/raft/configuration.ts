/**
 * Membership as the log changes it (6; thesis 4).
 *
 * 1. Consecutive majorities always overlap: a plain change adds or removes one voter (thesis 4.1); any
 *    other goes through a joint configuration, in which every decision needs both halves (thesis 4.3).
 * 2. A change takes effect when its entry is applied; a leader takes the next one after that. In a joint
 *    configuration only leaving it is possible.
 * 3. A voter that becomes a learner still votes in the old half: it waits in `learnersNext` until the
 *    joint configuration is left, so that nobody is voter and learner at once.
 * 4. The last voter cannot be removed.
 *
 * The rules are those of etcd-io/raft's ConfChangeV2.
 */
import { ByteReader, ByteWriter, CodecError } from './bytes.ts';
import type { Configuration, MemberId } from './types.ts';

export type ConfigurationChangeKind = 'add-voter' | 'add-learner' | 'remove';

export interface ConfigurationChange {
  readonly kind: ConfigurationChangeKind;
  readonly member: MemberId;
}

/**
 * auto: plain if it is one change, else joint and left as soon as that is applied. joint: the same, but
 * joint in any case. joint-explicit: joint until a `leave` is proposed. leave: ends a joint configuration.
 */
export type Transition = 'auto' | 'joint' | 'joint-explicit' | 'leave';

export interface ConfigurationEntry {
  readonly transition: Transition;
  /** Empty if and only if this is a `leave`. */
  readonly changes: readonly (ConfigurationChange & {
    /** What the proposer wants to say with it; the core does not look. */
    readonly context: Uint8Array;
  })[];
}

/** An entry without what its proposer says beside it. */
export interface ProposedChange {
  readonly transition: Transition;
  readonly changes: readonly ConfigurationChange[];
}

export const leaveEntry: ConfigurationEntry = { transition: 'leave', changes: [] };

export function plainConfiguration(
  voters: readonly MemberId[],
  learners: readonly MemberId[] = [],
): Configuration {
  return { voters, votersOutgoing: [], learners, learnersNext: [], autoLeave: false };
}

export function isJoint(configuration: Configuration): boolean {
  return configuration.votersOutgoing.length > 0;
}

/** Whether the entry makes a configuration joint; a function of the entry alone. */
export function entersJoint({ transition, changes }: ProposedChange): boolean {
  return transition.startsWith('joint') || (transition === 'auto' && changes.length > 1);
}

/** The next configuration, or why there is none. */
export function changeConfiguration(
  configuration: Configuration,
  entry: ProposedChange,
): Configuration | string {
  if (entry.transition === 'leave') return leaveJoint(configuration);
  if (isJoint(configuration)) return 'the cluster must leave its joint configuration first';
  if (entry.changes.length === 0) return 'a change of membership names no member';
  const joint = entersJoint(entry);
  const voters = new Set(configuration.voters);
  const learners = new Set(configuration.learners);
  const learnersNext = new Set<MemberId>();
  for (const { kind, member } of entry.changes) {
    voters.delete(member);
    learners.delete(member);
    learnersNext.delete(member);
    if (kind === 'add-voter') voters.add(member);
    else if (kind === 'add-learner') {
      const stillVotes = joint && configuration.voters.includes(member);
      (stillVotes ? learnersNext : learners).add(member);
    }
  }
  if (voters.size === 0) return 'the last voter cannot be removed';
  return {
    voters: ascending(voters),
    votersOutgoing: joint ? configuration.voters : [],
    learners: ascending(learners),
    learnersNext: ascending(learnersNext),
    autoLeave: joint && entry.transition !== 'joint-explicit',
  };
}

function leaveJoint(configuration: Configuration): Configuration | string {
  if (!isJoint(configuration)) return 'the cluster is in no joint configuration';
  return plainConfiguration(
    configuration.voters,
    ascending(new Set([...configuration.learners, ...configuration.learnersNext])),
  );
}

const ascending = (ids: ReadonlySet<MemberId>) => [...ids].sort((a, b) => a - b);

export function isVoter(configuration: Configuration, id: MemberId): boolean {
  return configuration.voters.includes(id) || configuration.votersOutgoing.includes(id);
}

/** Everyone who gets the log, each once. */
export function membersOf(configuration: Configuration): MemberId[] {
  return [
    ...new Set([
      ...configuration.voters,
      ...configuration.votersOutgoing,
      ...configuration.learners,
      ...configuration.learnersNext,
    ]),
  ];
}

const kinds: readonly ConfigurationChangeKind[] = ['add-voter', 'add-learner', 'remove'];
const transitions: readonly Transition[] = ['auto', 'joint', 'joint-explicit', 'leave'];
const singleBytesMin = 9;
/** The first byte of the form that holds any number of changes. */
const severalMark = 3;
/** kind, member and the length of the context. */
const changeBytesMin = 3;

/**
 * A plain change of one member: one byte of kind, eight of member (little-endian), then the context, as
 * every version wrote it. Else: mark, transition, and the list of changes.
 */
export function encodeConfigurationEntry({ transition, changes }: ConfigurationEntry): Uint8Array {
  const [first] = changes;
  if (transition === 'auto' && changes.length === 1 && first !== undefined) {
    const bytes = new Uint8Array(singleBytesMin + first.context.length);
    bytes[0] = kinds.indexOf(first.kind);
    new DataView(bytes.buffer).setBigUint64(1, BigInt(first.member), true);
    bytes.set(first.context, singleBytesMin);
    return bytes;
  }
  const writer = new ByteWriter(64);
  writer.byte(severalMark);
  writer.byte(transitions.indexOf(transition));
  writer.varint(changes.length);
  for (const { kind, member, context } of changes) {
    writer.byte(kinds.indexOf(kind));
    writer.varint(member);
    writer.bytes(context);
  }
  return writer.copy();
}

/** Undefined for bytes that no member of this version wrote. Contexts are views into `bytes`. */
export function decodeConfigurationEntry(bytes: Uint8Array): ConfigurationEntry | undefined {
  try {
    return bytes[0] === severalMark ? decodeSeveral(bytes) : decodeSingle(bytes);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function decodeSingle(bytes: Uint8Array): ConfigurationEntry | undefined {
  const kind = kinds[bytes[0] ?? kinds.length];
  if (kind === undefined || bytes.length < singleBytesMin) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const member = Number(view.getBigUint64(1, true));
  if (!isMemberId(member)) return undefined;
  const context = bytes.subarray(singleBytesMin);
  return { transition: 'auto', changes: [{ kind, member, context }] };
}

function decodeSeveral(bytes: Uint8Array): ConfigurationEntry | undefined {
  const reader = new ByteReader(bytes);
  reader.byte();
  const transition = transitions[reader.byte()];
  const count = reader.count(changeBytesMin);
  const changes: ConfigurationEntry['changes'][number][] = [];
  for (let at = 0; at < count; at++) {
    const kind = kinds[reader.byte()];
    const member = reader.varint();
    if (kind === undefined || !isMemberId(member)) return undefined;
    changes.push({ kind, member, context: reader.bytes() });
  }
  const isWhole = reader.remaining === 0 && (count === 0) === (transition === 'leave');
  return transition === undefined || !isWhole ? undefined : { transition, changes };
}

const isMemberId = (value: number) => value > 0 && Number.isSafeInteger(value);
