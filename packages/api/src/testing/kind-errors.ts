/** Takes bodies through the steps of a write, and tells what is refused in the words of the answer. */
import { decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { beforeCreate, beforeStatusUpdate, beforeUpdate } from '../strategy.ts';

/** 2026-11-21T08:00:00Z */
export const wallTime = Date.UTC(2026, 10, 21, 8);
const context = { uid: 'u', wallTime, randomBelow: () => 0 };

function decoded<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const metadata = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  const { object } = decodeObject(JSON.stringify({ metadata, ...body }), kind, {
    fieldValidation: 'Strict',
  });
  kind.setDefaults(object);
  return object;
}

export function createErrors<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
): string[] {
  return beforeCreate(kind, decoded(kind, body), context).map(formatFieldError);
}

/** @throws when the body is refused */
export function created<T extends KubernetesObject>(kind: KindDefinition<T>, body: object): T {
  const object = decoded(kind, body);
  const errors = beforeCreate(kind, object, context).map(formatFieldError);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  object.metadata.resourceVersion = '1';
  return object;
}

export interface Change<T> {
  readonly object: T;
  readonly errors: string[];
}

/** @param change makes the wanted object of a copy of the old one */
export function updated<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  old: T,
  change: (object: T) => void,
): Change<T> {
  const object = deepCopy(old);
  change(object);
  kind.setDefaults(object);
  return { object, errors: beforeUpdate(kind, object, old).map(formatFieldError) };
}

export function statusUpdated<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  old: T,
  change: (object: T) => void,
): Change<T> {
  const object = deepCopy(old);
  change(object);
  kind.setDefaults(object);
  const later = { wallTime: wallTime + 60_000 };
  return { object, errors: beforeStatusUpdate(kind, object, old, later).map(formatFieldError) };
}
