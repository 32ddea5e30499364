/** Files that a volume makes of keys, of what a pod says of itself, and of tokens. */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { DownwardAPIVolumeFile, KeyToPath } from '../../../generated/types.ts';
import { validateFilePath } from '../../shared/path-validation.ts';
import { validateFieldRef } from './env.ts';
import { validateResourceFieldRef } from './resource-field.ts';

const downwardFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const modeMax = 0o777;

export function validateMode(mode: number | undefined, field: string): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= modeMax)
    ? []
    : [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** @param field of the source; the paths of its items are below it */
export function validateItems(
  items: readonly KeyToPath[] | undefined,
  field: string,
): FieldError[] {
  if (items === undefined) return [];
  return items.flatMap(({ key, path, mode }, index) => {
    const at = `${field}.items[${index}]`;
    return [
      ...(key === '' ? [required(`${at}.key`)] : []),
      ...(path === '' ? [required(`${at}.path`)] : []),
      ...validateFilePath(path, `${at}.path`),
      ...validateMode(mode, `${at}.mode`),
    ];
  });
}

/** Upstream tells of the source, and not which of its items is wrong. */
export function validateDownwardItems(
  items: readonly DownwardAPIVolumeFile[] | undefined,
  field: string,
): FieldError[] {
  if (items === undefined) return [];
  return items.flatMap(({ path, fieldRef, resourceFieldRef, mode }) => {
    const errors = path === '' ? [required(`${field}.path`)] : [];
    errors.push(...validateFilePath(path, `${field}.path`));
    if (fieldRef !== undefined) {
      errors.push(...validateFieldRef(fieldRef, `${field}.fieldRef`, downwardFieldPaths));
      if (resourceFieldRef !== undefined) {
        const why = 'fieldRef and resourceFieldRef can not be specified simultaneously';
        errors.push(invalid(field, 'resource', why));
      }
    } else if (resourceFieldRef === undefined) {
      errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
    } else {
      const at = `${field}.resourceFieldRef`;
      errors.push(...validateResourceFieldRef(resourceFieldRef, at, { needsContainer: true }));
    }
    return [...errors, ...validateMode(mode, `${field}.mode`)];
  });
}
