/** What every write is held to before its kind's own rules: its place, its version, its preconditions. */
import {
  badRequestError,
  conflictError,
  invalidError,
  uidPreconditionError,
  type FieldError,
  type KindDefinition,
  type KubernetesObject,
} from '@drydock/api';
import type { StoredObject } from '../storage/stored-object.ts';
import type { DeleteAsk, Target } from './requests.ts';

export function refuse(
  kind: KindDefinition,
  object: KubernetesObject,
  errors: readonly FieldError[],
): void {
  if (errors.length > 0) throw invalidError(kind, object.metadata.name, errors);
}

/** Checks an object's place against the path it was sent to, and fills it in. */
export function placeObject({ kind, namespace, name }: Target, object: KubernetesObject): void {
  const { metadata } = object;
  if (kind.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
      throw badRequestError(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    metadata.namespace = namespace;
  } else if (metadata.namespace === '') delete metadata.namespace;
  if (name === '') return;
  if (metadata.name === '') metadata.name = name;
  if (metadata.name !== name) {
    throw badRequestError(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}

export function checkVersion(
  target: Target,
  object: KubernetesObject,
  old: KubernetesObject,
): void {
  const { kind, name } = target;
  const { uid, resourceVersion } = object.metadata;
  if (
    uid !== undefined &&
    uid !== '' &&
    old.metadata.uid !== undefined &&
    uid !== old.metadata.uid
  ) {
    throw uidPreconditionError(kind, name, { wanted: uid, actual: old.metadata.uid });
  }
  if (resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0') {
    if (kind.allowUnconditionalUpdate) return;
    const error: FieldError = {
      type: 'Invalid',
      field: 'metadata.resourceVersion',
      badValue: { goLiteral: '0x0' },
      detail: 'must be specified for an update',
    };
    throw invalidError(kind, name, [error]);
  }
  if (resourceVersion !== old.metadata.resourceVersion) throw conflictError(kind, name);
}

export function checkPreconditions(
  target: Target,
  current: StoredObject,
  object: KubernetesObject,
  ask: DeleteAsk,
): void {
  const { uid } = object.metadata;
  if (ask.uid !== undefined && ask.uid !== uid) {
    throw uidPreconditionError(target.kind, target.name, { wanted: ask.uid, actual: uid ?? '' });
  }
  if (ask.resourceVersion !== undefined && ask.resourceVersion !== String(current.revision)) {
    throw conflictError(
      target.kind,
      target.name,
      `Precondition failed: ResourceVersion in precondition: ${ask.resourceVersion}, ResourceVersion in object meta: ${current.revision}`,
    );
  }
}
