/** Environment variables and where they come from. */
import { invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
} from '../../../generated/types.ts';
import { defaultNameProblems, prefixProblems, problemsAt } from '../../../metadata.ts';
import {
  configMapKeyProblems,
  environmentNameProblems,
  qualifiedNameProblems,
} from '../../../names.ts';
import { validateResourceFieldRef } from './resource-field.ts';

const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** What can be read of a pod at all; each use allows some of them. */
const knownFieldPaths = new Set([
  ...envFieldPaths,
  'metadata.annotations',
  'metadata.labels',
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

const subscripted = /^(.+?)\['(.*)'\]$/s;

/** `metadata.labels['app']` */
function validateSubscript(path: string, key: string, field: string): FieldError[] {
  const text = path === 'metadata.annotations' ? key.toLowerCase() : key;
  return problemsAt(field, text, qualifiedNameProblems(text));
}

export function validateFieldRef(
  { apiVersion, fieldPath }: ObjectFieldSelector,
  field: string,
  supported: readonly string[] = envFieldPaths,
): FieldError[] {
  if (apiVersion === '') return [required(`${field}.apiVersion`)];
  if (fieldPath === '') return [required(`${field}.fieldPath`)];
  const cannotConvert = (why: string) => [
    invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`),
  ];
  if (apiVersion !== 'v1') return cannotConvert(`unsupported pod version: ${apiVersion}`);
  const [, path, key] = subscripted.exec(fieldPath) ?? [];
  if (path !== undefined && key !== undefined) {
    return path === 'metadata.labels' || path === 'metadata.annotations'
      ? validateSubscript(path, key, field)
      : cannotConvert(`field label does not support subscript: ${fieldPath}`);
  }
  if (!knownFieldPaths.has(fieldPath)) {
    return cannotConvert(`field label not supported: ${fieldPath}`);
  }
  // Older clients say so.
  const name = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  return supported.includes(name) ? [] : [notSupported(`${field}.fieldPath`, name, supported)];
}

function validateKeyRef({ name = '', key }: { name?: string; key: string }, field: string) {
  const errors = problemsAt(`${field}.name`, name, defaultNameProblems(name));
  if (key === '') errors.push(required(`${field}.key`));
  else errors.push(...problemsAt(`${field}.key`, key, configMapKeyProblems(key)));
  return errors;
}

function validateSource(source: EnvVarSource, value: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  let count = 0;
  if (fieldRef !== undefined) {
    count += 1;
    errors.push(...validateFieldRef(fieldRef, `${field}.fieldRef`));
  }
  if (resourceFieldRef !== undefined) {
    count += 1;
    const at = `${field}.resourceFieldRef`;
    errors.push(...validateResourceFieldRef(resourceFieldRef, at, { needsContainer: false }));
  }
  if (configMapKeyRef !== undefined) {
    count += 1;
    errors.push(...validateKeyRef(configMapKeyRef, `${field}.configMapKeyRef`));
  }
  if (secretKeyRef !== undefined) {
    count += 1;
    errors.push(...validateKeyRef(secretKeyRef, `${field}.secretKeyRef`));
  }
  if (count === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(field, '', why));
  } else if (value !== '') {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

export function validateEnv(variables: readonly EnvVar[] | undefined, field: string): FieldError[] {
  if (variables === undefined) return [];
  const errors: FieldError[] = [];
  variables.forEach(({ name, value = '', valueFrom }, index) => {
    if (name === '') errors.push(required(`${field}[${index}].name`));
    else {
      const problems = environmentNameProblems(name);
      if (problems.length > 0)
        errors.push(...problemsAt(`${field}[${index}].name`, name, problems));
    }
    if (valueFrom !== undefined) {
      errors.push(...validateSource(valueFrom, value, `${field}[${index}].valueFrom`));
    }
  });
  return errors;
}

export function validateEnvFrom(
  sources: readonly EnvFromSource[] | undefined,
  field: string,
): FieldError[] {
  if (sources === undefined) return [];
  return sources.flatMap(({ prefix = '', configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (prefix !== '') {
      errors.push(...problemsAt(`${at}.prefix`, prefix, environmentNameProblems(prefix)));
    }
    const refs = [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const;
    for (const [key, ref] of refs) {
      if (ref === undefined) continue;
      const { name = '' } = ref;
      if (name === '') errors.push(required(`${at}.${key}.name`));
      else {
        const problems = prefixProblems(name, defaultNameProblems);
        errors.push(...problemsAt(`${at}.${key}.name`, name, problems));
      }
    }
    // Upstream tells of the list, and not which element of it is wrong.
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}
