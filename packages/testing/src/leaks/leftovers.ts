/**
 * What is left of pods and services that are no more. Pure: what there is comes from whoever looked.
 *
 * 1. What was there before, and what belongs to something that lives, is no leftover.
 * 2. Counts (of open files) may swing by what they say themselves; things may not.
 */

export interface Thing {
  /** Such as `container`, `route`, `mount`. */
  readonly kind: string;
  readonly where: string;
  /** The same for the same thing at any time. */
  readonly id: string;
  /** Of whom people would say that it is. */
  readonly owner: string;
  /** Names of owners: the thing is none of our business while one of them lives. */
  readonly keys: readonly string[];
}

export interface Count {
  readonly kind: string;
  readonly where: string;
  readonly count: number;
  /** By so much it rises without anything being lost. */
  readonly slack: number;
}

export interface Inventory {
  readonly things: readonly Thing[];
  readonly counts: readonly Count[];
}

const identityOf = ({ kind, where, id }: Thing) => `${kind} ${where} ${id}`;

/** A line for each leftover, with its owner. */
export function leftoversOf(
  before: Inventory,
  after: Inventory,
  alive: ReadonlySet<string>,
): readonly string[] {
  const known = new Set(before.things.map(identityOf));
  const things = after.things
    .filter((thing) => !known.has(identityOf(thing)) && !thing.keys.some((key) => alive.has(key)))
    .map(({ kind, where, id, owner }) => `${where}: ${kind} ${id}, of ${owner}`);
  const counted = new Map(before.counts.map((one) => [`${one.kind} ${one.where}`, one.count]));
  const counts = after.counts.flatMap(({ kind, where, count, slack }) => {
    const old = counted.get(`${kind} ${where}`);
    if (old === undefined || count <= old + slack) return [];
    return [`${where}: ${count} ${kind}, ${old} before`];
  });
  return [...new Set(things), ...counts].toSorted();
}
