/**
 * Leases: promises to delete keys unless someone keeps renewing.
 *
 * 1. Which leases exist and what hangs on them is replicated state; it changes only by applied
 *    commands. When a lease ends is the leader's own knowledge, and a follower has none.
 * 2. A lease never ends early: a new leader counts each from its last checkpoint, or in full.
 * 3. Time comes as an argument, in cluster milliseconds.
 */

/** Seconds, as clients count. */
type Seconds = number;

export interface Lease {
  readonly id: bigint;
  readonly grantedTtl: Seconds;
  /** What was left at the last checkpoint; 0 when there was none since it was renewed. */
  remainingTtl: Seconds;
  /** Undefined on members that do not lead. */
  expiresAt: number | undefined;
  readonly keys: Set<string>;
}

export const leaseTtlMax: Seconds = 9_000_000_000;

export class Lessor {
  readonly #leases = new Map<bigint, Lease>();
  readonly #ttlMin: Seconds;
  #leading = false;

  /** `ttlMin` is the least TTL granted: shorter ones could end before a new leader is found. */
  constructor(options: { ttlMin: Seconds }) {
    this.#ttlMin = options.ttlMin;
  }

  get size(): number {
    return this.#leases.size;
  }

  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  get(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  all(): Iterable<Lease> {
    return this.#leases.values();
  }

  /** The id must be new. */
  grant(id: bigint, options: { ttl: Seconds; remainingTtl?: Seconds; now: number }): Lease {
    const grantedTtl = Math.max(options.ttl, this.#ttlMin);
    const lease: Lease = {
      id,
      grantedTtl,
      remainingTtl: options.remainingTtl ?? 0,
      expiresAt: this.#leading ? options.now + grantedTtl * 1_000 : undefined,
      keys: new Set(),
    };
    this.#leases.set(id, lease);
    return lease;
  }

  attach(id: bigint, key: string): void {
    this.#leases.get(id)?.keys.add(key);
  }

  detach(id: bigint, key: string): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  /** The keys to delete, in byte order. */
  revoke(id: bigint): readonly string[] {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    return lease === undefined ? [] : [...lease.keys].sort();
  }

  /** The TTL that the lease has now; undefined when there is none or it has run out already. */
  renew(id: bigint, now: number): Seconds | undefined {
    const lease = this.#leases.get(id);
    if (lease?.expiresAt === undefined || lease.expiresAt <= now) return undefined;
    lease.expiresAt = now + lease.grantedTtl * 1_000;
    return lease.grantedTtl;
  }

  /** Seconds left, rounded down, at least 0; what was granted where this member does not lead. */
  secondsLeft(lease: Lease, now: number): Seconds {
    if (lease.expiresAt === undefined) return lease.grantedTtl;
    return Math.max(0, Math.floor((lease.expiresAt - now) / 1_000));
  }

  checkpoint(id: bigint, remainingTtl: Seconds): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.remainingTtl = remainingTtl;
    // The leader that wrote the checkpoint knows better already.
  }

  /** This member leads from now on. `extend` covers the time without a leader, cluster milliseconds. */
  promote(now: number, extend: number): void {
    this.#leading = true;
    for (const lease of this.#leases.values()) {
      const ttl = lease.remainingTtl > 0 ? lease.remainingTtl : lease.grantedTtl;
      lease.expiresAt = now + ttl * 1_000 + extend;
    }
  }

  demote(): void {
    this.#leading = false;
    for (const lease of this.#leases.values()) lease.expiresAt = undefined;
  }

  /** At most `limit` leases that have run out. Empty where this member does not lead. */
  expired(now: number, limit: number): readonly bigint[] {
    const ids: bigint[] = [];
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt === undefined || lease.expiresAt > now) continue;
      ids.push(lease.id);
      if (ids.length === limit) break;
    }
    return ids;
  }

  /** Long leases whose remaining time is worth writing down, so that a new leader goes on from it. */
  checkpoints(now: number, longerThan: Seconds): readonly { id: bigint; remainingTtl: Seconds }[] {
    const due: { id: bigint; remainingTtl: Seconds }[] = [];
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt === undefined || lease.grantedTtl <= longerThan) continue;
      const remainingTtl = this.secondsLeft(lease, now);
      if (remainingTtl > 0 && remainingTtl < lease.grantedTtl)
        due.push({ id: lease.id, remainingTtl });
    }
    return due;
  }

  clear(): void {
    this.#leases.clear();
  }
}
