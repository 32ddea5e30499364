/**
 * A Range of many keys, in slices between which others run.
 *
 * 1. The answer is that of one revision, whatever is written or compacted meanwhile: the reader pins it.
 * 2. Bytes that are not in memory come from the backend many at a time, and do not push others out of the
 *    cache.
 * 3. A slice ends when its time is over. What sorts by another target than the key in another order than
 *    the given one is sorted in one go.
 */
import type { RangeRequest } from '@drydock/proto/etcd';
import { SortOrder } from '@drydock/proto/etcd';
import { failures, type Failure } from './failure.ts';
import { keyRange } from './key-index.ts';
import { checkRevision, hasBounds, isInBounds, sortFound, type Found } from './operations.ts';
import { RangeAnswer, type Header } from './results.ts';
import type { MvccStore } from './store.ts';
import { encodeKeyOnly, toByteString, type ByteString } from './version.ts';

/** Keys between two looks at the time. */
const keysPerLook = 256;

/** Each `next` is a slice; the last one returns the RangeResponse. `isOver` ends a slice. */
export function* rangeInSlices(
  store: MvccStore,
  request: RangeRequest,
  powers: { readonly isOver: () => boolean; readonly header: (revision: number) => Header },
): Generator<void, Buffer | Failure, void> {
  const current = store.revision;
  const failure = checkRevision(store, request.revision, current);
  if (failure !== undefined) return failure;
  const revision = request.revision > 0 ? request.revision : current;
  const { loads } = store;
  const release = store.pin(revision);
  try {
    const { found, count } = yield* findKeys(store, request, { revision, isOver: powers.isOver });
    const limit = request.limit > 0 ? request.limit : Infinity;
    const more = found.length > limit;
    if (more) found.length = limit;
    const answer = new RangeAnswer(powers.header(current), { more, count });
    for (let at = 0; at < found.length; at += keysPerLook) {
      // A snapshot has replaced everything: the client asks again.
      if (store.loads !== loads) return failures.timeout;
      for (const kv of pairsOf(store, request, found.slice(at, at + keysPerLook))) answer.add(kv);
      if (powers.isOver()) yield;
    }
    return yield* answer.finish(powers.isOver);
  } finally {
    release();
  }
}

function* findKeys(
  store: MvccStore,
  request: RangeRequest,
  { revision, isOver }: { revision: number; isOver: () => boolean },
): Generator<void, { found: Found[]; count: number }, void> {
  const keys = keyRange(toByteString(request.key), toByteString(request.rangeEnd));
  const limit = request.limit > 0 ? request.limit : Infinity;
  const limitFirst = !hasBounds(request) && request.sortOrder === SortOrder.none;
  const take = request.countOnly ? 0 : limitFirst ? limit + 1 : Infinity;
  let found: Found[] = [];
  let count = 0;
  let from: ByteString | undefined = keys.from;
  while (from !== undefined) {
    let seen = 0;
    const start: ByteString = from;
    from = undefined;
    store.keys.each({ ...keys, from: start }, (record) => {
      if (seen++ === keysPerLook) {
        from = record.key;
        return false;
      }
      const version = record.at(revision);
      if (version === undefined) return true;
      count++;
      if (found.length < take) found.push({ record, version });
      return true;
    });
    if (from !== undefined && isOver()) yield;
  }
  if (hasBounds(request)) found = found.filter(({ version }) => isInBounds(version, request));
  sortFound(store, found, request);
  return { found, count };
}

function pairsOf(
  store: MvccStore,
  request: RangeRequest,
  found: readonly Found[],
): readonly ByteString[] {
  if (request.keysOnly)
    return found.map(({ record, version }) => encodeKeyOnly(record.key, version));
  return store.encodedOfMany(found.map((one) => one.version));
}
