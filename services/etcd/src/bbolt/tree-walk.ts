/** All elements of a tree in order, with the order checked. */
import { BboltError } from './error.ts';
import { compareBytes, type PageId } from './format.ts';
import {
  branchItems,
  leafItems,
  type BranchItem,
  type LeafItem,
  type Page,
  type PageReader,
  type PageSet,
} from './page-reader.ts';

/** What the pages above say of the keys below: from `least` on, and before `end`. */
interface Bounds {
  readonly least: Uint8Array | undefined;
  readonly end: Uint8Array | undefined;
}

interface BranchFrame {
  readonly page: Page;
  readonly items: readonly BranchItem[];
  readonly bounds: Bounds;
  next: number;
}

export interface WalkItem extends LeafItem {
  /** The page that it stands in. */
  readonly page: PageId;
}

/** `from` says what refers to the root, for messages. @throws BboltError */
export function* walkTree(
  reader: PageReader,
  root: PageId,
  { from, seen }: { from: string; seen: PageSet },
): Iterable<WalkItem> {
  const stack: BranchFrame[] = [];
  let next: { id: PageId; from: string; bounds: Bounds } | undefined = {
    id: root,
    from,
    bounds: { least: undefined, end: undefined },
  };
  while (next !== undefined) {
    const page = reader.read(next.id, next.from, seen);
    if (page.kind === 'leaf') yield* orderedItems(page, next.bounds);
    else if (page.kind === 'branch') {
      const items = branchItems(page);
      checkBranch(page, items, next.bounds);
      stack.push({ page, items, bounds: next.bounds, next: 0 });
    } else throw BboltError.damaged(page.id, `a ${page.kind} page is no part of a tree`);
    next = nextChild(stack);
  }
}

function nextChild(stack: BranchFrame[]) {
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const item = frame.items[frame.next];
    if (item !== undefined) {
      frame.next++;
      const end = frame.items[frame.next]?.key ?? frame.bounds.end;
      const bounds = { least: item.key, end };
      return { id: item.child, from: `page ${frame.page.id}`, bounds };
    }
    stack.pop();
  }
  return undefined;
}

function checkBranch(page: Page, items: readonly BranchItem[], bounds: Bounds): void {
  let previous: Uint8Array | undefined;
  for (const [index, { key }] of items.entries()) {
    checkKey(page.id, { key, index, previous, bounds });
    previous = key;
  }
}

function* orderedItems(page: Page, bounds: Bounds): Iterable<WalkItem> {
  let previous: Uint8Array | undefined;
  let index = 0;
  for (const { key, value, flags } of leafItems(page)) {
    checkKey(page.id, { key, index, previous, bounds });
    yield { key, value, flags, page: page.id };
    previous = key;
    index++;
  }
}

function checkKey(
  page: PageId,
  {
    key,
    index,
    previous,
    bounds,
  }: {
    key: Uint8Array;
    index: number;
    previous: Uint8Array | undefined;
    bounds: Bounds;
  },
): void {
  if (previous !== undefined && compareBytes(previous, key) >= 0) {
    throw BboltError.damaged(page, `the key of element ${index} does not follow the one before it`);
  }
  const isTooSmall =
    previous === undefined && bounds.least !== undefined && compareBytes(key, bounds.least) < 0;
  if (isTooSmall || (bounds.end !== undefined && compareBytes(key, bounds.end) >= 0)) {
    throw BboltError.damaged(
      page,
      `the key of element ${index} is not between those of the page above`,
    );
  }
}
