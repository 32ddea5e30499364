/**
 * A watch as an async sequence of typed events.
 *
 * 1. The sequence ends quietly when the server ends the stream or the caller's signal aborts.
 * 2. An ERROR event or a broken stream is thrown as ApiError; a resource version that is too old is
 *    an ApiError with reason Expired.
 * 3. A consumer that falls behind holds back the stream, not the process's memory.
 */
import { ApiError, type KubernetesObject, type Status } from '@drydock/api';
import { objectApi, type Reference, type WatchEvent as WireEvent } from '@drydock/proto/api';
import type { ChannelSet } from '@drydock/rpc';
import { toApiError } from './errors.ts';
import type { Resource } from './resources.ts';

export type WatchEvent<T> =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
      readonly object: T;
      readonly resourceVersion: number;
    }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: number };

interface WatchCall {
  readonly reference: Reference;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly resourceVersion: number;
  readonly signal: AbortSignal | undefined;
}

export async function* watchEvents<T extends KubernetesObject>(
  channels: ChannelSet,
  resource: Resource<T>,
  { signal, ...request }: WatchCall,
): AsyncGenerator<WatchEvent<T>> {
  const isAborted = () => signal?.aborted === true;
  if (isAborted()) return;
  const stream = channels.serverStream(
    objectApi.Watch,
    { ...request, bookmarks: true },
    signal === undefined ? {} : { signal },
  );
  try {
    for await (const event of stream as AsyncIterable<WireEvent>) {
      switch (event.type) {
        case 'ADDED':
        case 'MODIFIED':
        case 'DELETED':
          yield {
            type: event.type,
            object: JSON.parse(event.json.toString()) as T,
            resourceVersion: event.resourceVersion,
          };
          break;
        case 'BOOKMARK':
          yield { type: 'BOOKMARK', resourceVersion: event.resourceVersion };
          break;
        case 'ERROR':
          throw new ApiError(JSON.parse(event.json.toString()) as Status);
        case 'TYPE_UNSPECIFIED':
          throw new Error(`a watch event of ${resource.resource} has no type`);
        default:
          event.type satisfies never;
      }
    }
  } catch (error) {
    // `throwIfAborted` would hide which of the two came first; an aborted watch has simply ended.
    if (isAborted()) return;
    throw toApiError(error, { ...resource, name: '' });
  } finally {
    stream.cancel();
  }
}
