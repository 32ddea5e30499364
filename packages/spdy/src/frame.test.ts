import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpdyError } from './error.ts';
import { createFrameReader, encodeFrame, type Frame } from './frame.ts';

const id = fc.integer({ min: 0, max: 0x7fff_ffff });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const headers = { streamId: id, fin: fc.boolean(), block: bytes };
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), streamId: id, fin: fc.boolean(), data: bytes }),
  fc.record({ kind: fc.constant('syn-stream' as const), ...headers }),
  fc.record({ kind: fc.constantFrom('syn-reply' as const, 'headers' as const), ...headers }),
  fc.record({ kind: fc.constant('rst-stream' as const), streamId: id, status: word }),
  fc.record({
    kind: fc.constant('settings' as const),
    settings: fc
      .array(fc.tuple(fc.integer({ min: 0, max: 0xff_ffff }), word), { maxLength: 5 })
      .map((pairs) => new Map(pairs)),
  }),
  fc.record({ kind: fc.constant('ping' as const), id: word }),
  fc.record({ kind: fc.constant('go-away' as const), lastStreamId: id, status: word }),
  fc.record({ kind: fc.constant('window-update' as const), streamId: id, delta: id }),
);

/** Pieces of data that follow each other are one frame again. */
function joined(frames: readonly Frame[]): Frame[] {
  const result: Frame[] = [];
  let open = false;
  for (const one of frames) {
    const last = result.at(-1);
    if (open && one.kind === 'data' && last?.kind === 'data' && last.streamId === one.streamId) {
      result[result.length - 1] = {
        ...one,
        data: Buffer.concat([last.data, one.data]),
      };
    } else result.push(one);
    open = one.kind === 'data' && !one.fin;
  }
  return result;
}

const plain = (frames: readonly Frame[]) =>
  joined(frames).map((one) =>
    'data' in one
      ? { ...one, data: one.data.toString('hex') }
      : 'block' in one
        ? { ...one, block: one.block.toString('hex') }
        : one,
  );

test('frames come out as they went in, wherever their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
      (frames, cuts) => {
        const all = Buffer.concat(frames.map(encodeFrame));
        const reader = createFrameReader();
        const read: Frame[] = [];
        let position = 0;
        for (let turn = 0; position < all.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          read.push(...reader.push(all.subarray(position, position + size)));
          position += size;
        }
        expect(plain(read)).toEqual(plain(frames));
      },
    ),
  );
});

test('data is handed on before its frame is whole', () => {
  const reader = createFrameReader();
  const whole = encodeFrame({ kind: 'data', streamId: 1, fin: true, data: Buffer.alloc(100_000) });
  const first = reader.push(whole.subarray(0, 1_000));
  expect(first).toMatchObject([{ kind: 'data', streamId: 1, fin: false }]);
  expect(reader.push(whole.subarray(1_000)).at(-1)).toMatchObject({ fin: true });
});

test('noise never fails with anything but a SpdyError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 10 }), (pieces) => {
      const reader = createFrameReader();
      try {
        for (const piece of pieces) reader.push(Buffer.from(piece));
      } catch (error) {
        expect(error).toBeInstanceOf(SpdyError);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a control frame beyond all measure is refused by its head', () => {
  const head = Buffer.of(0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff);
  expect(() => createFrameReader().push(head)).toThrow('too large');
  expect(() => createFrameReader().push(Buffer.of(0x80, 2, 0, 1, 0, 0, 0, 0))).toThrow(
    'version 2 of SPDY is not spoken here',
  );
});
