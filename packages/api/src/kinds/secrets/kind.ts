/** Secret: small data that should not be shown. `stringData` is for writing only. */
import {
  ageColumn,
  column,
  defineKind,
  forbiddenWhenImmutable,
  nameColumn,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { invalid, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Secret } from '../../generated/types.ts';
import { jsonSyntaxProblem } from '../../json-syntax.ts';
import { problemsAt, validateImmutable } from '../../metadata.ts';
import { configMapKeyProblems } from '../../names.ts';
import { goKindOf } from '../../normalize.ts';
import { age } from '../../time.ts';
import { base64Length, dataBytesMax } from '../shared/data.ts';

const accountNameAnnotation = 'kubernetes.io/service-account.name';
const encoder = new TextEncoder();

/** What is wrong with a value that is to be an object of JSON, in Go's words. */
function jsonProblem(base64: string): string | undefined {
  const text = new TextDecoder().decode(Uint8Array.fromBase64(base64));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return jsonSyntaxProblem(text);
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  return `json: cannot unmarshal ${goKindOf(value)} into Go value of type map[string]interface {}`;
}

/** What each well-known type must hold. */
function validateType({ type, data = {}, metadata }: Secret): FieldError[] {
  const wants = (key: string) => (Object.hasOwn(data, key) ? [] : [required(`data[${key}]`)]);
  const wantsJson = (key: string) => {
    const missing = wants(key);
    if (missing.length > 0) return missing;
    const problem = jsonProblem(data[key]!);
    if (problem === undefined) return [];
    return [invalid(`data[${key}]`, '<secret contents redacted>', problem)];
  };
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[accountNameAnnotation]
        ? []
        : [required(`metadata.annotations[${accountNameAnnotation}]`)];
    case 'kubernetes.io/dockercfg':
      return wantsJson('.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return wantsJson('.dockerconfigjson');
    case 'kubernetes.io/basic-auth':
      return Object.hasOwn(data, 'username') || Object.hasOwn(data, 'password')
        ? []
        : [required('data[username]'), required('data[password]')];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return [...wants('tls.crt'), ...wants('tls.key')];
    default:
      return [];
  }
}

export const secrets = defineKind<Secret>({
  kind: 'Secret',
  resource: 'secrets',
  description: 'A Secret holds small data that should not be shown, such as passwords and keys.',
  setDefaults(object) {
    object.type ??= 'Opaque';
    if (object.stringData === undefined) return;
    const data = { ...object.data };
    for (const [key, value] of Object.entries(object.stringData)) {
      Object.defineProperty(data, key, {
        value: encoder.encode(value).toBase64(),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    object.data = data;
    delete object.stringData;
  },
  prepareForUpdate(object, old) {
    if (object.type === undefined && old.type !== undefined) object.type = old.type;
  },
  validate(object) {
    const errors: FieldError[] = [];
    let bytes = 0;
    for (const [key, value] of Object.entries(object.data ?? {})) {
      errors.push(...problemsAt(`data[${key}]`, key, configMapKeyProblems(key)));
      bytes += base64Length(value);
    }
    if (bytes > dataBytesMax) errors.push(tooLong('data', dataBytesMax));
    return [...errors, ...validateType(object)];
  },
  validateUpdate(object, old) {
    const errors = validateImmutable('type', object.type, old.type);
    if (old.immutable !== true) return errors;
    if (object.immutable !== true) errors.push(forbiddenWhenImmutable('immutable'));
    if (!deepEqual(object.data, old.data)) errors.push(forbiddenWhenImmutable('data'));
    return errors;
  },
  columns: [
    nameColumn,
    column('Type', 'What the data means.'),
    column('Data', 'How many keys it holds.', { type: 'integer' }),
    ageColumn,
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    object.type ?? '',
    Object.keys(object.data ?? {}).length,
    age(object.metadata.creationTimestamp, wallTime),
  ],
  fieldSelectors: { type: (object) => object.type ?? '' },
});
