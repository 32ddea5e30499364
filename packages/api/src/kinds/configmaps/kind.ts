/** ConfigMap: configuration as text or bytes, 1 MiB at most. */
import {
  ageColumn,
  column,
  defineKind,
  forbiddenWhenImmutable,
  nameColumn,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { invalid, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { ConfigMap } from '../../generated/types.ts';
import { problemsAt, utf8Length } from '../../metadata.ts';
import { configMapKeyProblems } from '../../names.ts';
import { age } from '../../time.ts';
import { base64Length, dataBytesMax } from '../shared/data.ts';

function validateData(object: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  const { data = {}, binaryData = {} } = object;
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...problemsAt(`data[${key}]`, key, configMapKeyProblems(key)));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    bytes += utf8Length(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...problemsAt(`binaryData[${key}]`, key, configMapKeyProblems(key)));
    bytes += base64Length(value);
  }
  // Upstream names no field here, and its path then prints as an empty index.
  if (bytes > dataBytesMax) errors.push(tooLong('[]', dataBytesMax));
  return errors;
}

export const configMaps = defineKind<ConfigMap>({
  kind: 'ConfigMap',
  resource: 'configmaps',
  description: 'A ConfigMap holds configuration for pods, as text or bytes.',
  shortNames: ['cm'],
  validate: validateData,
  validateUpdate(object, old) {
    if (old.immutable !== true) return [];
    const errors: FieldError[] = [];
    if (object.immutable !== true) errors.push(forbiddenWhenImmutable('immutable'));
    for (const key of ['data', 'binaryData'] as const) {
      if (!deepEqual(object[key], old[key])) errors.push(forbiddenWhenImmutable(key));
    }
    return errors;
  },
  columns: [nameColumn, column('Data', 'How many keys it holds.', { type: 'integer' }), ageColumn],
  cells: (object, wallTime) => [
    object.metadata.name,
    Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length,
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
