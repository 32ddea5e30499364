/**
 * Membership as the log changes it.
 *
 * 1. One member changes at a time, so any two consecutive majorities overlap (thesis 4.1). The
 *    outgoing half of a joint configuration is understood everywhere but not yet produced.
 * 2. A change takes effect when its entry is applied; a leader proposes the next one after that.
 * 3. The last voter cannot be removed.
 */
import type { Configuration, MemberId } from './types.ts';

export type ConfigurationChangeKind = 'add-voter' | 'add-learner' | 'remove';

export interface ConfigurationChange {
  readonly kind: ConfigurationChangeKind;
  readonly member: MemberId;
}

export interface ConfigurationEntry extends ConfigurationChange {
  /** What the proposer wants to say with it; the core does not look. */
  readonly context: Uint8Array;
}

export function changeConfiguration(
  configuration: Configuration,
  { kind, member }: ConfigurationChange,
): Configuration {
  const voters = configuration.voters.filter((id) => id !== member);
  const learners = configuration.learners.filter((id) => id !== member);
  if (kind === 'add-voter') voters.push(member);
  if (kind === 'add-learner') learners.push(member);
  if (voters.length === 0) return configuration;
  return {
    voters: voters.sort((a, b) => a - b),
    votersOutgoing: configuration.votersOutgoing,
    learners: learners.sort((a, b) => a - b),
  };
}

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
    ]),
  ];
}

const kinds: readonly ConfigurationChangeKind[] = ['add-voter', 'add-learner', 'remove'];
const headerBytes = 9;

/** One byte of kind, eight of member (little-endian), then the context. */
export function encodeConfigurationEntry(entry: ConfigurationEntry): Uint8Array {
  const bytes = new Uint8Array(headerBytes + entry.context.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = kinds.indexOf(entry.kind);
  view.setBigUint64(1, BigInt(entry.member), true);
  bytes.set(entry.context, headerBytes);
  return bytes;
}

/** Undefined for bytes that no member of this version wrote. */
export function decodeConfigurationEntry(bytes: Uint8Array): ConfigurationEntry | undefined {
  const kind = kinds[bytes[0] ?? kinds.length];
  if (kind === undefined || bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const member = Number(view.getBigUint64(1, true));
  if (member === 0 || !Number.isSafeInteger(member)) return undefined;
  return { kind, member, context: bytes.subarray(headerBytes) };
}
