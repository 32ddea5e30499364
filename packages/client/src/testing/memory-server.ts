/**
 * An API server over a store in memory, as handlers of the component API. Several may share a store,
 * as real ones do; each can be stopped, started, cut off and made to fail. For tests.
 */
import { ApiError } from '@drydock/api';
import { silentLogger } from '@drydock/ports';
import { objectApi, type Reference } from '@drydock/proto/api';
import {
  RpcError,
  serverStream,
  StatusCode,
  unary,
  type CallContext,
  type ServiceImplementation,
} from '@drydock/rpc';
import { Metadata } from '@grpc/grpc-js';
import { statusTrailer } from '../errors.ts';
import { selects, type Change, type MemoryStore, type StoredObject } from './memory-store.ts';

export type MethodName = 'Get' | 'List' | 'Watch' | 'Create' | 'Update' | 'Patch' | 'Delete';

/** As much of the wire's requests as the server reads. */
export interface WireRequest {
  readonly reference: Reference | null;
  readonly json?: Buffer;
  readonly patch?: Buffer;
  readonly optionsJson?: Buffer;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: number;
}

export interface WireWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly json: Buffer;
  readonly resourceVersion: number;
}

interface WireAnswer {
  readonly json: Buffer;
  readonly resourceVersion: number;
  readonly items: readonly Buffer[];
}

export interface MemoryServer {
  /** Every call so far, as `List pods`. */
  readonly calls: string[];
  /** Watches that are open now. */
  readonly openWatches: number;
  /** Runs before each call; what it throws the caller gets, and what it awaits delays the call. */
  intercept: (method: MethodName, reference: Reference) => void | Promise<void>;
  /** Refuses connections and breaks those it has. */
  stop(): void;
  start(): void;
  /** Ends every watch as a server does that restarts in good order. */
  endWatches(): void;
  answer(method: Exclude<MethodName, 'Watch'>, request: WireRequest): Promise<WireAnswer>;
  watch(
    request: WireRequest,
    send: (event: WireWatchEvent) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<void>;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value));
const decode = (bytes: Buffer | undefined) =>
  JSON.parse(bytes === undefined || bytes.length === 0 ? '{}' : bytes.toString()) as StoredObject;

function unreachable(): RpcError {
  return new RpcError(StatusCode.UNAVAILABLE, 'No connection established. Last error: refused');
}

export function createMemoryServer(store: MemoryStore): MemoryServer {
  const calls: string[] = [];
  const watches = new Set<{ wake(): void }>();
  /** Aborts with the failure that open watches end with; null for an orderly end. */
  let epoch = new AbortController();
  let isUp = true;

  const endEpoch = (reason: RpcError | null) => {
    epoch.abort(reason);
    epoch = new AbortController();
    for (const watch of watches) watch.wake();
  };
  const begin = async (method: MethodName, reference: Reference) => {
    if (!isUp) throw unreachable();
    const qualified = reference.subresource === '' ? '' : `/${reference.subresource}`;
    calls.push(`${method} ${reference.resource}${qualified}`);
    await server.intercept(method, reference);
  };

  const server: MemoryServer = {
    calls,
    intercept: () => undefined,
    get openWatches() {
      return watches.size;
    },
    stop: () => {
      isUp = false;
      endEpoch(new RpcError(StatusCode.UNAVAILABLE, 'Connection dropped'));
    },
    start: () => void (isUp = true),
    endWatches: () => endEpoch(null),
    answer: async (method, request) => {
      const reference = request.reference!;
      try {
        await begin(method, reference);
        return answerFrom(store, method, { ...request, reference });
      } catch (error) {
        throw asRpcError(error);
      }
    },
    watch: async (request, send, signal) => {
      const reference = request.reference!;
      await begin('Watch', reference).catch((error: unknown) => {
        throw asRpcError(error);
      });
      const { signal: over } = epoch;
      let wake: () => void = () => undefined;
      const watch = { wake: () => wake() };
      watches.add(watch);
      using _ = store.onChange(watch.wake);
      signal.addEventListener('abort', watch.wake);
      const selectors = {
        labelSelector: request.labelSelector ?? '',
        fieldSelector: request.fieldSelector ?? '',
      };
      let seen = request.resourceVersion ?? 0;
      const isOver = () => signal.aborted || over.aborted;
      try {
        if (seen === 0) {
          seen = store.revision;
          for (const object of store.list(reference, selectors)) {
            await send(eventOf('ADDED', object, Number(object.metadata.resourceVersion)));
          }
        }
        while (!isOver()) {
          for (const change of store.changesAfter(seen)) {
            seen = change.revision;
            const event = select(change, reference, selectors);
            if (event !== undefined && !isOver()) await send(event);
          }
          if (store.revision > seen || isOver()) continue;
          await send({ type: 'BOOKMARK', json: encode({}), resourceVersion: seen });
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (isOver() || store.revision > seen) resolve();
          });
        }
        if (over.aborted && over.reason !== null) throw over.reason as RpcError;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        await send({ type: 'ERROR', json: encode(error.status), resourceVersion: 0 });
      } finally {
        watches.delete(watch);
        signal.removeEventListener('abort', watch.wake);
      }
    },
  };
  return server;
}

/** What a watch with selectors sees of a change: objects enter and leave the selection. */
function select(
  change: Change,
  reference: Reference,
  selectors: { labelSelector: string; fieldSelector: string },
): WireWatchEvent | undefined {
  if (change.resource !== reference.resource) return undefined;
  const is = change.type !== 'DELETED' && selects(reference, selectors, change.object);
  const was = change.previous !== undefined && selects(reference, selectors, change.previous);
  if (!is && !was) return undefined;
  const type = !was ? 'ADDED' : is ? 'MODIFIED' : 'DELETED';
  return eventOf(type, change.object, change.revision);
}

const eventOf = (
  type: WireWatchEvent['type'],
  object: StoredObject,
  resourceVersion: number,
): WireWatchEvent => ({ type, json: encode(object), resourceVersion });

function answerFrom(
  store: MemoryStore,
  method: Exclude<MethodName, 'Watch'>,
  request: WireRequest & { reference: Reference },
): WireAnswer {
  const { reference, labelSelector = '', fieldSelector = '' } = request;
  const one = (object: StoredObject): WireAnswer => ({
    json: encode(object),
    resourceVersion: Number(object.metadata.resourceVersion),
    items: [],
  });
  switch (method) {
    case 'Get':
      return one(store.get(reference));
    case 'List': {
      const items = store.list(reference, { labelSelector, fieldSelector }).map(encode);
      return { json: encode({}), items, resourceVersion: store.revision };
    }
    case 'Create': {
      const object = decode(request.json);
      if (reference.subresource !== 'binding') return one(store.create(reference, object));
      const { target } = object as unknown as { target: { name: string } };
      store.bind(reference, target.name);
      return { json: encode({ kind: 'Status', status: 'Success' }), items: [], resourceVersion: 0 };
    }
    case 'Update':
      return one(store.update(reference, decode(request.json)));
    case 'Patch':
      return one(store.merge(reference, decode(request.patch)));
    case 'Delete': {
      const { preconditions = {} } = decode(request.optionsJson) as {
        preconditions?: { uid?: string; resourceVersion?: string };
      };
      return one(store.delete(reference, preconditions));
    }
    default:
      return method satisfies never;
  }
}

const codes: Readonly<Record<string, StatusCode>> = {
  NotFound: StatusCode.NOT_FOUND,
  AlreadyExists: StatusCode.ALREADY_EXISTS,
  Conflict: StatusCode.ABORTED,
  ServiceUnavailable: StatusCode.UNAVAILABLE,
};

function asRpcError(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  const trailers = new Metadata();
  trailers.set(statusTrailer, encode(error.status));
  const code = codes[error.reason] ?? StatusCode.FAILED_PRECONDITION;
  return new RpcError(code, error.message, { trailers });
}

/** The same server behind real gRPC. */
export function memoryService(server: MemoryServer): ServiceImplementation {
  const handle = (method: Exclude<MethodName, 'Watch'>) =>
    unary(silentLogger, (request: WireRequest) => server.answer(method, request));
  return {
    definition: objectApi,
    handlers: {
      Get: handle('Get'),
      List: handle('List'),
      Create: handle('Create'),
      Update: handle('Update'),
      Patch: handle('Patch'),
      Delete: handle('Delete'),
      Watch: serverStream(
        silentLogger,
        (
          request: WireRequest,
          send: (event: WireWatchEvent) => Promise<void>,
          context: CallContext,
        ) => server.watch(request, send, context.signal),
      ),
    },
  };
}
