/** What is wrong with an object, in the words that people read: for tests of a kind's rules. */
import { decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { beforeCreate, beforePartUpdate, beforeStatusUpdate, beforeUpdate } from '../strategy.ts';

const context = { uid: 'u', wallTime: 0, randomBelow: () => 0 };

/** A body as the server holds it after the decoding and the defaults; its name is `x`. */
export function decoded<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const metadata = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  const text = JSON.stringify({ metadata, ...body });
  const { object } = decodeObject(text, kind, { fieldValidation: 'Strict' });
  kind.setDefaults(object);
  return object;
}

export function errorsOf(kind: KindDefinition, body: object): string[] {
  return beforeCreate(kind, decoded(kind, body), context).map(formatFieldError);
}

/** @throws Error when the object is not valid */
export function created<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const object = decoded(kind, body);
  const errors = beforeCreate(kind, object, context).map(formatFieldError);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  object.metadata.resourceVersion = '1';
  return object;
}

/** Edits a copy of `old` and updates to it. @param part undefined for the whole, or `status`, ... */
export function updated<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  {
    old,
    edit,
    part,
  }: { readonly old: T; readonly edit: (object: T) => void; readonly part?: string },
): { readonly object: T; readonly errors: string[] } {
  const object = deepCopy(old);
  edit(object);
  kind.setDefaults(object);
  const errors =
    part === undefined
      ? beforeUpdate(kind, object, old)
      : part === 'status'
        ? beforeStatusUpdate(kind, object, old)
        : beforePartUpdate(kind, part, { object, old });
  return { object, errors: errors.map(formatFieldError) };
}
