/**
 * Reads a bbolt file that may be damaged, or made to harm.
 *
 * 1. Whatever the bytes are, every call ends: with what the file says, or with a BboltError that names
 *    the page. Work is in proportion to the file.
 * 2. Everything that is followed is checked before: page ids against the size of the file, a page's own
 *    id and kind, the bounds of its elements, and that no page is reached twice.
 * 3. Keys come in ascending order, within the bounds that the pages above set.
 * 4. What a value says is not checked: a file has no checksums but those of its meta pages.
 */
import { BboltError } from './error.ts';
import {
  bucketFlag,
  bucketHeaderBytes,
  compareBytes,
  freelistCountMax,
  pageFlags,
  pageHeaderBytes,
  pageIdBytes,
  readUint64,
  viewOf,
  type PageId,
} from './format.ts';
import { readMeta, type PageSource } from './meta-pages.ts';
import { leafItems, PageReader, PageSet, type Page } from './page-reader.ts';
import { walkTree, type WalkItem } from './tree-walk.ts';

export interface BboltEntry {
  readonly key: Uint8Array;
  /** Undefined for a bucket. The bytes are a view of their page, and keep it in memory. */
  readonly value: Uint8Array | undefined;
}

export interface BboltBucket {
  readonly sequence: number;
  /** In byte order of the keys. @throws BboltError while it goes on */
  entries(): Iterable<BboltEntry>;
  bucket(name: Uint8Array): BboltBucket | undefined;
}

export interface BboltFile {
  readonly pageBytes: number;
  /** Bytes that the file uses; what follows them is not part of it. */
  readonly bytes: number;
  readonly root: BboltBucket;
  /**
   * Looks at every page: each is reached once or is free, and everything that pages say holds.
   * @throws BboltError for the first that is not so
   */
  check(): void;
}

/** @throws BboltError when it is no bbolt file, or shorter than it says */
export function openBbolt(source: PageSource): BboltFile {
  const meta = readMeta(source);
  const reader = new PageReader(source, meta);
  return {
    pageBytes: meta.pageBytes,
    bytes: meta.pageCount * meta.pageBytes,
    root: pagedBucket(reader, {
      root: meta.root,
      sequence: meta.rootSequence,
      from: 'a meta page',
    }),
    check: () => checkFile(reader),
  };
}

interface BucketPlace {
  readonly root: PageId;
  readonly sequence: number;
  /** What refers to it, for messages. */
  readonly from: string;
}

function pagedBucket(reader: PageReader, { root, sequence, from }: BucketPlace): BboltBucket {
  const walk = () => walkTree(reader, root, { from, seen: new PageSet(reader.meta.pageCount) });
  return bucketOver(reader, sequence, walk);
}

function bucketOver(
  reader: PageReader,
  sequence: number,
  walk: () => Iterable<WalkItem>,
): BboltBucket {
  return {
    sequence,
    *entries() {
      for (const { key, value, flags, page } of walk()) {
        const isBucket = isBucketItem(flags, page);
        yield { key, value: isBucket ? undefined : value };
      }
    },
    bucket(name) {
      for (const item of walk()) {
        const order = compareBytes(item.key, name);
        if (order > 0) return undefined;
        if (order === 0) {
          return isBucketItem(item.flags, item.page) ? childBucket(reader, item) : undefined;
        }
      }
      return undefined;
    },
  };
}

function isBucketItem(flags: number, page: PageId): boolean {
  if (flags === 0 || flags === bucketFlag) return flags === bucketFlag;
  throw BboltError.damaged(page, `an element has the unknown flags ${flags}`);
}

/** The bucket that a leaf's element holds. */
function childBucket(reader: PageReader, item: WalkItem): BboltBucket {
  const { root, sequence } = bucketHeader(item);
  if (root !== 0)
    return pagedBucket(reader, { root, sequence, from: `a bucket in page ${item.page}` });
  return bucketOver(reader, sequence, () => inlineItems(item));
}

function bucketHeader({ value, page }: WalkItem): { root: PageId; sequence: number } {
  if (value.length < bucketHeaderBytes) {
    throw BboltError.damaged(page, 'the value of a bucket is too short to be one');
  }
  const view = viewOf(value);
  return { root: readUint64(view, 0), sequence: readUint64(view, 8) };
}

function* inlineItems({ value, page }: WalkItem): Iterable<WalkItem> {
  const bytes = value.subarray(bucketHeaderBytes);
  if (bytes.length < pageHeaderBytes) {
    throw BboltError.damaged(page, 'a bucket without pages of its own has no inline page');
  }
  const view = viewOf(bytes);
  if (view.getUint16(8, true) !== pageFlags.leaf) {
    throw BboltError.damaged(page, 'the inline page of a bucket is no leaf');
  }
  const inline: Page = {
    id: page,
    kind: 'leaf',
    count: view.getUint16(10, true),
    overflow: 0,
    bytes,
    view,
  };
  let previous: Uint8Array | undefined;
  for (const item of leafItems(inline)) {
    if (previous !== undefined && compareBytes(previous, item.key) >= 0) {
      throw BboltError.damaged(page, 'the keys of an inline bucket are not in order');
    }
    if (isBucketItem(item.flags, page)) {
      throw BboltError.damaged(page, 'an inline bucket holds a bucket');
    }
    previous = item.key;
    yield { ...item, page };
  }
}

function checkFile(reader: PageReader): void {
  const { root, pageCount } = reader.meta;
  const reached = new PageSet(pageCount);
  const free = readFreelist(reader, reached);
  const waiting: BucketPlace[] = [{ root, sequence: 0, from: 'a meta page' }];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    for (const item of walkTree(reader, place.root, { from: place.from, seen: reached })) {
      if (!isBucketItem(item.flags, item.page)) continue;
      const header = bucketHeader(item);
      const from = `a bucket in page ${item.page}`;
      if (header.root !== 0) waiting.push({ ...header, from });
      else for (const _ of inlineItems(item));
    }
  }
  if (free === undefined) return;
  for (let id = 2; id < pageCount; id++) {
    if (reached.has(id) && free.has(id)) throw BboltError.damaged(id, 'reachable freed');
    if (!reached.has(id) && !free.has(id)) throw BboltError.damaged(id, 'unreachable unfreed');
  }
}

/** Undefined when the file does not store it. */
function readFreelist(reader: PageReader, reached: PageSet): PageSet | undefined {
  const { freelist, pageCount } = reader.meta;
  if (freelist === undefined) return undefined;
  const page = reader.read(freelist, 'a meta page', reached);
  if (page.kind !== 'freelist') throw BboltError.damaged(page.id, 'it should be the freelist');
  const isLong = page.count === freelistCountMax;
  const count = isLong ? readUint64(page.view, pageHeaderBytes) : page.count;
  const from = pageHeaderBytes + (isLong ? pageIdBytes : 0);
  if (from + count * pageIdBytes > page.bytes.length) {
    throw BboltError.damaged(page.id, `it has no room for its ${count} ids`);
  }
  const free = new PageSet(pageCount);
  for (let index = 0; index < count; index++) {
    const id = readUint64(page.view, from + index * pageIdBytes);
    if (id < 2 || id >= pageCount) {
      throw BboltError.damaged(page.id, `it lists page ${id}, but pages end at ${pageCount - 1}`);
    }
    if (!free.add(id)) throw BboltError.damaged(id, 'already freed');
  }
  return free;
}
