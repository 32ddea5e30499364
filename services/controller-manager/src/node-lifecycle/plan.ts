/**
 * One pass over all nodes: who is alive, who is not, and what follows (upstream's
 * monitorNodeHealth and handleDisruption).
 *
 * 1. A silent node's conditions become Unknown, and its pods not ready, in the pass that finds it
 *    silent; pods of an Unknown node that are still Ready are found in every later pass, so nothing
 *    is lost when the pass, or the process, fails in between.
 * 2. NoExecute taints are added at the rate of the node's zone, one kind replaces the other at once,
 *    and a ready node loses both at once.
 * 3. Time that this process spent frozen, or without passes, is no silence of the nodes.
 *
 * The state lives as long as the leadership: a new leader sees all nodes alive first.
 */
import {
  isPodReady,
  taintNotReady,
  taintUnreachable,
  type Lease,
  type Node,
  type NodeStatus,
  type Pod,
  type Taint,
} from '@drydock/api';
import type { Millis } from '@drydock/ports';
import type { Moment } from '../moment.plan.ts';
import {
  judge,
  nodeCondition,
  observe,
  type GracePeriods,
  type NodeHealth,
} from './health.plan.ts';
import { noExecuteKeys, planNoExecuteTaint } from './taints.plan.ts';
import {
  EvictionLimiter,
  evictionRate,
  zoneOf,
  zoneState,
  type EvictionRates,
  type ZoneState,
} from './zones.plan.ts';

export type NodeAction =
  | {
      readonly kind: 'event';
      readonly node: Node;
      readonly reason: string;
      readonly message: string;
    }
  | { readonly kind: 'updateStatus'; readonly node: Node; readonly status: NodeStatus }
  | { readonly kind: 'setTaints'; readonly node: Node; readonly taints: readonly Taint[] }
  | { readonly kind: 'markPodNotReady'; readonly pod: Pod };

export interface NodeMonitorOptions {
  readonly graces: GracePeriods;
  readonly rates: EvictionRates;
  /** How often a pass is made. */
  readonly periodMillis: Millis;
}

export interface NodeMonitorInput {
  readonly nodes: readonly Node[];
  readonly lease: (nodeName: string) => Lease | undefined;
  readonly podsOf: (nodeName: string) => readonly Pod[];
  readonly now: Millis;
  readonly moment: Moment;
}

/** A node that has just been created has no condition yet, and is neither tainted nor blamed. */
type Readiness = 'True' | 'False' | 'Unknown' | 'Absent';

export class NodeMonitor {
  readonly #options: NodeMonitorOptions;
  readonly #healths = new Map<string, NodeHealth>();
  readonly #known = new Map<string, Node>();
  readonly #limiters = new Map<string, EvictionLimiter>();
  readonly #granted = new Set<string>();
  #isDisrupted = false;
  #lastPassAt: Millis | undefined;

  constructor(options: NodeMonitorOptions) {
    this.#options = options;
  }

  step(input: NodeMonitorInput): NodeAction[] {
    const { now } = input;
    const gap = now - (this.#lastPassAt ?? now);
    this.#lastPassAt = now;
    if (gap > 3 * this.#options.periodMillis) this.#forgiveAll(now);
    const actions = this.#greet(input);
    const readiness = new Map<string, Readiness>();
    for (const node of input.nodes) {
      const current = this.#examine(node, input, actions);
      readiness.set(node.metadata.name, current);
    }
    return [...actions, ...this.#taint(input, readiness)];
  }

  /** Events for nodes that came and went. */
  #greet({ nodes }: NodeMonitorInput): NodeAction[] {
    const actions: NodeAction[] = [];
    const names = new Set(nodes.map((node) => node.metadata.name));
    for (const [name, node] of this.#known) {
      if (names.has(name)) continue;
      this.#known.delete(name);
      this.#healths.delete(name);
      this.#granted.delete(name);
      actions.push(nodeEvent(node, 'RemovingNode', `Removing Node ${name} from Controller`));
    }
    for (const node of nodes) {
      const { name } = node.metadata;
      const isNew = !this.#known.has(name);
      this.#known.set(name, node);
      if (isNew) {
        const what = `Registered Node ${name} in Controller`;
        actions.push(nodeEvent(node, 'RegisteredNode', what));
      }
    }
    return actions;
  }

  #examine(node: Node, input: NodeMonitorInput, actions: NodeAction[]): Readiness {
    const { now, moment } = input;
    const { name } = node.metadata;
    const lease = input.lease(name);
    const health = observe(this.#healths.get(name), { node, lease, now, moment });
    this.#healths.set(name, health);
    const before = nodeCondition(node, 'Ready')?.status;
    const status = judge(node, health, { now, graces: this.#options.graces, moment });
    if (status !== undefined) {
      actions.push({ kind: 'updateStatus', node, status });
      if (before === 'True') {
        const message = `Node ${name} status is now: NodeNotReady`;
        actions.push({ kind: 'event', node, reason: 'NodeNotReady', message });
      }
    }
    const current = status === undefined ? (before ?? 'Absent') : 'Unknown';
    if (current === 'Unknown') {
      for (const pod of input.podsOf(name)) {
        if (isPodReady(pod)) actions.push({ kind: 'markPodNotReady', pod });
      }
    }
    return current;
  }

  #taint(input: NodeMonitorInput, readiness: ReadonlyMap<string, Readiness>): NodeAction[] {
    const { nodes, now, moment } = input;
    const zones = Map.groupBy(nodes, zoneOf);
    const states = new Map<string, ZoneState>();
    for (const [key, members] of zones) {
      const ready = members.map((node) => readiness.get(node.metadata.name) === 'True');
      states.set(key, zoneState(ready, this.#options.rates));
    }
    const isDisrupted =
      nodes.length > 0 && [...states.values()].every((state) => state === 'FullDisruption');
    // The first sight of nodes again: they were out of reach, not silent.
    if (this.#isDisrupted && !isDisrupted) this.#forgiveAll(now);
    this.#isDisrupted = isDisrupted;
    this.#updateZones(zones, states, now);

    const actions: NodeAction[] = [];
    const set = (node: Node, key: typeof taintNotReady | typeof taintUnreachable | undefined) => {
      const taints = planNoExecuteTaint(node, key, moment);
      if (taints !== undefined) actions.push({ kind: 'setTaints', node, taints });
    };
    for (const node of nodes) {
      const current = readiness.get(node.metadata.name);
      if (isDisrupted || current === 'True') {
        this.#granted.delete(node.metadata.name);
        set(node, undefined);
        continue;
      }
      if (current === 'Absent') continue;
      const wanted = current === 'False' ? taintNotReady : taintUnreachable;
      const other = current === 'False' ? taintUnreachable : taintNotReady;
      const present = noExecuteKeys(node);
      if (present.has(wanted) && !present.has(other)) continue;
      const isSwap = present.has(other);
      if (!isSwap && !this.#mayTaint(node, now)) continue;
      set(node, wanted);
    }
    return actions;
  }

  /** A node that was given its turn keeps it until it is ready, should the write fail. */
  #mayTaint(node: Node, now: Millis): boolean {
    const { name } = node.metadata;
    if (this.#granted.has(name)) return true;
    if (!this.#limiters.get(zoneOf(node))!.tryAccept(now)) return false;
    this.#granted.add(name);
    return true;
  }

  #updateZones(
    zones: ReadonlyMap<string, readonly Node[]>,
    states: ReadonlyMap<string, ZoneState>,
    now: Millis,
  ): void {
    for (const key of this.#limiters.keys()) if (!zones.has(key)) this.#limiters.delete(key);
    for (const [key, members] of zones) {
      const state = states.get(key)!;
      const rate = evictionRate(state, members.length, this.#options.rates);
      const limiter = this.#limiters.get(key);
      if (limiter === undefined) this.#limiters.set(key, new EvictionLimiter(rate, now));
      else limiter.setRate(rate, now);
    }
  }

  #forgiveAll(now: Millis): void {
    for (const [name, health] of this.#healths) this.#healths.set(name, { ...health, seenAt: now });
  }
}

function nodeEvent(node: Node, reason: string, what: string): NodeAction {
  return { kind: 'event', node, reason, message: `Node ${node.metadata.name} event: ${what}` };
}
