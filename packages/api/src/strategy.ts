/**
 * The steps that every write takes between decoding and storing, in upstream's order.
 *
 * Defaults are set when a body is decoded and again on the result of a patch; mutating admission
 * comes next; then these. Each returns what is wrong: none means that the object may be stored.
 */
import type { FieldError } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { initializeMetadata } from './metadata.ts';
import type { NewObject } from './metadata.ts';
import type { KubernetesObject } from './object.ts';

export function beforeCreate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  context: NewObject,
): FieldError[] {
  initializeMetadata(object, context);
  kind.prepareForCreate(object, context);
  return kind.validate(object);
}

export function beforeUpdate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  old: T,
): FieldError[] {
  kind.prepareForUpdate(object, old);
  return kind.validateUpdate(object, old);
}

export function beforeStatusUpdate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  old: T,
): FieldError[] {
  kind.prepareForStatusUpdate(object, old);
  return kind.validateStatusUpdate(object, old);
}

/** @param part a name of the kind's `partUpdates` */
export function beforePartUpdate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  part: string,
  { object, old }: { readonly object: T; readonly old: T },
): FieldError[] {
  const update = kind.partUpdates[part]!;
  update.prepare(object, old);
  return update.validate(object, old);
}
