/** Environment variables and where they come from. */
import { invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
} from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import {
  configMapKeyProblems,
  dns1123SubdomainProblems,
  environmentNameProblems,
  strictEnvironmentNameProblems,
} from '../../../names.ts';

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
const envResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function validateFieldRef(
  ref: ObjectFieldSelector,
  field: string,
  supported: readonly string[] = envFieldPaths,
): FieldError[] {
  if ((ref.apiVersion ?? '') === '') return [required(`${field}.apiVersion`)];
  if (ref.fieldPath === '') return [required(`${field}.fieldPath`)];
  if (ref.apiVersion !== 'v1') {
    const why = 'error converting fieldPath: unsupported pod version';
    return [invalid(`${field}.fieldPath`, ref.fieldPath, why)];
  }
  if (/^metadata\.(?:labels|annotations)\['[^']+'\]$/.test(ref.fieldPath)) return [];
  return supported.includes(ref.fieldPath)
    ? []
    : [notSupported(`${field}.fieldPath`, ref.fieldPath, supported)];
}

function validateKeyRef(ref: { name?: string; key: string }, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((ref.name ?? '') === '') errors.push(required(`${field}.name`));
  if (ref.key === '') errors.push(required(`${field}.key`));
  else errors.push(...problemsAt(`${field}.key`, ref.key, configMapKeyProblems(ref.key)));
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
    const { resource } = resourceFieldRef;
    if (resource === '') errors.push(required(`${field}.resourceFieldRef.resource`));
    else if (
      !envResources.includes(resource) &&
      !/^(?:limits|requests)\.hugepages-/.test(resource)
    ) {
      errors.push(notSupported(`${field}.resourceFieldRef.resource`, resource, envResources));
    }
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
    return [invalid(field, '', why)];
  }
  if (value !== '')
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  if (count > 1)
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  return errors;
}

export function validateEnv(variables: readonly EnvVar[], field: string): FieldError[] {
  return variables.flatMap(({ name, value = '', valueFrom }, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(name === ''
        ? [required(`${at}.name`)]
        : problemsAt(`${at}.name`, name, environmentNameProblems(name))),
      ...(valueFrom === undefined ? [] : validateSource(valueFrom, value, `${at}.valueFrom`)),
    ];
  });
}

export function validateEnvFrom(sources: readonly EnvFromSource[], field: string): FieldError[] {
  return sources.flatMap(({ prefix = '', configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (prefix !== '') {
      errors.push(...problemsAt(`${at}.prefix`, prefix, strictEnvironmentNameProblems(prefix)));
    }
    const refs = [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const;
    for (const [key, ref] of refs) {
      if (ref === undefined) continue;
      const { name = '' } = ref;
      if (name === '') errors.push(required(`${at}.${key}.name`));
      else errors.push(...problemsAt(`${at}.${key}.name`, name, dns1123SubdomainProblems(name)));
    }
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(at, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });
}
