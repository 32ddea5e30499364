/**
 * Writes a bbolt file from front to back: buckets one after another, the keys of each in order.
 *
 * 1. Memory does not grow with the number of keys.
 * 2. The file has no unused pages: its freelist is stored and empty, and every page is reachable, so
 *    bbolt's own check finds nothing.
 * 3. A bucket without buckets in it that takes at most a quarter of a page stands inline in its
 *    parent, as bbolt itself would have it.
 * 4. The meta pages come last, though they stand first: a file without them is no bbolt file.
 */
import {
  bucketFlag,
  bucketHeaderBytes,
  compareBytes,
  encodeMeta,
  pageFlags,
  pageHeaderBytes,
  viewOf,
  writePageHeader,
  writeUint64,
  type PageId,
} from './format.ts';
import { PageAppender, type AppendBytes } from './page-appender.ts';
import { fillLeaf, leafElementSize, TreeBuilder, type LeafElement } from './tree-builder.ts';

export interface BucketWriter {
  /** Keys come in ascending order and are not empty; the bytes are kept, not copied. */
  put(key: Uint8Array, value: Uint8Array): void;
  /** A bucket in this one. It must be closed before anything else is put here. */
  bucket(name: Uint8Array): BucketWriter;
  close(): void;
}

export interface BboltWriter {
  bucket(name: Uint8Array): BucketWriter;
  /** Call once all buckets are closed. */
  finish(): { readonly pageCount: number; readonly bytes: number; readonly metaPages: Uint8Array };
}

export interface BboltWriterOptions {
  /** 4,096 by default, as on most machines that etcd runs on. */
  readonly pageBytes?: number;
  /**
   * Takes the file from its first byte on. What comes for the first two pages are zeros; `finish`
   * returns what must be there.
   */
  readonly append: AppendBytes;
}

const defaultPageBytes = 4_096;
const freelistPage: PageId = 2;
/** The two meta pages have the ids of two transactions in a row. */
const transactions = [0, 1] as const;

export function createBboltWriter({
  pageBytes = defaultPageBytes,
  append,
}: BboltWriterOptions): BboltWriter {
  append(new Uint8Array(freelistPage * pageBytes));
  const pages = new PageAppender({ pageBytes, firstId: freelistPage, append });
  const freelist = pages.take(pageHeaderBytes);
  const header = { flags: pageFlags.freelist, count: 0, overflow: 0 };
  writePageHeader(viewOf(freelist.bytes), 0, { id: freelistPage, ...header });
  const root = new Bucket({ pages, inlineBytesMax: 0, onClosed: () => {} });
  return {
    bucket: (name) => root.bucket(name),
    finish: () => {
      const rootPage = root.finish();
      pages.flush();
      const pageCount = pages.nextId;
      const metaPages = new Uint8Array(transactions.length * pageBytes);
      for (const transaction of transactions) {
        const at = transaction * pageBytes;
        const flags = { flags: pageFlags.meta, count: 0, overflow: 0 };
        writePageHeader(viewOf(metaPages), at, { id: transaction, ...flags });
        const meta = encodeMeta({
          pageBytes,
          root: rootPage,
          rootSequence: 0,
          freelist: freelistPage,
          pageCount,
          transaction,
        });
        metaPages.set(meta, at + pageHeaderBytes);
      }
      return { pageCount, bytes: pageCount * pageBytes, metaPages };
    },
  };
}

interface BucketOptions {
  readonly pages: PageAppender;
  /** Of its elements with the page header; a larger bucket gets pages of its own. */
  readonly inlineBytesMax: number;
  /** Gets what the parent stores as the bucket's value. */
  readonly onClosed: (value: Uint8Array) => void;
}

class Bucket implements BucketWriter {
  readonly #options: BucketOptions;
  /** Undefined while everything may still fit inline. */
  #tree: TreeBuilder | undefined;
  #inline: LeafElement[] = [];
  #inlineBytes = pageHeaderBytes;
  #previousKey: Uint8Array | undefined;
  #state: 'open' | 'child is open' | 'closed' = 'open';

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#expectOpen();
    this.#take(key);
    this.#add({ key, value, flags: 0 });
  }

  bucket(name: Uint8Array): BucketWriter {
    this.#expectOpen();
    this.#take(name);
    // Whatever holds a bucket is never inline itself.
    this.#startTree();
    this.#state = 'child is open';
    const { pages } = this.#options;
    return new Bucket({
      pages,
      inlineBytesMax: Math.floor(pages.pageBytes / 4),
      onClosed: (value) => {
        this.#state = 'open';
        this.#add({ key: name, value, flags: bucketFlag });
      },
    });
  }

  close(): void {
    const isInline = this.#tree === undefined;
    const value = new Uint8Array(bucketHeaderBytes + (isInline ? this.#inlineBytes : 0));
    if (isInline) {
      this.#end();
      fillLeaf(value.subarray(bucketHeaderBytes), { id: 0, overflow: 0 }, this.#inline);
    } else {
      writeUint64(viewOf(value), 0, this.finish());
    }
    this.#options.onClosed(value);
  }

  /** Writes everything to pages of its own; returns the root page. */
  finish(): PageId {
    this.#end();
    return this.#startTree().finish();
  }

  #end(): void {
    this.#expectOpen();
    this.#state = 'closed';
  }

  #expectOpen(): void {
    if (this.#state !== 'open')
      throw new Error(`a bucket is used though it is not open: ${this.#state}`);
  }

  #take(key: Uint8Array): void {
    const previous = this.#previousKey;
    if (key.length === 0) throw new Error('a key is empty');
    if (previous !== undefined && compareBytes(previous, key) >= 0) {
      throw new Error('keys must come in ascending order');
    }
    this.#previousKey = key;
  }

  #add(element: LeafElement): void {
    if (this.#tree !== undefined) {
      this.#tree.add(element);
      return;
    }
    this.#inline.push(element);
    this.#inlineBytes += leafElementSize(element);
    if (this.#inlineBytes > this.#options.inlineBytesMax) this.#startTree();
  }

  #startTree(): TreeBuilder {
    if (this.#tree !== undefined) return this.#tree;
    this.#tree = new TreeBuilder(this.#options.pages);
    for (const element of this.#inline) this.#tree.add(element);
    this.#inline = [];
    return this.#tree;
  }
}
