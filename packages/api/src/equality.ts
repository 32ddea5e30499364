/** Comparing and copying JSON values. Both assume normal forms, which are bounded in depth. */

export function deepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return false;
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    for (let index = 0; index < left.length; index += 1) {
      if (!deepEqual(left[index], right[index])) return false;
    }
    return true;
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    if (!deepEqual((left as Json)[key], (right as Json)[key])) return false;
  }
  return true;
}

type Json = Record<string, unknown>;

export function deepCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => deepCopy(element)) as T;
  const copy: Json = {};
  for (const key of Object.keys(value)) {
    const child = deepCopy((value as Json)[key]);
    if (key === '__proto__') {
      Object.defineProperty(copy, key, {
        value: child,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    } else copy[key] = child;
  }
  return copy as T;
}

/** The paths at which two values differ, `path.to[0].field`, at most `countMax` of them. */
export function differingPaths(left: unknown, right: unknown, countMax = 10): string[] {
  const paths: string[] = [];
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (paths.length >= countMax || deepEqual(a, b)) return;
    const bothObjects = typeof a === 'object' && typeof b === 'object' && a !== null && b !== null;
    if (!bothObjects || Array.isArray(a) !== Array.isArray(b)) {
      paths.push(path);
    } else if (Array.isArray(a) && Array.isArray(b)) {
      if (a.length !== b.length) paths.push(path);
      else a.forEach((element, index) => walk(element, b[index], `${path}[${index}]`));
    } else {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        walk((a as Json)[key], (b as Json)[key], path === '' ? key : `${path}.${key}`);
      }
    }
  };
  walk(left, right, '');
  return paths;
}
