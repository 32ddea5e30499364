/** A PATCH request: the current object and a body become the next object, still to be validated. */
import { convertObject } from '../decode.ts';
import type { Decoded, FieldValidation } from '../decode.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { parsePatch } from './parse-patch.ts';
import { patchRefusal } from './refusal.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

export interface PatchRequest {
  readonly mediaType: string;
  readonly body: string;
  readonly fieldValidation?: FieldValidation;
}

/** The patch applied, in normal form and with defaults. @throws ApiError */
export function patchObject<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  current: T,
  { mediaType, body, fieldValidation = 'Warn' }: PatchRequest,
): Decoded<T> {
  const patch = parsePatch(body, mediaType, fieldValidation);
  const type = patch.media;
  let value: unknown;
  switch (type) {
    case 'application/json-patch+json':
      value = applyJsonPatch(current, patch.value);
      break;
    case 'application/merge-patch+json':
      value = applyMergePatch(current, patch.value);
      break;
    case 'application/strategic-merge-patch+json':
      value = applyStrategicMergePatch(current, patch.value, kind.schema);
      break;
    default:
      return type satisfies never;
  }
  const isStrategic = type === 'application/strategic-merge-patch+json';
  const decoded = convertObject(
    { value, duplicates: patch.duplicates },
    kind,
    fieldValidation,
    (why) => patchRefusal({ isStrategic, patch: patch.value, result: value }, why),
  );
  kind.setDefaults(decoded.object);
  return decoded;
}
