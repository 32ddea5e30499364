/** Bounds how many requests are under way at once; those beyond are told to come back. */

export interface InFlight {
  /** Undefined when there is no room; otherwise call the result when the request has ended. */
  enter(kind: 'read' | 'write'): (() => void) | undefined;
  count(kind: 'read' | 'write'): number;
}

export function createInFlight(limits: {
  readonly read: number;
  readonly write: number;
}): InFlight {
  const counts = { read: 0, write: 0 };
  return {
    count: (kind) => counts[kind],
    enter: (kind) => {
      if (counts[kind] >= limits[kind]) return undefined;
      counts[kind] += 1;
      let left = false;
      return () => {
        if (!left) counts[kind] -= 1;
        left = true;
      };
    },
  };
}
