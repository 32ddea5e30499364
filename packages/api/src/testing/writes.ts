/** Takes bodies through the steps of a write, and tells what is refused in the words of the answer. */
import { decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { beforeCreate, beforePartUpdate, beforeStatusUpdate, beforeUpdate } from '../strategy.ts';

/** Of creates: 2026-11-21T08:00:00Z. Updates come a minute later. */
export const wallTime = Date.UTC(2026, 10, 21, 8);
const context = { uid: 'u1', wallTime, randomBelow: () => 0 };
const later = { wallTime: wallTime + 60_000 };

export interface Outcome<T> {
  readonly object: T;
  readonly errors: string[];
}

/** A body as the server holds it after the decoding and the defaults; its name is `x`. */
export function decoded<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const metadata = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  const text = JSON.stringify({ metadata, ...body });
  const { object } = decodeObject(text, kind, { fieldValidation: 'Strict' });
  kind.setDefaults(object);
  return object;
}

export function create<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
): Outcome<T> {
  const object = decoded(kind, body);
  return { object, errors: beforeCreate(kind, object, context).map(formatFieldError) };
}

export function createErrors(kind: KindDefinition, body: object): string[] {
  return create(kind, body).errors;
}

/** What is stored. @throws Error when the body is refused */
export function created<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const { object, errors } = create(kind, body);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  object.metadata.resourceVersion = '1';
  return object;
}

/**
 * Edits a copy of `old` and updates to it.
 * @param part of the object that the update is for: undefined for the whole, or `status`, `approval`
 */
export function updated<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  old: T,
  edit: (object: T) => void,
  part?: string,
): Outcome<T> {
  const object = deepCopy(old);
  edit(object);
  kind.setDefaults(object);
  const errors =
    part === undefined
      ? beforeUpdate(kind, object, old)
      : part === 'status'
        ? beforeStatusUpdate(kind, object, old, later)
        : beforePartUpdate(kind, part, { object, old });
  return { object, errors: errors.map(formatFieldError) };
}

export function statusUpdated<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  old: T,
  edit: (object: T) => void,
): Outcome<T> {
  return updated(kind, old, edit, 'status');
}

/** Creates an object, gives it a status, and then another one. */
export function statusErrors<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
  statuses: { readonly old?: object; readonly new: object },
): string[] {
  const stored = created(kind, body);
  const old = statuses.old === undefined ? stored : { ...stored, status: statuses.old };
  return statusUpdated(kind, old, (object) => Object.assign(object, { status: statuses.new }))
    .errors;
}

/** What the writer of a valid object is told. @param edit makes the object that is warned of */
export function warningsOf<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
  edit?: (object: T) => void,
): string[] {
  const old = created(kind, body);
  if (edit === undefined) return kind.warningsOnCreate(old);
  const { object, errors } = updated(kind, old, edit);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return kind.warningsOnUpdate(object, old);
}
