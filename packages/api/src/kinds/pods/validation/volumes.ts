/** Volumes, basically: one source each, with what the source cannot do without. */
import { duplicate, forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  Volume,
  VolumeProjection,
} from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { configMapKeyProblems, dns1123LabelProblems } from '../../../names.ts';
import { compareQuantities } from '../../../quantity.ts';
import { fieldsOf } from '../../../schema.ts';
import { severalVolumeTypes, validateHostPath, validateNfs } from '../../shared/volume-sources.ts';
import { validateFieldRef } from './env.ts';

const downwardFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

export function validateRelativePath(path: string, field: string): FieldError[] {
  if (path.startsWith('/')) return [invalid(field, path, 'must be a relative path')];
  if (path.split('/').includes('..')) return [invalid(field, path, "must not contain '..'")];
  return [];
}

function validateMode(mode: number | undefined, field: string): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= 0o777)
    ? []
    : [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function validateItems(items: readonly KeyToPath[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ key, path, mode }, index) => {
    const at = `${field}.items[${index}]`;
    return [
      ...(key === ''
        ? [required(`${at}.key`)]
        : problemsAt(`${at}.key`, key, configMapKeyProblems(key))),
      ...(path === '' ? [required(`${at}.path`)] : validateRelativePath(path, `${at}.path`)),
      ...validateMode(mode, `${at}.mode`),
    ];
  });
}

function validateDownwardItems(
  items: readonly DownwardAPIVolumeFile[] | undefined,
  field: string,
): FieldError[] {
  return (items ?? []).flatMap(({ path, fieldRef, resourceFieldRef, mode }, index) => {
    const at = `${field}.items[${index}]`;
    const errors =
      path === '' ? [required(`${at}.path`)] : validateRelativePath(path, `${at}.path`);
    if (fieldRef !== undefined) {
      errors.push(...validateFieldRef(fieldRef, `${at}.fieldRef`, downwardFieldPaths));
      if (resourceFieldRef !== undefined) {
        errors.push(
          invalid(
            at,
            'resource',
            'fieldRef and resourceFieldRef can not be specified simultaneously',
          ),
        );
      }
    } else if (resourceFieldRef === undefined) {
      errors.push(required(at, 'one of fieldRef and resourceFieldRef is required'));
    } else if ((resourceFieldRef.containerName ?? '') === '') {
      errors.push(required(`${at}.resourceFieldRef.containerName`));
    }
    return [...errors, ...validateMode(mode, `${at}.mode`)];
  });
}

function validateProjection(source: VolumeProjection, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const given = Object.keys(source);
  if (given.length > 1) {
    errors.push(severalVolumeTypes(`${field}.${given[1]}`));
  }
  for (const key of ['secret', 'configMap'] as const) {
    const one = source[key];
    if (one === undefined) continue;
    if ((one.name ?? '') === '') errors.push(required(`${field}.${key}.name`));
    errors.push(...validateItems(one.items, `${field}.${key}`));
  }
  errors.push(...validateDownwardItems(source.downwardAPI?.items, `${field}.downwardAPI`));
  const token = source.serviceAccountToken;
  if (token !== undefined) {
    const at = `${field}.serviceAccountToken`;
    const seconds = token.expirationSeconds ?? 0;
    if (seconds < 600) {
      errors.push(
        invalid(
          `${at}.expirationSeconds`,
          seconds,
          'may not specify a duration less than 10 minutes',
        ),
      );
    }
    if (token.path === '') errors.push(required(`${at}.path`));
    else errors.push(...validateRelativePath(token.path, `${at}.path`));
  }
  return errors;
}

function validateSource(volume: Volume, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { emptyDir, hostPath, secret, configMap, downwardAPI, projected } = volume;
  const { persistentVolumeClaim, nfs } = volume;
  if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit, '0') < 0) {
    const why = 'SizeLimit field must be a valid resource quantity';
    errors.push(forbidden(`${field}.emptyDir.sizeLimit`, why));
  }
  if (hostPath !== undefined) errors.push(...validateHostPath(hostPath, `${field}.hostPath`));
  if (secret !== undefined) {
    if ((secret.secretName ?? '') === '') errors.push(required(`${field}.secret.secretName`));
    errors.push(...validateMode(secret.defaultMode, `${field}.secret.defaultMode`));
    errors.push(...validateItems(secret.items, `${field}.secret`));
  }
  if (configMap !== undefined) {
    if ((configMap.name ?? '') === '') errors.push(required(`${field}.configMap.name`));
    errors.push(...validateMode(configMap.defaultMode, `${field}.configMap.defaultMode`));
    errors.push(...validateItems(configMap.items, `${field}.configMap`));
  }
  if (downwardAPI !== undefined) {
    errors.push(...validateMode(downwardAPI.defaultMode, `${field}.downwardAPI.defaultMode`));
    errors.push(...validateDownwardItems(downwardAPI.items, `${field}.downwardAPI`));
  }
  if (projected !== undefined) {
    errors.push(...validateMode(projected.defaultMode, `${field}.projected.defaultMode`));
    (projected.sources ?? []).forEach((source, index) => {
      errors.push(...validateProjection(source, `${field}.projected.sources[${index}]`));
    });
  }
  if (persistentVolumeClaim !== undefined && persistentVolumeClaim.claimName === '') {
    errors.push(required(`${field}.persistentVolumeClaim.claimName`));
  }
  if (nfs !== undefined) errors.push(...validateNfs(nfs, `${field}.nfs`));
  return errors;
}

/** In upstream's order, so that the same one of two is refused whatever order the client wrote. */
const sourceNames = [...fieldsOf('VolumeSource').keys()];

export function validateVolumes(volumes: readonly Volume[], field: string): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${field}[${index}]`;
    const { name } = volume;
    const errors: FieldError[] = [];
    const kinds = sourceNames.filter((key) => Object.hasOwn(volume, key));
    if (kinds.length === 0) errors.push(required(at, 'must specify a volume type'));
    for (const further of kinds.slice(1)) {
      errors.push(severalVolumeTypes(`${at}.${further}`));
    }
    errors.push(...validateSource(volume, at));
    if (name === '') errors.push(required(`${at}.name`));
    else errors.push(...problemsAt(`${at}.name`, name, dns1123LabelProblems(name)));
    if (name !== '' && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    seen.add(name);
    return errors;
  });
}
