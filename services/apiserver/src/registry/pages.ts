/** Lists as of a revision in the past, page by page, read from etcd: what `continue` asks for. */
import { expiredError, ApiError, type KindDefinition } from '@drydock/api';
import type { Selection } from '../cacher/selection.ts';
import { prefixEnd, type EtcdClient } from '../storage/etcd-client.ts';
import { createKeyParser, listPrefix, resourcePrefix } from '../storage/keys.ts';
import { StoredObject } from '../storage/stored-object.ts';

export interface PageAsk {
  /** Below 1: whatever is the newest. */
  readonly revision: number;
  /** The last key before the page, below the resource's prefix. */
  readonly after: string | undefined;
  /** 0 for all. */
  readonly limit: number;
}

export interface Page {
  readonly objects: readonly StoredObject[];
  readonly revision: number;
  /** The last key of the page, below the resource's prefix; undefined after the last page. */
  readonly next: string | undefined;
  readonly remaining: number | undefined;
}

const chunkSize = 500;

/** Of a version that a list names; of a token, see `inconsistentPageError`. */
const tooOld = 'The resourceVersion for the provided list is too old.';

const inconsistent =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** Whose state is forgotten may go on with the newest: the answer has the token for it. */
export function inconsistentPageError(continueToken: string): ApiError {
  const { status } = expiredError(inconsistent);
  return new ApiError({ ...status, metadata: { ...status.metadata, continue: continueToken } });
}

/** @throws ApiError Expired when the revision is compacted away */
export async function readPage(
  etcd: EtcdClient,
  kind: KindDefinition,
  selection: Selection,
  ask: PageAsk,
): Promise<Page> {
  const prefix = listPrefix(kind, selection.namespace);
  const rangeEnd = prefixEnd(prefix);
  const parse = createKeyParser([kind]);
  const root = resourcePrefix(kind);
  const objects: StoredObject[] = [];
  const start = ask.after === undefined ? prefix : `${root}${ask.after}\0`;
  let key: Uint8Array = Buffer.from(start < prefix ? prefix : start);
  let revision = Math.max(ask.revision, 0);
  for (;;) {
    const limit = ask.limit === 0 ? chunkSize : Math.min(chunkSize, ask.limit);
    const chunk = await etcd.range({ key, rangeEnd, limit, revision }).catch((error: unknown) => {
      const isCompacted = error instanceof ApiError && error.reason === 'Expired';
      throw isCompacted ? expiredError(tooOld) : error;
    });
    if (revision === 0) revision = chunk.header?.revision ?? 0;
    for (const [index, pair] of chunk.kvs.entries()) {
      const place = parse(Buffer.from(pair.key).toString());
      const object =
        place === undefined
          ? undefined
          : StoredObject.fromStorage(place, pair.value, pair.modRevision);
      if (object === undefined || !selection.matches(object)) continue;
      objects.push(object);
      if (objects.length === ask.limit) {
        const left = chunk.count - index - 1;
        const next = left > 0 ? object.key.slice(root.length) : undefined;
        const isExact = next !== undefined && !selection.isNarrow;
        return { objects, revision, next, remaining: isExact ? left : undefined };
      }
    }
    const last = chunk.kvs.at(-1);
    if (!chunk.more || last === undefined) {
      return { objects, revision, next: undefined, remaining: undefined };
    }
    key = Buffer.concat([last.key, Buffer.of(0)]);
  }
}
