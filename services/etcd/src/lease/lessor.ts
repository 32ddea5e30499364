/**
 * Leases: promises to delete keys unless someone keeps renewing.
 *
 * 1. Which leases exist and what hangs on them is replicated state; it changes only by applied
 *    commands. When a lease ends is the leader's own knowledge, and a follower has none.
 * 2. A lease never ends early: a new leader counts each from its last checkpoint, or in full.
 * 3. What is left of a lease is written down each time it has halved, so a new leader gives it at most
 *    twice what it had. One that is renewed in time costs nothing.
 * 4. Each lease stands once in the queue of ends and once in that of checkpoints. A renewal changes
 *    neither: whoever is found there too early goes back in. Leases that are gone are at most as many there
 *    as those that are not.
 * 5. Time comes as an argument, in cluster milliseconds.
 */
import { DueQueue } from './due-queue.ts';

/** Seconds, as clients count. */
type Seconds = number;

export interface Lease {
  readonly id: bigint;
  readonly grantedTtl: Seconds;
  /** What was left at the last checkpoint; 0 when there was none since it was renewed. */
  remainingTtl: Seconds;
  /** A checkpoint was handed out, and is not applied yet. */
  isCheckpointing: boolean;
  /** Undefined on members that do not lead. */
  expiresAt: number | undefined;
  readonly keys: Set<string>;
}

export interface LeaseCheckpoint {
  readonly id: bigint;
  readonly remainingTtl: Seconds;
}

export const leaseTtlMax: Seconds = 9_000_000_000;

/** How long an end that was handed out may take to be applied before it is handed out again. */
const expiryRetryMillis = 3_000;
/** Leases that are gone and may stay in a queue. */
const queueSlack = 1_000;
/** What is left of shorter ones is not worth writing down. */
const checkpointTtlMin: Seconds = 10;
/** A new leader lets at most so many leases end in a second, and the rest later; the original's. */
const endsPerSecond = 750;

export class Lessor {
  readonly #leases = new Map<bigint, Lease>();
  readonly #ends = new DueQueue();
  readonly #checkpoints = new DueQueue();
  readonly #ttlMin: Seconds;
  #leading = false;

  /** `ttlMin` is the least TTL granted: shorter ones could end before a new leader is found. */
  constructor(options: { ttlMin: Seconds }) {
    this.#ttlMin = options.ttlMin;
  }

  get size(): number {
    return this.#leases.size;
  }

  /** Places in the queues. */
  get queued(): number {
    return this.#ends.size + this.#checkpoints.size;
  }

  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  get(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  /** Where this member leads, those that end first come first, as in the original. */
  all(): readonly Lease[] {
    return [...this.#leases.values()].sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0));
  }

  /** The id must be new. */
  grant(id: bigint, options: { ttl: Seconds; remainingTtl?: Seconds; now: number }): Lease {
    const grantedTtl = Math.max(options.ttl, this.#ttlMin);
    const lease: Lease = {
      id,
      grantedTtl,
      remainingTtl: options.remainingTtl ?? 0,
      isCheckpointing: false,
      expiresAt: undefined,
      keys: new Set(),
    };
    this.#leases.set(id, lease);
    if (this.#leading) this.#start(lease, options.now + grantedTtl * 1_000);
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
    this.#tidy();
    return lease === undefined ? [] : [...lease.keys].sort();
  }

  /** Whether a checkpoint must be cleared before a renewal: a new leader would count from it. */
  hasCheckpoint(id: bigint): boolean {
    const lease = this.#leases.get(id);
    return lease !== undefined && (lease.remainingTtl > 0 || lease.isCheckpointing);
  }

  #tidy(): void {
    for (const queue of [this.#ends, this.#checkpoints]) {
      if (queue.size > 2 * this.#leases.size + queueSlack) queue.retain((id) => this.has(id));
    }
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
    // When it ends does not change: the leader that wrote the checkpoint knows better already.
    lease.remainingTtl = remainingTtl;
    lease.isCheckpointing = false;
  }

  /**
   * This member leads from now on; or it did already, and knows better now what was left. `extend` covers
   * the time without a leader, cluster milliseconds.
   */
  promote(now: number, extend: number): void {
    this.#leading = true;
    this.#ends.clear();
    this.#checkpoints.clear();
    const due = Array.from(this.#leases.values(), (lease) => ({
      lease,
      left: knownTtl(lease) * 1_000 + extend,
    })).sort((a, b) => a.left - b.left);
    // Those that would end together come after each other, or their deletes would hold up all else.
    let free = 0;
    for (const { lease, left } of due) {
      free = Math.max(left, free + 1_000 / endsPerSecond);
      this.#start(lease, now + free);
    }
  }

  demote(): void {
    this.#leading = false;
    this.#ends.clear();
    this.#checkpoints.clear();
    for (const lease of this.#leases.values()) {
      lease.expiresAt = undefined;
      lease.isCheckpointing = false;
    }
  }

  #start(lease: Lease, expiresAt: number): void {
    lease.expiresAt = expiresAt;
    this.#ends.push(lease.id, expiresAt);
    this.#checkpoints.push(lease.id, checkpointDue(lease, expiresAt));
  }

  /**
   * At most `limit` leases that have run out; each comes again after a while, if it is still there then.
   * Empty where this member does not lead.
   */
  expired(now: number, limit: number): readonly bigint[] {
    const ids: bigint[] = [];
    while (ids.length < limit) {
      const id = this.#ends.shiftDue(now);
      if (id === undefined) break;
      const expiresAt = this.#leases.get(id)?.expiresAt;
      if (expiresAt === undefined) continue;
      if (expiresAt > now) this.#ends.push(id, expiresAt);
      else {
        ids.push(id);
        this.#ends.push(id, now + expiryRetryMillis);
      }
    }
    return ids;
  }

  /** At most `limit` leases of which half has gone since a new leader would have learnt of it. */
  checkpoints(now: number, limit: number): readonly LeaseCheckpoint[] {
    const due: LeaseCheckpoint[] = [];
    while (due.length < limit) {
      const id = this.#checkpoints.shiftDue(now);
      if (id === undefined) break;
      const lease = this.#leases.get(id);
      if (lease?.expiresAt === undefined) continue;
      const remainingTtl = Math.ceil((lease.expiresAt - now) / 1_000);
      if (remainingTtl * 2 > knownTtl(lease)) {
        this.#checkpoints.push(id, Math.max(checkpointDue(lease, lease.expiresAt), now + 1_000));
      } else if (remainingTtl >= checkpointTtlMin) {
        due.push({ id, remainingTtl });
        lease.isCheckpointing = true;
        this.#checkpoints.push(id, lease.expiresAt - (remainingTtl * 1_000) / 2);
      } else {
        // Also one that ran out long ago and is not revoked yet: it must not be due at once again.
        this.#checkpoints.push(id, Math.max(lease.expiresAt, now) + 1_000);
      }
    }
    return due;
  }

  /** What is left of all leases that have lost something since a new leader would know. */
  allCheckpoints(now: number): readonly LeaseCheckpoint[] {
    const changed: LeaseCheckpoint[] = [];
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt === undefined) continue;
      const remainingTtl = Math.ceil((lease.expiresAt - now) / 1_000);
      if (remainingTtl > 0 && remainingTtl < knownTtl(lease)) {
        changed.push({ id: lease.id, remainingTtl });
        lease.isCheckpointing = true;
      }
    }
    return changed;
  }

  clear(): void {
    this.#leases.clear();
    this.#ends.clear();
    this.#checkpoints.clear();
  }
}

/** What a new leader would count from. */
function knownTtl(lease: Lease): Seconds {
  return lease.remainingTtl > 0 ? lease.remainingTtl : lease.grantedTtl;
}

/** When half of what a new leader would count from is left. */
function checkpointDue(lease: Lease, expiresAt: number): number {
  return expiresAt - (knownTtl(lease) * 1_000) / 2;
}
