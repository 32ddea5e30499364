/** Paths inside volumes, in upstream's words. */
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';

/** Whether a part of the path is `..`. */
function hasBackstep(path: string): boolean {
  return path.includes('..') && path.split('/').includes('..');
}

export function validateNoBacksteps(path: string, field: string): FieldError[] {
  return hasBackstep(path) ? [invalid(field, path, "must not contain '..'")] : [];
}

/** A path that leads only downward from where it starts. */
export function validateDescendingPath(path: string, field: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : [];
  if (hasBackstep(path)) errors.push(invalid(field, path, "must not contain '..'"));
  return errors;
}

/** The same, where names that begin with two dots are the node agent's own. */
export function validateFilePath(path: string, field: string): FieldError[] {
  const errors = validateDescendingPath(path, field);
  if (path.startsWith('..') && !path.startsWith('../')) {
    errors.push(invalid(field, path, "must not start with '..'"));
  }
  return errors;
}
