import { Frame } from '@drydock/proto/etcd';
import { expect, test } from 'vitest';
import { decodeMessages } from '../replica/mod.ts';
import type { Message } from '../replica/types.ts';
import { frameOf } from './peer-frame.ts';

const append = (dataBytes: number): Message => ({
  kind: 'append',
  from: 1,
  to: 2,
  term: 3,
  previousIndex: 4,
  previousTerm: 3,
  commit: 4,
  entries: [
    {
      kind: 'data',
      origin: 9,
      sequence: 1,
      index: 5,
      term: 3,
      data: new Uint8Array(dataBytes).fill(7),
    },
  ],
});

test.each([0, 1, 100, 127, 128, 20_000, 3_000_000])(
  'a frame is one gRPC message with the messages as its body (%i bytes of data)',
  (dataBytes) => {
    const messages = [append(dataBytes), { kind: 'timeout-now', from: 1, to: 2, term: 3 } as const];
    const bytes = Buffer.from(frameOf(messages));
    expect(bytes[0]).toBe(0);
    expect(bytes.readUInt32BE(1)).toBe(bytes.length - 5);
    const decoded = decodeMessages(Frame.decode(bytes.subarray(5)).body);
    expect(decoded.map(({ kind }) => kind)).toEqual(['append', 'timeout-now']);
    expect(decoded[0]).toMatchObject({ entries: [{ index: 5, sequence: 1 }] });
    const [first] = decoded;
    const data = first?.kind === 'append' ? Buffer.from(first.entries[0]!.data) : undefined;
    expect(data?.equals(Buffer.alloc(dataBytes, 7))).toBe(true);
  },
);
