/** Requests for resources: from path, query and body to the registry and back. */
import {
  ApiError,
  applyMediaType,
  badRequestError,
  bindings,
  bodyBytesMax,
  findServed,
  isMeasured,
  methodNotAllowedError,
  patchObject,
  successStatus,
  type KindDefinition,
} from '@drydock/api';
import type { Clock, Random } from '@drydock/ports';
import { createSelection, type Selection } from '../cacher/selection.ts';
import { watchLine } from '../cacher/change.ts';
import { parseDeleteOptions } from '../registry/delete-options.ts';
import type { Registry } from '../registry/registry.ts';
import { inconsistentPageError, type Page } from '../registry/pages.ts';
import type { Freshness, UpdateAsk, UpdatePart } from '../registry/requests.ts';
import type { Changed } from '../registry/store.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { readApply } from './apply.ts';
import { bodyReader, readDeleteBody } from './body.ts';
import { contentTypes, renderList, renderObject, renderStatus, type Rendering } from './bodies.ts';
import { decodeContinue, encodeContinue, latestRevision } from './continue-token.ts';
import { parseListOptions, type ListOptions } from './list-options.ts';
import { negotiate } from './negotiate.ts';
import type { ResourcePath } from './path.ts';
import { streamWatch } from './watch-stream.ts';
import type { UsageHandler } from './usage/usage-handler.ts';
import { parseWriteOptions, patchTypeOf } from './write-options.ts';
import type { Action, ResourceRequest } from './action.ts';

export interface ResourceHandlerOptions {
  readonly registry: Registry;
  /** Kinds that are made of what nodes measure. */
  readonly handleUsage: UsageHandler;
  /** What changes no part of an object as it is: all but the parts below, and bindings. */
  readonly handleSubresource: (action: Action) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  /** Shortest time of a watch that names none, in cluster milliseconds. */
  readonly watchMillisMin: number;
}

export type ResourceHandler = (request: ResourceRequest) => Promise<void>;

const updateParts: Readonly<Record<string, UpdatePart>> = {
  '': 'all',
  status: 'status',
  approval: 'approval',
  ephemeralcontainers: 'ephemeralcontainers',
  finalize: 'finalize',
};

export function createResourceHandler(options: ResourceHandlerOptions): ResourceHandler {
  return async (request) => {
    const { path, verb } = request;
    const kind = findServed(path.group, path.version, path.resource)!;
    if (isMeasured(kind)) return options.handleUsage(request, kind);
    const target = { kind, namespace: path.namespace, name: path.name };
    const action: Action = { ...request, kind, target, write: parseWriteOptions(request) };
    if (kind.deprecation !== undefined) action.write.warnings.push(kind.deprecation);
    if (updateParts[path.subresource] === undefined || kind === bindings) {
      return options.handleSubresource(action);
    }
    if (!kind.verbs.includes(verb)) throw methodNotAllowedError(kind, verb);
    switch (verb) {
      case 'get':
        return get(options, action);
      case 'list':
      case 'watch':
        return listOrWatch(options, action);
      case 'create':
        return create(options, action);
      case 'update':
        return update(options, action);
      case 'patch':
        return patch(options, action);
      case 'delete':
        return remove(options, action);
      case 'deletecollection':
        return removeAll(options, action);
      default:
        throw methodNotAllowedError(kind, verb);
    }
  };
}

/** The form that is asked for. @throws ApiError */
export function renderingOf({ exchange, query }: ResourceRequest, clock: Clock): Rendering {
  const include = query.get('includeObject') ?? 'Metadata';
  if (include !== 'None' && include !== 'Metadata' && include !== 'Object') {
    throw badRequestError(`unrecognized includeObject value: ${JSON.stringify(include)}`);
  }
  const form = negotiate(exchange.header('accept'));
  return { form, includeObject: include, wallTime: clock.wallTime() };
}

function sendObject(
  { clock }: ResourceHandlerOptions,
  action: Action,
  object: StoredObject,
  code = 200,
): void {
  const rendering = renderingOf(action, clock);
  action.respond(
    code,
    contentTypes[rendering.form],
    renderObject(object, rendering),
    action.write.warnings,
  );
}

async function get(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const version = parseListOptions(action.query).resourceVersion;
  const freshness: Freshness =
    version === undefined ? 'consistent' : version === 0 ? 'any' : version;
  sendObject(options, action, await options.registry.get(action.target, freshness));
}

async function listOrWatch(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { kind, path, query } = action;
  const ask = parseListOptions(query);
  const fieldSelector = action.verb === 'get' ? `metadata.name=${path.name}` : ask.fieldSelector;
  const selection = createSelection(kind, {
    namespace: path.namespace,
    labelSelector: ask.labelSelector,
    fieldSelector,
  });
  if (ask.watch) await watch(options, action, ask, selection);
  else await list(options, action, ask, selection);
}

async function list(
  options: ResourceHandlerOptions,
  action: Action,
  ask: ListOptions,
  selection: Selection,
): Promise<void> {
  const { registry, clock } = options;
  const { kind } = action;
  const rendering = renderingOf(action, clock);
  const page = await takePage(registry, kind, ask, selection);
  const metadata = {
    // What is made for the answer is of no version.
    resourceVersion: page.revision === 0 ? '' : String(page.revision),
    ...(page.next === undefined
      ? {}
      : { continue: encodeContinue({ revision: page.revision, after: page.next }) }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  action.respond(
    200,
    contentTypes[rendering.form],
    renderList(kind, page.objects, metadata, rendering),
    action.write.warnings,
  );
}

async function takePage(
  registry: Registry,
  kind: KindDefinition,
  ask: ListOptions,
  selection: Selection,
): Promise<Page> {
  const { limit } = ask;
  if (ask.continueToken !== undefined || ask.match === 'Exact') {
    const token =
      ask.continueToken === undefined
        ? { revision: ask.resourceVersion!, after: undefined }
        : decodeContinue(ask.continueToken);
    return registry.listAt(kind, selection, { ...token, limit }).catch((error: unknown) => {
      const isForgotten = error instanceof ApiError && error.reason === 'Expired';
      const { after } = token;
      if (!isForgotten || after === undefined) throw error;
      throw inconsistentPageError(encodeContinue({ revision: latestRevision, after }));
    });
  }
  const version = ask.resourceVersion;
  const freshness: Freshness =
    version === undefined ? 'consistent' : version === 0 ? 'any' : version;
  const { objects, revision, count } = await registry.list(kind, selection, freshness);
  // A page of whatever is at hand would be as dear as the whole: version 0 ignores the limit.
  if (limit === 0 || freshness === 'any') {
    return { objects: [...objects], revision, next: undefined, remaining: undefined };
  }
  const taken: StoredObject[] = [];
  for (const object of objects) {
    if (taken.length === limit) {
      const last = taken.at(-1)!;
      const next = kind.namespaced ? `${last.namespace}/${last.name}` : last.name;
      const isAll = !selection.isNarrow && selection.namespace === '';
      return { objects: taken, revision, next, remaining: isAll ? count - limit : undefined };
    }
    taken.push(object);
  }
  return { objects: taken, revision, next: undefined, remaining: undefined };
}

async function watch(
  options: ResourceHandlerOptions,
  action: Action,
  ask: ListOptions,
  selection: Selection,
): Promise<void> {
  const { registry, clock, random } = options;
  const { kind, exchange } = action;
  const { wallTime: _wallTime, ...rendering } = renderingOf(action, clock);
  const version = ask.resourceVersion;
  const wantsInitial = ask.sendInitialEvents ?? (version === undefined || version === 0);
  const head = {
    'content-type': rendering.form === 'table' ? contentTypes.table : 'application/json',
    'cache-control': 'no-cache, private',
  };
  let watcher;
  try {
    watcher = await registry.watch(kind, {
      selection,
      after: wantsInitial ? undefined : (version ?? 0),
      freshness: version === undefined ? 'consistent' : version === 0 ? 'any' : version,
      bookmarks: ask.bookmarks,
      marksInitialEnd: ask.sendInitialEvents === true && ask.bookmarks,
    });
  } catch (error) {
    // Too old a version is told inside of the stream: that is where informers look for it.
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    const stream = exchange.stream(200, head);
    await stream.write(watchLine('ERROR', Buffer.from(JSON.stringify(error.status))));
    stream.end();
    return;
  }
  const least = options.watchMillisMin;
  const timeoutMillis =
    ask.timeoutSeconds === undefined || ask.timeoutSeconds === 0
      ? random.between(least, 2 * least)
      : ask.timeoutSeconds * 1_000;
  const stream = exchange.stream(200, head);
  await streamWatch({
    kind,
    watcher,
    stream,
    signal: exchange.signal,
    clock,
    timeoutMillis,
    rendering,
  });
}

async function create(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { kind, path, target } = action;
  if (path.name !== '') throw methodNotAllowedError(kind, 'create');
  if (kind.namespaced && path.namespace === '') {
    throw badRequestError(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  const read = await bodyReader(action.exchange, kind, action.write);
  sendObject(options, action, await options.registry.create(target, read(), action.write), 201);
}

async function update(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { path, target, write } = action;
  if (path.name === '') throw methodNotAllowedError(action.kind, 'update');
  const make = await bodyReader(action.exchange, action.kind, write);
  const part = updateParts[path.subresource]!;
  const makeNew = path.subresource === '' ? { makeNew: make } : {};
  const { object, created } = await options.registry.update(
    target,
    { part, make, ...makeNew },
    write,
  );
  sendObject(options, action, object, created ? 201 : 200);
}

async function patch(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { exchange, path, target, write, kind } = action;
  if (path.name === '') throw methodNotAllowedError(kind, 'patch');
  const part = updateParts[path.subresource]!;
  const mediaType = patchTypeOf(exchange);
  const ask =
    mediaType === applyMediaType
      ? await readApply(options.clock, part, action)
      : await readPatch(mediaType, part, action);
  const { object, created } = await options.registry.update(target, ask, write);
  sendObject(options, action, object, created ? 201 : 200);
}

async function readPatch(mediaType: string, part: UpdatePart, action: Action): Promise<UpdateAsk> {
  const { exchange, kind, write } = action;
  const body = (await exchange.readBody(bodyBytesMax)).toString();
  const { fieldValidation } = write;
  const make = (current: StoredObject) => {
    const patched = patchObject(kind, current.parse(), { mediaType, body, fieldValidation });
    write.warnings.splice(0, write.warnings.length, ...patched.warnings);
    return patched.object;
  };
  return { part, make };
}

async function remove(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { target, query, write } = action;
  const ask = await readDeleteOptions(action, query);
  const changed = await options.registry.delete(target, ask, {
    ...write,
    dryRun: ask.dryRun || write.dryRun,
  });
  sendDeleted(options, action, changed);
}

function sendDeleted(options: ResourceHandlerOptions, action: Action, changed: Changed): void {
  if (changed.kind === 'stored') {
    sendObject(options, action, changed.object);
    return;
  }
  action.respond(200, 'application/json', renderStatus(deletedStatus(action.kind, changed.object)));
}

/** What is said of an object that is gone for good. */
export function deletedStatus(kind: KindDefinition, object: StoredObject) {
  const { uid } = object.parse().metadata;
  return successStatus({
    name: object.name,
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.resource,
    ...(uid === undefined ? {} : { uid }),
  });
}

async function removeAll(options: ResourceHandlerOptions, action: Action): Promise<void> {
  const { kind, path, query, write } = action;
  const list = parseListOptions(query);
  const selection = createSelection(kind, {
    namespace: path.namespace,
    labelSelector: list.labelSelector,
    fieldSelector: list.fieldSelector,
  });
  const ask = await readDeleteOptions(action, query);
  const dryRun = ask.dryRun || write.dryRun;
  const deleted = await options.registry.deleteAll(kind, selection, ask, { ...write, dryRun });
  const rendering = renderingOf(action, options.clock);
  const metadata = { resourceVersion: String(deleted.at(-1)?.revision ?? 0) };
  action.respond(200, contentTypes[rendering.form], renderList(kind, deleted, metadata, rendering));
}

async function readDeleteOptions(action: Action, query: URLSearchParams) {
  return parseDeleteOptions(await readDeleteBody(action.exchange), query);
}

/** Whether a path's resource and subresource exist in the version asked for. */
export function servesPath(path: ResourcePath): boolean {
  const kind = findServed(path.group, path.version, path.resource);
  if (kind === undefined) return false;
  if (path.subresource !== '' && !kind.subresources.some(({ name }) => name === path.subresource)) {
    return false;
  }
  return kind.namespaced || path.namespace === '';
}
