/**
 * A flag in a query, as upstream reads it: anything but `false` and `0` is true, also nothing. Undefined
 * when it is not given.
 */
export function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.toLowerCase();
  return value === undefined ? undefined : value !== 'false' && value !== '0';
}

export const isSet = (query: URLSearchParams, name: string): boolean =>
  parseFlag(query, name) === true;
