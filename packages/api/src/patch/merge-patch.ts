/** JSON merge patch (RFC 7386): maps merge, null deletes, everything else replaces. */
import { setOwn } from '../normalize.ts';

type Json = Record<string, unknown>;

export const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Json = {};
  if (isMap(target)) {
    for (const key of Object.keys(target)) {
      if (!Object.hasOwn(patch, key)) setOwn(result, key, target[key]);
    }
  }
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) continue;
    const old = isMap(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    setOwn(result, key, applyMergePatch(old, value));
  }
  return result;
}
