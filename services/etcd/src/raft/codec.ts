/**
 * The binary form of messages and entries, on the wire between members and in the write-ahead log.
 *
 * 1. A message is self-delimiting: several may stand one after the other.
 * 2. Entries do not carry their index: they follow the one before them.
 * 3. Whatever bytes come in, decoding ends with a message or a CodecError.
 *
 * message = kind from to term fields; entry = kind term origin sequence data.
 */
import { ByteReader, ByteWriter, CodecError } from './bytes.ts';
import type {
  Configuration,
  Entry,
  EntryKind,
  HardState,
  LogIndex,
  MemberId,
  Message,
  Proposal,
  SnapshotMeta,
  Term,
} from './types.ts';

export { CodecError } from './bytes.ts';

/** The position is the number on the wire: new kinds go to the end. */
const messageKinds = [
  'vote',
  'pre-vote',
  'vote-response',
  'pre-vote-response',
  'append',
  'append-response',
  'heartbeat',
  'heartbeat-response',
  'commit',
  'snapshot',
  'propose',
  'read-index',
  'read-index-response',
  'timeout-now',
] as const satisfies readonly Message['kind'][];

const messageNumbers = new Map<Message['kind'], number>(
  messageKinds.map((kind, number) => [kind, number]),
);

const entryKinds: readonly EntryKind[] = ['data', 'config', 'empty'];
/** kind, term, origin, sequence and length take at least a byte each. */
const entryBytesMin = 5;
const proposalBytesMin = 4;

const shared = new ByteWriter(64 * 1024);

/** One or more messages; `decodeMessages` gives them back. The result is the caller's. */
export function encodeMessages(messages: readonly Message[]): Uint8Array {
  shared.reset();
  writeMessages(shared, messages);
  return shared.copy();
}

/** The same, behind what the writer holds. */
export function writeMessages(writer: ByteWriter, messages: readonly Message[]): void {
  for (const message of messages) writeMessage(writer, message);
}

/** Entry data are views into `bytes`. Throws CodecError. */
export function decodeMessages(bytes: Uint8Array): Message[] {
  const reader = new ByteReader(bytes);
  const messages: Message[] = [];
  while (reader.remaining > 0) messages.push(readMessage(reader));
  return messages;
}

function writeMessage(writer: ByteWriter, message: Message): void {
  writer.byte(messageNumbers.get(message.kind)!);
  writer.varint(message.from);
  writer.varint(message.to);
  writer.varint(message.term);
  switch (message.kind) {
    case 'vote':
    case 'pre-vote':
      writer.varint(message.lastIndex);
      writer.varint(message.lastTerm);
      writer.byte(message.transfer ? 1 : 0);
      return;
    case 'vote-response':
    case 'pre-vote-response':
      writer.byte(message.granted ? 1 : 0);
      return;
    case 'append':
      writer.varint(message.previousIndex);
      writer.varint(message.previousTerm);
      writer.varint(message.commit);
      writer.varint(message.entries.length);
      for (const entry of message.entries) writeEntry(writer, entry);
      return;
    case 'append-response':
      writer.varint(message.index);
      writer.byte(message.rejected ? 1 : 0);
      writer.varint(message.hintIndex);
      writer.varint(message.hintTerm);
      return;
    case 'heartbeat':
      writer.varint(message.commit);
      writer.varint(message.round);
      return;
    case 'heartbeat-response':
      writer.varint(message.round);
      return;
    case 'commit':
      writer.varint(message.commit);
      return;
    case 'snapshot':
      writeSnapshotMeta(writer, message.snapshot);
      return;
    case 'propose':
      writer.varint(message.id);
      writer.varint(message.proposals.length);
      for (const proposal of message.proposals) writeProposal(writer, proposal);
      return;
    case 'read-index':
      writer.varint(message.id);
      return;
    case 'read-index-response':
      writer.varint(message.id);
      writer.varint(message.index);
      return;
    case 'timeout-now':
      return;
    default:
      message satisfies never;
  }
}

function readMessage(reader: ByteReader): Message {
  const number = reader.byte();
  const kind = messageKinds[number];
  if (kind === undefined) throw new CodecError(`no message has the number ${number}`);
  const from: MemberId = reader.varint();
  const to: MemberId = reader.varint();
  const term: Term = reader.varint();
  switch (kind) {
    case 'vote':
    case 'pre-vote': {
      const lastIndex = reader.varint();
      const lastTerm = reader.varint();
      return { kind, from, to, term, lastIndex, lastTerm, transfer: readFlag(reader) };
    }
    case 'vote-response':
    case 'pre-vote-response':
      return { kind, from, to, term, granted: readFlag(reader) };
    case 'append': {
      const previousIndex = reader.varint();
      const previousTerm = reader.varint();
      const commit = reader.varint();
      const entries = readEntries(reader, previousIndex + 1);
      return { kind, from, to, term, previousIndex, previousTerm, commit, entries };
    }
    case 'append-response': {
      const index = reader.varint();
      const rejected = readFlag(reader);
      const hintIndex = reader.varint();
      return { kind, from, to, term, index, rejected, hintIndex, hintTerm: reader.varint() };
    }
    case 'heartbeat': {
      const commit = reader.varint();
      return { kind, from, to, term, commit, round: reader.varint() };
    }
    case 'heartbeat-response':
      return { kind, from, to, term, round: reader.varint() };
    case 'commit':
      return { kind, from, to, term, commit: reader.varint() };
    case 'snapshot':
      return { kind, from, to, term, snapshot: readSnapshotMeta(reader) };
    case 'propose': {
      const id = reader.varint();
      const count = reader.count(proposalBytesMin);
      const proposals: Proposal[] = [];
      for (let at = 0; at < count; at++) proposals.push(readProposal(reader));
      return { kind, from, to, term, id, proposals };
    }
    case 'read-index':
      return { kind, from, to, term, id: reader.varint() };
    case 'read-index-response': {
      const id = reader.varint();
      return { kind, from, to, term, id, index: reader.varint() };
    }
    case 'timeout-now':
      return { kind, from, to, term };
    default:
      return kind satisfies never;
  }
}

function readFlag(reader: ByteReader): boolean {
  const value = reader.byte();
  if (value > 1) throw new CodecError(`a flag before byte ${reader.offset} is ${value}`);
  return value === 1;
}

export function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.byte(entryKinds.indexOf(entry.kind));
  writer.varint(entry.term);
  writer.varint(entry.origin);
  writer.varint(entry.sequence);
  writer.bytes(entry.data);
}

export function readEntries(reader: ByteReader, firstIndex: LogIndex): Entry[] {
  const count = reader.count(entryBytesMin);
  const entries: Entry[] = [];
  for (let at = 0; at < count; at++) {
    const kind = readEntryKind(reader);
    const term = reader.varint();
    const origin = reader.varint();
    const sequence = reader.varint();
    entries.push({ index: firstIndex + at, term, kind, origin, sequence, data: reader.bytes() });
  }
  return entries;
}

function writeProposal(writer: ByteWriter, proposal: Proposal): void {
  writer.byte(entryKinds.indexOf(proposal.kind));
  writer.varint(proposal.origin);
  writer.varint(proposal.sequence);
  writer.bytes(proposal.data);
}

function readProposal(reader: ByteReader): Proposal {
  const kind = readEntryKind(reader);
  const origin = reader.varint();
  const sequence = reader.varint();
  return { kind, origin, sequence, data: reader.bytes() };
}

function readEntryKind(reader: ByteReader): EntryKind {
  const number = reader.byte();
  const kind = entryKinds[number];
  if (kind === undefined) throw new CodecError(`no entry has the kind ${number}`);
  return kind;
}

export function writeHardState(writer: ByteWriter, hardState: HardState): void {
  writer.varint(hardState.term);
  writer.varint(hardState.vote);
  writer.varint(hardState.commit);
}

export function readHardState(reader: ByteReader): HardState {
  const term = reader.varint();
  const vote = reader.varint();
  return { term, vote, commit: reader.varint() };
}

/** What only joint configurations have follows only those, as older logs have none. */
export function writeSnapshotMeta(writer: ByteWriter, snapshot: SnapshotMeta): void {
  const { configuration } = snapshot;
  writer.varint(snapshot.index);
  writer.varint(snapshot.term);
  writeMembers(writer, configuration.voters);
  writeMembers(writer, configuration.votersOutgoing);
  writeMembers(writer, configuration.learners);
  if (configuration.votersOutgoing.length === 0) return;
  writeMembers(writer, configuration.learnersNext);
  writer.byte(configuration.autoLeave ? 1 : 0);
}

export function readSnapshotMeta(reader: ByteReader): SnapshotMeta {
  const index = reader.varint();
  const term = reader.varint();
  const voters = readMembers(reader);
  const votersOutgoing = readMembers(reader);
  const learners = readMembers(reader);
  const joint = votersOutgoing.length > 0;
  const configuration: Configuration = {
    voters,
    votersOutgoing,
    learners,
    learnersNext: joint ? readMembers(reader) : [],
    autoLeave: joint && readFlag(reader),
  };
  return { index, term, configuration };
}

function writeMembers(writer: ByteWriter, members: readonly MemberId[]): void {
  writer.varint(members.length);
  for (const member of members) writer.varint(member);
}

function readMembers(reader: ByteReader): MemberId[] {
  const count = reader.count(1);
  return Array.from({ length: count }, () => reader.varint());
}
