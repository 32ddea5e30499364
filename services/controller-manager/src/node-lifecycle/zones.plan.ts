/**
 * How fast nodes may be evicted, by the state of their zone (upstream's zone states).
 *
 * 1. Normal: `evictionRate` nodes a second. Partial disruption (more than two nodes and at least the
 *    threshold not ready): the secondary rate in a large zone, none in a small one. A zone that is
 *    wholly down: the normal rate, since moving its pods is all that helps.
 * 2. When every zone is wholly down the fault is more likely here than there: nothing is evicted.
 */
import type { Node } from '@drydock/api';
import type { Millis } from '@drydock/ports';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export interface EvictionRates {
  /** Nodes a second. */
  readonly evictionRate: number;
  readonly secondaryEvictionRate: number;
  /** A zone with more nodes is large. */
  readonly largeClusterSizeThreshold: number;
  /** The share of nodes that are not ready from which a zone is partially disrupted. */
  readonly unhealthyZoneThreshold: number;
}

export function zoneOf(node: Node): string {
  const region = node.metadata.labels?.['topology.kubernetes.io/region'] ?? '';
  const zone = node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

export function zoneState(nodesAreReady: readonly boolean[], rates: EvictionRates): ZoneState {
  const notReady = nodesAreReady.filter((isReady) => !isReady).length;
  if (notReady > 0 && notReady === nodesAreReady.length) return 'FullDisruption';
  const share = notReady / Math.max(1, nodesAreReady.length);
  return notReady > 2 && share >= rates.unhealthyZoneThreshold ? 'PartialDisruption' : 'Normal';
}

export function evictionRate(state: ZoneState, nodes: number, rates: EvictionRates): number {
  if (state !== 'PartialDisruption') return rates.evictionRate;
  return nodes > rates.largeClusterSizeThreshold ? rates.secondaryEvictionRate : 0;
}

/** A token bucket of one token: the first eviction is free, the next ones wait for the rate. */
export class EvictionLimiter {
  #rate: number;
  #tokens = 1;
  #refilledAt: Millis;

  constructor(rate: number, now: Millis) {
    this.#rate = rate;
    this.#refilledAt = now;
  }

  setRate(rate: number, now: Millis): void {
    if (rate === this.#rate) return;
    this.#refill(now);
    this.#rate = rate;
  }

  tryAccept(now: Millis): boolean {
    this.#refill(now);
    // A hair less than one is one: the sum of many small refills is not exact.
    if (this.#rate === 0 || this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(now: Millis): void {
    const gained = ((now - this.#refilledAt) / 1000) * this.#rate;
    this.#tokens = Math.min(1, this.#tokens + gained);
    this.#refilledAt = now;
  }
}
