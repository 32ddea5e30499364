/** Whether two JSON values say the same. The order of keys says nothing. */

type IsAbsent = (value: unknown) => boolean;

const isMissing: IsAbsent = (value) => value === undefined || value === null;
const isZero: IsAbsent = (value) =>
  isMissing(value) ||
  value === 0 ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value as object).length === 0);

/** For objects as the API server answers with them: always in the normal form of their kind. */
export function isEqualJson(a: unknown, b: unknown): boolean {
  return isEqual(a, b, isMissing);
}

/** For a computed value against a stored one, whose zero values the API server leaves out. */
export function isEqualButForZeros(a: unknown, b: unknown): boolean {
  return isEqual(a, b, isZero);
}

function isEqual(a: unknown, b: unknown, isAbsent: IsAbsent): boolean {
  if (a === b || (isAbsent(a) && isAbsent(b))) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => isEqual(item, b[index], isAbsent));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  for (const key of Object.keys(a)) if (!isEqual(a[key], b[key], isAbsent)) return false;
  for (const key of Object.keys(b)) if (!(key in a) && !isAbsent(b[key])) return false;
  return true;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
