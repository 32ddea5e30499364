/**
 * A B+ tree from keys in order, from the leaves up: each level fills one page at a time, and a full
 * page becomes an element of the level above.
 *
 * 1. Memory is one page a level, however many keys there are.
 * 2. Every page but the last of a level is as full as whole elements allow; an element that is larger
 *    than a page gets a run of pages for itself.
 */
import {
  elementBytes,
  pageFlags,
  pageHeaderBytes,
  viewOf,
  writePageHeader,
  writeUint64,
  type PageId,
} from './format.ts';
import type { PageAppender } from './page-appender.ts';

export interface LeafElement {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** `bucketFlag` or 0. */
  readonly flags: number;
}

export function leafElementSize({ key, value }: LeafElement): number {
  return elementBytes + key.length + value.length;
}

/** Writes a leaf page; `bytes` are zeros and have room for all elements. */
export function fillLeaf(
  bytes: Uint8Array,
  header: { id: PageId; overflow: number },
  elements: readonly LeafElement[],
): void {
  const view = viewOf(bytes);
  writePageHeader(view, 0, { ...header, flags: pageFlags.leaf, count: elements.length });
  let at = pageHeaderBytes;
  let dataAt = pageHeaderBytes + elements.length * elementBytes;
  for (const { key, value, flags } of elements) {
    view.setUint32(at, flags, true);
    view.setUint32(at + 4, dataAt - at, true);
    view.setUint32(at + 8, key.length, true);
    view.setUint32(at + 12, value.length, true);
    bytes.set(key, dataAt);
    bytes.set(value, dataAt + key.length);
    dataAt += key.length + value.length;
    at += elementBytes;
  }
}

interface BranchElement {
  readonly key: Uint8Array;
  readonly child: PageId;
}

function fillBranch(
  bytes: Uint8Array,
  header: { id: PageId; overflow: number },
  elements: readonly BranchElement[],
): void {
  const view = viewOf(bytes);
  writePageHeader(view, 0, { ...header, flags: pageFlags.branch, count: elements.length });
  let at = pageHeaderBytes;
  let dataAt = pageHeaderBytes + elements.length * elementBytes;
  for (const { key, child } of elements) {
    view.setUint32(at, dataAt - at, true);
    view.setUint32(at + 4, key.length, true);
    writeUint64(view, at + 8, child);
    bytes.set(key, dataAt);
    dataAt += key.length;
    at += elementBytes;
  }
}

interface BranchLevel {
  elements: BranchElement[];
  bytes: number;
}

export class TreeBuilder {
  readonly #pages: PageAppender;
  #leaf: LeafElement[] = [];
  #leafBytes = pageHeaderBytes;
  readonly #branches: BranchLevel[] = [];

  constructor(pages: PageAppender) {
    this.#pages = pages;
  }

  /** Keys come in ascending order; key and value are kept until their page is written. */
  add(element: LeafElement): void {
    const size = leafElementSize(element);
    if (this.#leaf.length > 0 && this.#leafBytes + size > this.#pages.pageBytes) this.#writeLeaf();
    this.#leaf.push(element);
    this.#leafBytes += size;
  }

  /** Writes what is left; returns the root page. */
  finish(): PageId {
    const lastLeaf = this.#writeLeaf();
    // Levels may be added while the ones below them end.
    for (let level = 0; level < this.#branches.length; level++) {
      const { elements } = this.#branches[level]!;
      const isTop = level === this.#branches.length - 1;
      if (isTop && elements.length === 1) return elements[0]!.child;
      this.#writeBranch(level);
    }
    return lastLeaf;
  }

  #writeLeaf(): PageId {
    const elements = this.#leaf;
    const run = this.#pages.take(this.#leafBytes);
    fillLeaf(run.bytes, run, elements);
    this.#leaf = [];
    this.#leafBytes = pageHeaderBytes;
    if (elements.length > 0) this.#addBranch(0, { key: elements[0]!.key, child: run.id });
    return run.id;
  }

  #addBranch(level: number, element: BranchElement): void {
    const branch = (this.#branches[level] ??= { elements: [], bytes: pageHeaderBytes });
    const size = elementBytes + element.key.length;
    // Two elements at least, or the tree would not narrow towards its root.
    if (branch.elements.length >= 2 && branch.bytes + size > this.#pages.pageBytes) {
      this.#writeBranch(level);
    }
    branch.elements.push(element);
    branch.bytes += size;
  }

  #writeBranch(level: number): void {
    const branch = this.#branches[level]!;
    const { elements } = branch;
    const run = this.#pages.take(branch.bytes);
    fillBranch(run.bytes, run, elements);
    branch.elements = [];
    branch.bytes = pageHeaderBytes;
    this.#addBranch(level + 1, { key: elements[0]!.key, child: run.id });
  }
}
