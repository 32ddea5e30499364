/**
 * Bytes that nobody wrote are decoded: the codecs of Raft's messages and log entries, and of every
 * message on the wire. A codec either reads them or fails with its own error, and what it has read it
 * writes and reads again to the same.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import * as etcd from '@drydock/proto/etcd';
import { WireError, type Codec } from '@drydock/proto/etcd';
import { CodecError, decodeMessages, encodeMessages } from '../../raft/codec.ts';
import { decodeConfigurationEntry, plainConfiguration } from '../../raft/configuration.ts';
import type { Message } from '../../raft/types.ts';
import { decodeCommand } from '../../server/command.ts';
import { Violation } from '../violation.ts';
import { mutate, randomBytes } from './mutate.ts';

type AnyCodec = Codec<Record<string, unknown>>;

export const wireCodecs = Object.values(etcd).filter(
  (one) => typeof one === 'object' && one !== null && 'typeName' in one,
) as unknown as AnyCodec[];

const envelope = { from: 1, to: 2, term: 3 };
const entry = { index: 8, term: 3, kind: 'data', origin: 5, sequence: 6 } as const;
const messages: readonly Message[] = [
  {
    kind: 'append',
    ...envelope,
    previousIndex: 7,
    previousTerm: 2,
    commit: 7,
    entries: [{ ...entry, data: Uint8Array.of(1, 2, 3) }],
  },
  { kind: 'vote', ...envelope, lastIndex: 9, lastTerm: 2, transfer: false },
  { kind: 'heartbeat', ...envelope, commit: 4, round: 2 },
  {
    kind: 'snapshot',
    ...envelope,
    snapshot: { index: 9, term: 2, configuration: plainConfiguration([1, 2], [3]) },
  },
];

/** Fields with values of their kind: integers, text, bytes; nested messages stay away. */
export function drawMessage(random: Random, codec: AnyCodec): Record<string, unknown> {
  const message = codec.from({});
  for (const [name, value] of Object.entries(message)) {
    if (random.chance(0.3)) continue;
    if (typeof value === 'number') message[name] = random.pick([0, 1, 2, random.uint32()]);
    else if (typeof value === 'bigint') message[name] = BigInt(random.pick([0, 1, 7, -1]));
    else if (typeof value === 'boolean') message[name] = random.chance(0.5);
    else if (typeof value === 'string') message[name] = random.pick(['', 'a', 'http://a:1']);
    else if (value instanceof Uint8Array) message[name] = Buffer.from(randomBytes(random, 5));
  }
  return message;
}

const isEqual = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

function tryCodec(name: string, bytes: Uint8Array, codec: AnyCodec): void {
  let message: Record<string, unknown>;
  try {
    message = codec.decode(bytes);
  } catch (error) {
    if (error instanceof WireError) return;
    throw new Violation(`codec: ${name} fails with ${String(error)}`, { cause: error });
  }
  const written = codec.encode(message);
  if (isEqual(codec.encode(codec.decode(written)), written)) return;
  throw new Violation(`codec: ${name} does not read back what it writes`);
}

/** @throws Violation */
export function fuzzCodecs(seed: number): void {
  const random = createSeededRandom(seed);
  const codec = random.pick(wireCodecs);
  const valid = codec.encode(drawMessage(random, codec));
  const bytes = random.chance(0.3) ? randomBytes(random, 40) : mutate(random, valid);
  tryCodec(codec.typeName, bytes, codec);

  const raft = random.chance(0.3)
    ? randomBytes(random, 60)
    : mutate(random, encodeMessages([random.pick(messages)]));
  try {
    const decoded = decodeMessages(raft);
    const again = encodeMessages(decoded);
    if (!isEqual(encodeMessages(decodeMessages(again)), again)) {
      throw new Violation('codec: Raft messages are not read back as they are written');
    }
  } catch (error) {
    if (!(error instanceof CodecError)) throw asViolation('Raft messages', error);
  }
  try {
    decodeConfigurationEntry(raft);
  } catch (error) {
    throw asViolation('a change of membership', error);
  }
  try {
    decodeCommand(bytes);
  } catch (error) {
    const isOurs = error instanceof WireError || String(error).includes('unknown kind');
    if (!isOurs) throw asViolation('a command', error);
  }
}

const asViolation = (what: string, error: unknown) =>
  error instanceof Violation
    ? error
    : new Violation(`codec: decoding ${what} fails with ${String(error)}`, { cause: error });
