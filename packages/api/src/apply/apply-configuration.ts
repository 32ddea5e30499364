/**
 * Server-side apply: a configuration and the object that is there become the next object, with its
 * owners.
 *
 * 1. The configuration is taken as its author wrote it; the result is brought into normal form.
 * 2. An object whose owners are not known belongs to `before-first-apply` until someone takes its
 *    fields.
 * 3. `kubectl` takes over from client-side apply what nobody has changed since: last-applied.ts.
 * Source: apimachinery, util/managedfields/internal.
 */
import { ApiError, badRequestError } from '../errors.ts';
import { goKindOf } from '../normalize.ts';
import type { KubernetesObject } from '../object.ts';
import { isMap } from '../patch/merge-patch.ts';
import { formatTime } from '../time.ts';
import { UntypedElement } from './compare.ts';
import { applyConflictError } from './conflict.ts';
import { difference, has, isEmpty, sorted } from './field-set.ts';
import { fieldsOfLastApplied, updateLastApplied } from './last-applied.ts';
import { identifierOf, readManagers, writeManagers, type Managers } from './managers.ts';
import { unowned, type OwnedType } from './owned-type.ts';
import { applyFields, type Applied, type ApplyAsk } from './ownership.ts';
import { trackUpdate, withoutManagers } from './track-update.ts';
import { validateConfiguration } from './validate.ts';

export interface ConfigurationToApply<T> {
  /** Undefined when there is no such object yet. */
  readonly live: T | undefined;
  /** The parsed body. */
  readonly config: unknown;
  readonly manager: string;
  /** Takes fields over whose value others own. */
  readonly force: boolean;
  /** Empty for the object as a whole. */
  readonly subresource: string;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
}

type Json = Record<string, unknown>;

/**
 * @param finish brings the merged value into normal form, with defaults
 * @throws ApiError
 */
export function applyConfiguration<T extends KubernetesObject>(
  owned: OwnedType,
  request: ConfigurationToApply<T>,
  finish: (merged: unknown) => T,
): T {
  const { live, manager, subresource, wallTime } = request;
  const config = checkConfiguration(owned, request.config);
  const { apiVersion } = owned;
  const applier = { name: manager, operation: 'Apply', apiVersion, subresource } as const;
  const ask: ApplyAsk = {
    live: live === undefined ? owned.empty : withoutManagers(live),
    config,
    managers: managersBefore(owned, request),
    applier,
    identifier: identifierOf(applier),
    force: request.force,
  };
  const applied = applyOrRefuse(owned, ask);
  const managers = new Map(applied.managers);
  const own = managers.get(ask.identifier);
  if (own !== undefined) {
    const fields = difference(own.fields, unowned);
    const time = applied.kind === 'applied' ? formatTime(wallTime) : own.time;
    if (isEmpty(fields)) managers.delete(ask.identifier);
    else managers.set(ask.identifier, { ...own, fields: sorted(fields), time });
  }

  const object = finish(applied.kind === 'applied' ? applied.object : ask.live);
  if (manager === 'kubectl') updateLastApplied(object.metadata.annotations, config);
  const entries = writeManagers(managers);
  if (entries !== undefined) object.metadata.managedFields = entries;
  return object;
}

function managersBefore<T extends KubernetesObject>(
  owned: OwnedType,
  { live, subresource, wallTime }: ConfigurationToApply<T>,
): Managers {
  const stored = live?.metadata.managedFields ?? [];
  if (live === undefined || stored.length > 0) return readManagers(stored);
  const update = { live: undefined, object: live, manager: 'before-first-apply' };
  return readManagers(trackUpdate(owned, { ...update, subresource, wallTime }));
}

type Success = Exclude<Applied, { readonly kind: 'conflicts' }>;

/** @throws ApiError */
function applyOrRefuse(owned: OwnedType, ask: ApplyAsk): Success {
  try {
    return applyOrConflict(owned, ask);
  } catch (error) {
    if (!(error instanceof UntypedElement)) throw error;
    throw brokenError(`failed to create typed live object: ${error.message}`);
  }
}

/** @throws ApiError Conflict */
function applyOrConflict(owned: OwnedType, ask: ApplyAsk): Success {
  const applied = applyFields(owned, ask);
  if (applied.kind !== 'conflicts') return applied;
  let { conflicts } = applied;
  if (ask.applier.name === 'kubectl') {
    const allowed = fieldsOfLastApplied(owned.type, ask.live as Json, owned.apiVersion);
    conflicts = conflicts.filter(({ path }) => !has(allowed, path));
    const forced = conflicts.length > 0 ? applied : applyFields(owned, { ...ask, force: true });
    if (forced.kind !== 'conflicts') return forced;
  }
  throw applyConflictError(conflicts);
}

/** @throws ApiError */
function checkConfiguration(owned: OwnedType, config: unknown): Json {
  if (!isMap(config)) {
    const why = `json: cannot unmarshal ${goKindOf(config)} into Go value of type map[string]interface {}`;
    throw badRequestError(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`,
    );
  }
  const { apiVersion, kind } = config;
  const given = kindName(textOf(apiVersion), textOf(kind));
  if (apiVersion !== owned.apiVersion || kind !== owned.kind) {
    throw badRequestError(`invalid object type: ${given}`);
  }
  const metadata = isMap(config['metadata']) ? config['metadata'] : {};
  if (Array.isArray(metadata['managedFields'])) {
    throw badRequestError('metadata.managedFields must be nil');
  }
  const why = validateConfiguration(owned.type, config);
  if (why === undefined) return config;
  const place = `${textOf(metadata['namespace'])}/${textOf(metadata['name'])}; ${given}`;
  throw brokenError(`failed to create typed patch object (${place}): ${why}`);
}

/** Upstream gives these failures no reason, and the code of an internal error. */
function brokenError(message: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    code: 500,
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** As Go writes a GroupVersionKind. */
function kindName(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
}
