/** One page at a time, with everything checked that it says about itself. */
import { BboltError } from './error.ts';
import {
  elementBytes,
  pageFlags,
  pageHeaderBytes,
  readUint64,
  viewOf,
  type Meta,
  type PageId,
} from './format.ts';
import type { PageSource } from './meta-pages.ts';

export interface Page {
  readonly id: PageId;
  readonly kind: keyof typeof pageFlags;
  readonly count: number;
  readonly overflow: number;
  /** All pages of the run. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export interface LeafItem {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly flags: number;
}

/** Ids of pages, of a file whose size is known. */
export class PageSet {
  readonly #bits: Uint8Array;

  constructor(pageCount: number) {
    this.#bits = new Uint8Array(Math.ceil(pageCount / 8));
  }

  has(id: PageId): boolean {
    return (this.#bits[id >>> 3]! & (1 << (id & 7))) !== 0;
  }

  /** False when it was there already. */
  add(id: PageId): boolean {
    if (this.has(id)) return false;
    this.#bits[id >>> 3]! |= 1 << (id & 7);
    return true;
  }
}

const kinds = new Map(
  Object.entries(pageFlags).map(([kind, flags]) => [flags as number, kind as Page['kind']]),
);

/** No value of etcd is near this; it bounds what a damaged page can make a reader allocate. */
const runBytesMax = 1024 ** 3;

export class PageReader {
  readonly meta: Meta;
  readonly #source: PageSource;

  constructor(source: PageSource, meta: Meta) {
    this.#source = source;
    this.meta = meta;
  }

  /**
   * Reads a page that `from` refers to. `seen` gets all pages of its run.
   * @throws BboltError naming the page
   */
  read(id: PageId, from: string, seen: PageSet): Page {
    const { pageBytes, pageCount } = this.meta;
    if (id < 2 || id >= pageCount) {
      throw BboltError.damaged(id, `${from} refers to it, but pages go from 2 to ${pageCount - 1}`);
    }
    const first = this.#source.read(id * pageBytes, pageBytes);
    const view = viewOf(first);
    const ownId = readUint64(view, 0);
    if (ownId !== id) throw BboltError.damaged(id, `it says that it is page ${ownId}`);
    const flags = view.getUint16(8, true);
    const kind = kinds.get(flags);
    if (kind === undefined) throw BboltError.damaged(id, `its flags ${flags} name no kind of page`);
    const overflow = view.getUint32(12, true);
    const runBytes = (overflow + 1) * pageBytes;
    if (id + overflow >= pageCount || runBytes > runBytesMax) {
      throw BboltError.damaged(id, `its ${overflow} overflow pages go beyond the file`);
    }
    for (let page = id; page <= id + overflow; page++) {
      if (!seen.add(page)) throw BboltError.damaged(page, `multiple references, one by ${from}`);
    }
    const bytes = overflow === 0 ? first : this.#source.read(id * pageBytes, runBytes);
    const count = view.getUint16(10, true);
    return { id, kind, count, overflow, bytes, view: viewOf(bytes) };
  }
}

function checkTable(page: Page): void {
  if (pageHeaderBytes + page.count * elementBytes > page.bytes.length) {
    throw BboltError.damaged(page.id, `it has no room for its ${page.count} elements`);
  }
}

/** The element's bytes, whose offset counts from the element. */
function span(page: Page, index: number, from: number, length: number): Uint8Array {
  if (from + length > page.bytes.length) {
    throw BboltError.damaged(page.id, `element ${index} lies outside of it`);
  }
  return page.bytes.subarray(from, from + length);
}

function keyOf(page: Page, index: number, from: number, length: number): Uint8Array {
  if (length === 0) throw BboltError.damaged(page.id, `the key of element ${index} is empty`);
  return span(page, index, from, length);
}

/** @throws BboltError naming the page */
export function* leafItems(page: Page): Iterable<LeafItem> {
  checkTable(page);
  const { view } = page;
  for (let index = 0; index < page.count; index++) {
    const at = pageHeaderBytes + index * elementBytes;
    const flags = view.getUint32(at, true);
    const from = at + view.getUint32(at + 4, true);
    const keyLength = view.getUint32(at + 8, true);
    const key = keyOf(page, index, from, keyLength);
    const value = span(page, index, from + keyLength, view.getUint32(at + 12, true));
    yield { key, value, flags };
  }
}

export interface BranchItem {
  readonly key: Uint8Array;
  readonly child: PageId;
}

/** @throws BboltError naming the page */
export function branchItems(page: Page): BranchItem[] {
  checkTable(page);
  if (page.count === 0) throw BboltError.damaged(page.id, 'it is a branch without elements');
  return Array.from({ length: page.count }, (_, index) => {
    const at = pageHeaderBytes + index * elementBytes;
    const from = at + page.view.getUint32(at, true);
    const key = keyOf(page, index, from, page.view.getUint32(at + 4, true));
    return { key, child: readUint64(page.view, at + 8) };
  });
}
