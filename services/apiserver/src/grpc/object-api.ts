/** The component API: the same registry behind gRPC. See proto/drydock/api.proto. */
import {
  ApiError,
  badRequestError,
  convertBody,
  decodeObject,
  findResource,
  managerOfUserAgent,
  methodNotAllowedError,
  noSuchResourceError,
  parseBody,
  parseFieldRequirements,
  patchObject,
  tooManyRequestsError,
  unauthorizedError,
  type Binding,
  type Eviction,
  type KindDefinition,
  type Scale,
  type SchemaName,
  type TokenRequest,
} from '@drydock/api';
import type { Clock, Logger } from '@drydock/ports';
import {
  objectApi,
  type ApiObject,
  type PatchRequest,
  type Reference,
  type WatchRequest,
  type WriteRequest,
} from '@drydock/proto/api';
import {
  serverStream,
  unary,
  type CallContext,
  type PeerIdentity,
  type ServiceImplementation,
} from '@drydock/rpc';
import { namedBy, withOwnNamespace } from '../authz/attributes.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import { authenticated } from '../authz/subject.ts';
import { createSelection } from '../cacher/selection.ts';
import type { WatchItem } from '../cacher/watcher.ts';
import type { InFlight } from '../in-flight.ts';
import type { RequestMetrics } from '../metrics.ts';
import { parseDeleteOptions } from '../registry/delete-options.ts';
import type { Registry } from '../registry/registry.ts';
import type { Freshness, Target, UpdatePart, WriteOptions } from '../registry/requests.ts';
import { bindPod } from '../registry/subresources/binding.ts';
import { evictPod } from '../registry/subresources/eviction.ts';
import { patchScale, scaleOf, scaleType, updateScale } from '../registry/subresources/scale.ts';
import { tokenRequestType, type TokenIssuer } from '../registry/subresources/token.ts';
import { renderBookmark } from '../rest/bodies.ts';
import { deletedStatus } from '../rest/resource-handler.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { toRpcFailure } from './errors.ts';

export interface ObjectApiOptions {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
  readonly tokens: TokenIssuer;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inFlight: InFlight;
  readonly metrics: RequestMetrics;
}

/** A call that may go on: who asks, and for what. */
interface Call {
  readonly target: Target;
  readonly subresource: string;
  readonly write: WriteOptions;
}

type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

const parts: Readonly<Record<string, UpdatePart>> = {
  '': 'all',
  status: 'status',
  approval: 'approval',
  ephemeralcontainers: 'ephemeralcontainers',
  finalize: 'finalize',
};

const patchMediaTypeOf: Readonly<Record<string, string>> = {
  JSON_PATCH: 'application/json-patch+json',
  MERGE_PATCH: 'application/merge-patch+json',
  STRATEGIC_MERGE_PATCH: 'application/strategic-merge-patch+json',
};

export function createObjectApi(options: ObjectApiOptions): ServiceImplementation {
  const { log } = options;
  /** Wraps a handler: admits the call, counts it, and tells its failure as gRPC does. */
  const call =
    <Request extends { reference: Reference | null }, Response>(
      verb: Verb,
      handle: (request: Request, call: Call) => Promise<Response>,
    ) =>
    (request: Request, context: CallContext): Promise<Response> =>
      observe(options, verb, request.reference, async () => {
        const admitted = await admit(options, verb, request, context);
        const release = options.inFlight.enter(
          verb === 'get' || verb === 'list' ? 'read' : 'write',
        );
        if (release === undefined) throw tooManyRequestsError(1);
        try {
          return await handle(request, admitted);
        } finally {
          release();
        }
      });

  return {
    definition: { ...objectApi, Watch: { ...objectApi.Watch, responseSerialize: encodeOnce } },
    handlers: {
      Get: unary(
        log,
        call('get', (request: GetLike, one) => get(options, request, one)),
      ),
      List: unary(
        log,
        call('list', (request: ListLike, one) => list(options, request, one)),
      ),
      Create: unary(
        log,
        call('create', (request: WriteRequest, one) => create(options, request, one)),
      ),
      Update: unary(
        log,
        call('update', (request: WriteRequest, one) => update(options, request, one)),
      ),
      Patch: unary(
        log,
        call('patch', (request: PatchRequest, one) => patch(options, request, one)),
      ),
      Delete: unary(
        log,
        call('delete', (request: DeleteLike, one) => remove(options, request, one)),
      ),
      Watch: serverStream(log, (request: WatchRequest, send, context) =>
        observe(options, 'watch', request.reference, () => watch(options, request, send, context)),
      ),
    },
  };
}

type GetLike = { reference: Reference | null; minimumResourceVersion: number };
type ListLike = GetLike & { labelSelector: string; fieldSelector: string; anyVersion: boolean };
type DeleteLike = { reference: Reference | null; optionsJson: Buffer };

const isDryRun = (request: object) => 'dryRun' in request && request.dryRun === true;

async function observe<T>(
  { log, clock, metrics }: ObjectApiOptions,
  verb: Verb,
  reference: Reference | null,
  run: () => Promise<T>,
): Promise<T> {
  const start = clock.now();
  let code = 200;
  try {
    return await run();
  } catch (error) {
    code = error instanceof ApiError ? error.code : 500;
    throw toRpcFailure(error, log, `${verb} ${reference?.resource ?? ''}`);
  } finally {
    const kind = findResource(reference?.group ?? '', reference?.resource ?? '');
    const seconds = (clock.now() - start) / 1_000;
    metrics.observe({ verb, resource: kind?.resource ?? '', code, seconds });
  }
}

/** @throws ApiError for what is not served or not allowed */
async function admit(
  { authorizer }: ObjectApiOptions,
  verb: Verb,
  request: { readonly reference: Reference | null; readonly fieldSelector?: string },
  { identity }: { identity: PeerIdentity | undefined },
): Promise<Call> {
  if (identity === undefined || identity.user === '') throw unauthorizedError();
  const user = authenticated(identity);
  const { reference, fieldSelector = '' } = request;
  if (reference === null) throw badRequestError('the request names no object: reference is empty');
  const { group, resource, namespace, name, subresource } = reference;
  const fields = fieldSelector === '' ? [] : parseFieldRequirements(fieldSelector);
  const place = { verb, group, resource, namespace, subresource, path: '', fields };
  await authorizer.authorize(user, withOwnNamespace({ ...place, name: name || namedBy(fields) }));
  const kind = findResource(group, resource);
  const isServed =
    kind !== undefined &&
    (reference.version === '' || reference.version === kind.version) &&
    (subresource === '' || kind.subresources.some((one) => one.name === subresource));
  if (!isServed) throw noSuchResourceError();
  const needsName =
    verb !== 'list' && verb !== 'watch' && !(verb === 'create' && subresource === '');
  if (needsName && name === '') throw badRequestError(`${verb} of ${resource} needs a name`);
  if (needsName && kind.namespaced && namespace === '') {
    throw badRequestError(`${verb} of ${resource} needs a namespace`);
  }
  return {
    target: { kind, namespace: kind.namespaced ? namespace : '', name },
    subresource,
    write: {
      user,
      manager: componentOf(identity.user),
      dryRun: isDryRun(request),
      fieldValidation: 'Strict',
      warnings: [],
    },
  };
}

/** A component owns fields under the name that upstream's has: kubelet, kube-scheduler, ... */
function componentOf(user: string): string {
  if (user.startsWith('system:node:')) return 'kubelet';
  return managerOfUserAgent(user.startsWith('system:') ? user.slice('system:'.length) : user);
}

const answer = (object: StoredObject) => ({ json: object.json, resourceVersion: object.revision });
const answerJson = (value: unknown, resourceVersion = 0) => ({
  json: Buffer.from(JSON.stringify(value)),
  resourceVersion,
});

function freshnessOf(minimum: number, anyVersion = false): Freshness {
  if (anyVersion) return 'any';
  return minimum === 0 ? 'consistent' : minimum;
}

async function get(
  { registry }: ObjectApiOptions,
  request: GetLike,
  { target, subresource }: Call,
) {
  const object = await registry.get(target, freshnessOf(request.minimumResourceVersion));
  if (subresource !== 'scale') return answer(object);
  return answerJson(scaleOf(target.kind, object.parse()), object.revision);
}

async function list({ registry }: ObjectApiOptions, request: ListLike, { target }: Call) {
  const { kind, namespace } = target;
  const { labelSelector, fieldSelector } = request;
  const selection = createSelection(kind, { namespace, labelSelector, fieldSelector });
  const freshness = freshnessOf(request.minimumResourceVersion, request.anyVersion);
  const { objects, revision } = await registry.list(kind, selection, freshness);
  return { items: Array.from(objects, ({ json }) => json), resourceVersion: revision };
}

/** A body that is no stored kind. */
function typedBody<T>(json: Buffer, type: { apiVersion: string; schema: SchemaName }): T {
  const parsed = parseBody(json.toString());
  const named = { kind: type.schema, ...type };
  return convertBody(parsed, named, 'Strict').object as unknown as T;
}

async function create(
  options: ObjectApiOptions,
  { json }: WriteRequest,
  { target, subresource, write }: Call,
): Promise<Partial<ApiObject>> {
  const { registry } = options;
  switch (subresource) {
    case '': {
      const { object } = decodeObject(json.toString(), target.kind, { fieldValidation: 'Strict' });
      return answer(await registry.create(target, object, write));
    }
    case 'binding': {
      const binding = typedBody<Binding>(json, { apiVersion: 'v1', schema: 'Binding' });
      return answer(await bindPod(options, target, binding, write));
    }
    case 'eviction': {
      const eviction = typedBody<Eviction>(json, { apiVersion: 'policy/v1', schema: 'Eviction' });
      const ask = parseDeleteOptions(eviction.deleteOptions ?? {});
      const dryRun = write.dryRun || ask.dryRun;
      return answer(await evictPod(options, { target, ask, write: { ...write, dryRun } }));
    }
    case 'token': {
      const request = typedBody<TokenRequest>(json, tokenRequestType);
      return answerJson(await options.tokens.issue(target, request, write));
    }
    default:
      throw methodNotAllowedError(target.kind, 'create');
  }
}

async function update(
  options: ObjectApiOptions,
  { json }: WriteRequest,
  { target, subresource, write }: Call,
): Promise<Partial<ApiObject>> {
  if (subresource === 'scale') {
    const scale = typedBody<Scale>(json, scaleType);
    return answerJson(await updateScale(options, target, { make: () => scale }, write));
  }
  const part = partOf(target.kind, subresource, 'update');
  const text = json.toString();
  const make = () => decodeObject(text, target.kind, { fieldValidation: 'Strict' }).object;
  const ask = { part, make, ...(part === 'all' ? { makeNew: make } : {}) };
  return answer((await options.registry.update(target, ask, write)).object);
}

async function patch(
  options: ObjectApiOptions,
  request: PatchRequest,
  { target, subresource, write }: Call,
): Promise<Partial<ApiObject>> {
  const mediaType = patchMediaTypeOf[request.type];
  if (mediaType === undefined) throw badRequestError(`the type of the patch is missing`);
  const body = request.patch.toString();
  if (subresource === 'scale') {
    const make = (current: Scale) => patchScale(current, { mediaType, body }, write);
    return answerJson(await updateScale(options, target, { make }, write));
  }
  const part = partOf(target.kind, subresource, 'patch');
  const make = (current: StoredObject) =>
    patchObject(target.kind, current.parse(), { mediaType, body, fieldValidation: 'Strict' })
      .object;
  return answer((await options.registry.update(target, { part, make }, write)).object);
}

function partOf(kind: KindDefinition, subresource: string, verb: string): UpdatePart {
  const part = Object.hasOwn(parts, subresource) ? parts[subresource] : undefined;
  if (part === undefined) throw methodNotAllowedError(kind, verb);
  return part;
}

async function remove(
  { registry }: ObjectApiOptions,
  { optionsJson }: DeleteLike,
  { target, write }: Call,
): Promise<Partial<ApiObject>> {
  const text = optionsJson.toString();
  const ask = parseDeleteOptions(text === '' ? {} : parseBody(text).value);
  const changed = await registry.delete(target, ask, { ...write, dryRun: ask.dryRun });
  if (changed.kind === 'stored') return answer(changed.object);
  return answerJson(deletedStatus(target.kind, changed.object));
}

/** An event that was encoded before goes out as it is: all who watch share its bytes. */
const encodeOnce = (event: OutgoingEvent | Buffer): Buffer =>
  Buffer.isBuffer(event) ? event : objectApi.Watch.responseSerialize(event);

interface OutgoingEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly json: Buffer;
  readonly resourceVersion: number;
}

async function watch(
  options: ObjectApiOptions,
  request: WatchRequest,
  send: (event: OutgoingEvent | Buffer) => Promise<void>,
  context: CallContext,
): Promise<void> {
  const { registry } = options;
  const { target } = await admit(options, 'watch', request, context);
  const { kind, namespace, name } = target;
  const fieldSelector = name === '' ? request.fieldSelector : `metadata.name=${name}`;
  const { labelSelector, resourceVersion, bookmarks } = request;
  const selection = createSelection(kind, { namespace, labelSelector, fieldSelector });
  let watcher;
  try {
    watcher = await registry.watch(kind, {
      selection,
      after: resourceVersion === 0 ? undefined : resourceVersion,
      freshness: 'any',
      bookmarks,
      marksInitialEnd: bookmarks && resourceVersion === 0,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    const json = Buffer.from(JSON.stringify(error.status));
    await send({ type: 'ERROR', json, resourceVersion: 0 });
    return;
  }
  const stop = () => watcher.end();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const items = await watcher.next();
      if (items === undefined) return;
      for (const item of items) await send(eventOf(item, kind));
    }
  } finally {
    context.signal.removeEventListener('abort', stop);
    watcher.end();
  }
}

function eventOf(item: WatchItem, kind: KindDefinition): OutgoingEvent | Buffer {
  switch (item.kind) {
    case 'object':
      return { type: 'ADDED', json: item.object.json, resourceVersion: item.object.revision };
    case 'change': {
      const { change, type } = item;
      return change.message(type, () => {
        const { json, revision } = change.shown(type);
        return encodeOnce({ type, json, resourceVersion: revision });
      });
    }
    case 'bookmark': {
      const { endsInitialEvents, revision } = item;
      const json = Buffer.from(renderBookmark(kind, revision, { endsInitialEvents, form: 'json' }));
      return { type: 'BOOKMARK', json, resourceVersion: revision };
    }
    default:
      return item satisfies never;
  }
}
