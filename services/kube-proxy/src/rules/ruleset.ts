/**
 * The rules of a node as data. Comparing two of these says what the kernel must be told; the fixed
 * part, which every node has whatever its services, is in table.ts.
 */

export type MapName = 'service-ips' | 'node-ports' | 'refused-ips' | 'refused-ports';
export type SetName = 'pod-ranges' | 'hairpin';

export interface Ruleset {
  /** The rules of each chain, in order; chains refer to each other by `goto` and `jump`. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Elements of verdict maps: key to verdict. */
  readonly maps: Readonly<Record<MapName, ReadonlyMap<string, string>>>;
  readonly sets: Readonly<Record<SetName, ReadonlySet<string>>>;
  /** Sets that the kernel fills with the clients of an endpoint: how long one stays, in seconds. */
  readonly affinity: ReadonlyMap<string, number>;
}
