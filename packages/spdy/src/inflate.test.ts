/** Header blocks against node:zlib, which plays the client. */
import { constants, createDeflate } from 'node:zlib';
import { array, assert, asyncProperty, oneof, property, string, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { dictionary } from './dictionary.ts';
import { SpdyError } from './error.ts';
import { createHeaderDecoder, createHeaderEncoder } from './headers.ts';
import { createInflater } from './inflate.ts';

/** One compressed stream, flushed after each block, as a client sends its headers. */
async function deflateBlocks(blocks: readonly Uint8Array[], level = 9): Promise<Buffer[]> {
  const deflate = createDeflate({ dictionary, level });
  const compressed: Buffer[] = [];
  for (const block of blocks) {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    deflate.on('data', take);
    await new Promise<void>((resolve) => deflate.write(block, () => resolve()));
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, () => resolve()));
    deflate.off('data', take);
    compressed.push(Buffer.concat(pieces));
  }
  deflate.destroy();
  return compressed;
}

const words = string({ maxLength: 300 }).map((text) => Buffer.from(text.repeat(5)));
const noise = uint8Array({ minLength: 1, maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
const block = oneof(words, noise).filter((bytes) => bytes.length > 0);

test('the dictionary is that of SPDY/3', () => {
  expect(dictionary.length).toBe(1423);
});

test('what zlib compresses comes out again, block after block', async () => {
  await assert(
    asyncProperty(array(block, { minLength: 1, maxLength: 5 }), async (blocks) => {
      for (const level of [0, 1, 9]) {
        const inflater = createInflater({ bytesMax: 16_384 });
        const compressed = await deflateBlocks(blocks, level);
        for (const [index, one] of compressed.entries()) {
          expect(inflater.inflate(one).equals(blocks[index]!)).toBe(true);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('matches reach back over the whole window', async () => {
  const random = Buffer.from(Array.from({ length: 30_000 }, (_, index) => (index * index) % 251));
  const blocks = [random, random.subarray(0, 1_000), random];
  const inflater = createInflater({ bytesMax: 65_536 });
  for (const [index, one] of (await deflateBlocks(blocks)).entries()) {
    expect(inflater.inflate(one).equals(blocks[index]!)).toBe(true);
  }
});

test('a block that grows beyond its bound is refused', async () => {
  const [bomb] = await deflateBlocks([Buffer.alloc(1_000_000)]);
  expect(() => createInflater({ bytesMax: 16_384 }).inflate(bomb!)).toThrow(SpdyError);
});

test('noise is refused with a SpdyError, and with nothing else', async () => {
  const [good] = await deflateBlocks([Buffer.from('streamtype: stdin '.repeat(40))]);
  assert(
    property(uint8Array({ maxLength: 400 }), uint8Array({ maxLength: 20 }), (bytes, tail) => {
      const half = Buffer.concat([good!.subarray(0, tail.length * 3), tail]);
      for (const input of [bytes, half]) {
        try {
          createInflater({ bytesMax: 4_096 }).inflate(input);
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyError);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('headers come through our own encoder and decoder', () => {
  const encoder = createHeaderEncoder();
  const decoder = createHeaderDecoder();
  const first = new Map([
    ['streamtype', 'error'],
    ['port', '80'],
  ]);
  expect(decoder.decode(encoder.encode(first))).toEqual(first);
  const second = new Map([['streamtype', 'x'.repeat(9_000)]]);
  expect(decoder.decode(encoder.encode(second))).toEqual(second);
});

test('headers that lie about themselves are refused', async () => {
  const count = (value: number) => Buffer.of(0, 0, 0, value);
  const pair = Buffer.concat([count(1), Buffer.from('a'), count(1), Buffer.from('b')]);
  const lies = {
    'more than there are': Buffer.concat([count(2), pair]),
    'fewer than there are': Buffer.concat([count(0), pair]),
    'one name twice': Buffer.concat([count(2), pair, pair]),
    'a length beyond the end': Buffer.concat([count(1), count(200), Buffer.from('a')]),
  };
  for (const [title, plain] of Object.entries(lies)) {
    const [one] = await deflateBlocks([plain]);
    expect(() => createHeaderDecoder().decode(one!), title).toThrow(SpdyError);
  }
});
