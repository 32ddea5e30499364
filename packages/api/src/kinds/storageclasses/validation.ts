/** What a StorageClass must say. Source: upstream's storage validation. */
import { deepEqual } from '../../equality.ts';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { StorageClass, TopologySelectorTerm } from '../../generated/types.ts';
import { problemsAt, utf8Length, validateImmutable } from '../../metadata.ts';
import { qualifiedNameProblems } from '../../names.ts';
import { validateEnum } from '../shared/enum-validation.ts';

const parameterCountMax = 512;
const parameterBytesMax = 256 * 1024;
const bindingModes = ['Immediate', 'WaitForFirstConsumer'];
const reclaimPolicies = ['Delete', 'Retain'];

function validateProvisioner(provisioner: string): FieldError[] {
  if (provisioner === '') return [required('provisioner')];
  const name = provisioner.toLowerCase();
  return problemsAt('provisioner', name, qualifiedNameProblems(name));
}

function validateParameters(parameters: Readonly<Record<string, string>>): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > parameterCountMax) return [tooLong('parameters', parameterCountMax)];
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of entries) {
    if (key === '') errors.push(invalid('parameters', key, 'field can not be empty.'));
    bytes += utf8Length(key) + utf8Length(value);
  }
  if (bytes > parameterBytesMax) errors.push(tooLong('parameters', parameterBytesMax));
  return errors;
}

function validateTerm(
  { matchLabelExpressions = [] }: TopologySelectorTerm,
  field: string,
): FieldError[] {
  const keys = new Set<string>();
  return matchLabelExpressions.flatMap(({ key, values }, index) => {
    const at = `${field}.matchLabelExpressions[${index}]`;
    const errors: FieldError[] = [];
    if (values.length === 0) errors.push(required(`${at}.values`));
    values.forEach((value, position) => {
      if (values.indexOf(value) < position) {
        errors.push(duplicate(`${at}.values[${position}]`, value));
      }
    });
    errors.push(...problemsAt(`${at}.key`, key, qualifiedNameProblems(key)));
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
    return errors;
  });
}

/** The same text for two terms that select the same, in whatever order they say it. */
function meaningOf({ matchLabelExpressions = [] }: TopologySelectorTerm): string {
  const byKey = new Map(
    matchLabelExpressions.map(({ key, values }) => [key, [...new Set(values)].sort()]),
  );
  return JSON.stringify([...byKey].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function validateTopologies(terms: readonly TopologySelectorTerm[]): FieldError[] {
  // Upstream compares with as many empty terms as there are terms, so an empty one is refused.
  const seen = terms.map(() => meaningOf({}));
  return terms.flatMap((term, index) => {
    const at = `allowedTopologies[${index}]`;
    const errors = validateTerm(term, at);
    const meaning = meaningOf(term);
    for (const other of seen) {
      if (other === meaning) errors.push(duplicate(`${at}.matchLabelExpressions`, ''));
    }
    seen.push(meaning);
    return errors;
  });
}

export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const { reclaimPolicy = '', volumeBindingMode } = storageClass;
  const errors = [
    ...validateProvisioner(storageClass.provisioner),
    ...validateParameters(storageClass.parameters ?? {}),
  ];
  if ((reclaimPolicy as string) !== '' && !reclaimPolicies.includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, reclaimPolicies));
  }
  return [
    ...errors,
    ...validateEnum('volumeBindingMode', volumeBindingMode, bindingModes),
    ...validateTopologies(storageClass.allowedTopologies ?? []),
  ];
}

export function validateStorageClassUpdate(now: StorageClass, old: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!deepEqual(now[key], old[key])) {
      errors.push(forbidden(key, `updates to ${key} are forbidden.`));
    }
  }
  const field = 'volumeBindingMode';
  return [...errors, ...validateImmutable(field, now[field], old[field])];
}
