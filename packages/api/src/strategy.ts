/**
 * The steps that every write takes between decoding and storing, in upstream's order.
 *
 * Defaults are set when a body is decoded and again on the result of a patch; mutating admission
 * comes next; then these. Each returns what is wrong: none means that the object may be stored.
 */
import type { FieldError } from './field-error.ts';
import type { KindDefinition, PrepareContext } from './kind.ts';
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
  return canonical(kind, object, kind.validate(object));
}

export function beforeUpdate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  old: T,
): FieldError[] {
  kind.prepareForUpdate(object, old);
  return canonical(kind, object, kind.validateUpdate(object, old));
}

export function beforeStatusUpdate<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  old: T,
  context?: PrepareContext,
): FieldError[] {
  kind.prepareForStatusUpdate(object, old, context);
  return kind.validateStatusUpdate(object, old);
}

/** What is wrong is told in the client's own form, so only what is right takes ours. */
function canonical<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  object: T,
  errors: FieldError[],
): FieldError[] {
  if (errors.length === 0) kind.canonicalize(object);
  return errors;
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
