/** Writer and reader against each other, and the reader against damage. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BboltError } from './error.ts';
import { compareBytes } from './format.ts';
import { openBbolt, type BboltBucket } from './reader.ts';
import { createBboltWriter, type BucketWriter } from './writer.ts';

/** Random contents take their time on a busy machine. */
const propertyMillis = 30_000;

/** Keys in hex; a value, or a bucket. */
interface Tree {
  readonly [key: string]: Uint8Array | Tree;
}

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const inOrder = (tree: Tree) =>
  Object.entries(tree)
    .map(([hex, value]) => ({ key: bytesOf(hex), value }))
    .sort((a, b) => compareBytes(a.key, b.key));

function fill(bucket: BucketWriter, tree: Tree): void {
  for (const { key, value } of inOrder(tree)) {
    if (value instanceof Uint8Array) bucket.put(key, value);
    else {
      const child = bucket.bucket(key);
      fill(child, value);
      child.close();
    }
  }
}

function write(buckets: Readonly<Record<string, Tree>>, pageBytes?: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = createBboltWriter({
    append: (bytes) => parts.push(bytes.slice()),
    ...(pageBytes === undefined ? {} : { pageBytes }),
  });
  for (const { key, value } of inOrder(buckets)) {
    const bucket = writer.bucket(key);
    fill(bucket, value as Tree);
    bucket.close();
  }
  const { bytes, metaPages } = writer.finish();
  const file = Uint8Array.from(Buffer.concat(parts));
  expect(file.length).toBe(bytes);
  file.set(metaPages);
  return file;
}

const open = (file: Uint8Array) =>
  openBbolt({
    bytes: file.length,
    read: (offset, length) => {
      if (offset + length > file.length) throw new Error('a read beyond the end of the file');
      return file.subarray(offset, offset + length);
    },
  });

function read(bucket: BboltBucket): Tree {
  const tree: Record<string, Uint8Array | Tree> = {};
  for (const { key, value } of bucket.entries()) {
    tree[hexOf(key)] = value === undefined ? read(bucket.bucket(key)!) : Uint8Array.from(value);
  }
  return tree;
}

const keyHex = fc.uint8Array({ minLength: 1, maxLength: 300 }).map(hexOf);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 2, arbitrary: fc.nat(20_000).map((length) => new Uint8Array(length).fill(7)) },
);
const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; item: Uint8Array | Tree }>((tie) => ({
  tree: fc.dictionary(keyHex, tie('item'), { maxKeys: 40, noNullPrototype: true }),
  item: fc.oneof({ maxDepth: 3 }, value, tie('tree')),
})).tree;
const buckets = fc.dictionary(keyHex, tree, { maxKeys: 8, noNullPrototype: true });

describe('a bbolt file', () => {
  it(
    'reads as it was written: nested, inline, empty and overflowing',
    () => {
      fc.assert(
        fc.property(buckets, fc.constantFrom(512, 1_024, 4_096), (wanted, pageBytes) => {
          const file = open(write(wanted, pageBytes));
          file.check();
          expect(isDeepStrictEqual(read(file.root), wanted)).toBe(true);
        }),
        { numRuns: 50 },
      );
    },
    propertyMillis,
  );

  it('has several levels of branches, and no page that is not used', () => {
    const wanted: Record<string, Uint8Array> = {};
    for (let index = 0; index < 8_000; index++) {
      const key = Buffer.alloc(17);
      key.writeUInt32BE(index, 4);
      wanted[hexOf(key)] = Buffer.from(`value ${index}`);
    }
    const bytes = write({ '6b6579': wanted }, 512);
    const file = open(bytes);
    file.check();
    expect(file.bytes).toBe(bytes.length);
    let index = 0;
    for (const entry of file.root.bucket(Buffer.from('key'))!.entries()) {
      expect(Buffer.from(entry.value!).toString()).toBe(`value ${index++}`);
    }
    expect(index).toBe(8_000);
  });

  it('is read by its other meta page when one is torn', () => {
    const wanted = { aa: { bb: Uint8Array.of(1) } };
    for (const at of [20, 4_096 + 20]) {
      const file = write(wanted);
      file[at]! ^= 1;
      expect(read(open(file).root)).toEqual(wanted);
    }
  });

  it('takes bytes behind its end for something else', () => {
    const file = write({ aa: {} });
    const longer = new Uint8Array(file.length + 32).fill(9);
    longer.set(file);
    expect(open(longer).bytes).toBe(file.length);
  });

  it('cannot be written out of order', () => {
    const bucket = createBboltWriter({ append: () => {} }).bucket(Uint8Array.of(1));
    bucket.put(Uint8Array.of(2), Uint8Array.of());
    expect(() => bucket.put(Uint8Array.of(2), Uint8Array.of())).toThrow(/ascending order/);
    expect(() => bucket.put(Uint8Array.of(), Uint8Array.of())).toThrow(/empty/);
  });
});

/** Reads everything in every way; what is not a BboltError is a bug. */
function outcome(file: Uint8Array): 'read' | BboltError {
  try {
    const opened = open(file);
    opened.check();
    read(opened.root);
    return 'read';
  } catch (error) {
    if (error instanceof BboltError) return error;
    throw error;
  }
}

/** Only what a bucket holds, without the check of all pages before. */
function outcomeUnchecked(file: Uint8Array): 'read' | BboltError {
  try {
    read(open(file).root);
    return 'read';
  } catch (error) {
    if (error instanceof BboltError) return error;
    throw error;
  }
}

const sample = (() => {
  const rows: Record<string, Uint8Array> = {};
  for (let index = 0; index < 200; index++) {
    rows[index.toString(16).padStart(8, '0')] = new Uint8Array(index % 90).fill(index);
  }
  rows['ff'] = new Uint8Array(5_000);
  return write(
    {
      aa: { '01': Uint8Array.of(1) },
      bb: { '01': rows, '02': { '03': Uint8Array.of(4) } },
      cc: {},
    },
    512,
  );
})();

describe('a damaged file', () => {
  it(
    'is read or refused with the page named, wherever its bytes are changed',
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), {
            minLength: 1,
            maxLength: 6,
          }),
          (changes) => {
            const file = sample.slice();
            for (const [at, byte] of changes) file[at] = byte;
            for (const found of [outcome(file), outcomeUnchecked(file)]) {
              if (found !== 'read') expect(found.page).toBeTypeOf('number');
            }
          },
        ),
        { numRuns: 600 },
      );
    },
    propertyMillis,
  );

  it(
    'is read or refused when the fields of its pages are changed',
    () => {
      const pages = sample.length / 512;
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(pages - 1), fc.nat(12), fc.nat(pages + 2)), {
            minLength: 1,
            maxLength: 4,
          }),
          (changes) => {
            const file = sample.slice();
            const view = new DataView(file.buffer);
            for (const [page, field, number] of changes) {
              view.setUint32(page * 512 + field * 4, number, true);
            }
            outcome(file);
            outcomeUnchecked(file);
          },
        ),
        { numRuns: 600 },
      );
    },
    propertyMillis,
  );

  it('is refused at every length that it is cut to', () => {
    for (let length = 0; length < sample.length; length += 101) {
      const found = outcome(sample.slice(0, length));
      expect(found).toBeInstanceOf(BboltError);
    }
  });

  it('is refused when it is garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (garbage) => {
        expect(outcome(garbage)).toMatchObject({ code: 'not-bbolt' });
      }),
    );
  });

  it.each([
    ['a loop of branches', 'multiple references'],
    ['a page that another one follows too', 'multiple references'],
    ['a page that is not reached and not free', 'unreachable unfreed'],
  ])('%s is found', (title, message) => {
    const file = sample.slice();
    const view = new DataView(file.buffer);
    const branches: number[] = [];
    for (let at = 1_024; at < file.length; at += 512) {
      if (view.getUint16(at + 8, true) === 1 && view.getUint32(at, true) === at / 512) {
        branches.push(at);
      }
    }
    const [first, second] = branches as [number, number];
    // The last child: whatever bounds its keys have, they are checked after it is known to be new.
    const lastChild = (at: number) => at + 16 + (view.getUint16(at + 10, true) - 1) * 16 + 8;
    if (title.startsWith('a loop')) view.setUint32(lastChild(first), first / 512, true);
    else if (title.startsWith('a page that another')) {
      view.setUint32(lastChild(second), view.getUint32(lastChild(first), true), true);
    } else {
      // One element fewer: its page is lost.
      view.setUint16(first + 10, view.getUint16(first + 10, true) - 1, true);
    }
    const found = outcome(file);
    expect(found).toBeInstanceOf(BboltError);
    expect((found as BboltError).message).toContain(message);
  });
});
