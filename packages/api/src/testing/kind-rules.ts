/** What a kind makes of a body, and what it says is wrong, as the API server would run it. */
import { decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { beforeCreate, beforeStatusUpdate, beforeUpdate } from '../strategy.ts';

const context = { uid: 'u1', wallTime: 0, randomBelow: () => 0 };

export interface Outcome<T> {
  readonly object: T;
  readonly errors: string[];
}

export function create<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
): Outcome<T> {
  const text = JSON.stringify({ metadata: { name: 'x', namespace: 'default' }, ...body });
  const { object } = decodeObject(text, kind, { fieldValidation: 'Strict' });
  kind.setDefaults(object);
  const errors = beforeCreate(kind, object, context).map(formatFieldError);
  return { object, errors };
}

/** Creates an object from a body, and then changes it. */
export function update<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
  change: (object: T) => void,
): Outcome<T> {
  const old = create(kind, body).object;
  const object = deepCopy(old);
  change(object);
  kind.setDefaults(object);
  return { object, errors: beforeUpdate(kind, object, old).map(formatFieldError) };
}

/** Creates an object, gives it a status, and then another one. */
export function updateStatus<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  body: object,
  statuses: { readonly old?: object; readonly new: object },
): Outcome<T> {
  const withStatus = (object: T, status: object) => ({ ...deepCopy(object), status });
  const stored = create(kind, body).object;
  const old = statuses.old === undefined ? stored : withStatus(stored, statuses.old);
  const object = withStatus(old, statuses.new);
  return { object, errors: beforeStatusUpdate(kind, object, old).map(formatFieldError) };
}
