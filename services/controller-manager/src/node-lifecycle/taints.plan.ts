/**
 * The taints that a node's conditions call for (upstream's node_lifecycle_controller.go).
 *
 * 1. NoSchedule taints mirror conditions and cordoning at once; NoExecute taints mean eviction and
 *    are given out at a limited rate (see zones.plan.ts).
 * 2. Taints with other keys are nobody's business here.
 */
import {
  taintNotReady,
  taintUnreachable,
  taintUnschedulable,
  type Node,
  type Taint,
} from '@drydock/api';
import { timestamp, type Moment } from '../moment.plan.ts';
import { nodeCondition } from './health.plan.ts';

/** Condition, status, taint key. */
const conditionTaints = [
  ['Ready', 'False', taintNotReady],
  ['Ready', 'Unknown', taintUnreachable],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
] as const;
const ownKeys: ReadonlySet<string> = new Set([
  ...conditionTaints.map(([, , key]) => key),
  taintUnschedulable,
]);

/** The node's taints with the right NoSchedule ones among them; undefined when they are so already. */
export function planNoScheduleTaints(node: Node, moment: Moment): Taint[] | undefined {
  const wanted = new Set<string>();
  for (const [type, status, key] of conditionTaints) {
    if (nodeCondition(node, type)?.status === status) wanted.add(key);
  }
  if (node.spec.unschedulable === true) wanted.add(taintUnschedulable);
  return replaceTaints(node, { effect: 'NoSchedule', own: ownKeys, wanted, moment });
}

/** As planNoScheduleTaints, for the one NoExecute taint of a node's readiness, or none. */
export function planNoExecuteTaint(
  node: Node,
  wanted: typeof taintNotReady | typeof taintUnreachable | undefined,
  moment: Moment,
): Taint[] | undefined {
  const own = new Set([taintNotReady, taintUnreachable]);
  const keys = new Set(wanted === undefined ? [] : [wanted]);
  return replaceTaints(node, { effect: 'NoExecute', own, wanted: keys, moment });
}

export function noExecuteKeys(node: Node): ReadonlySet<string> {
  const taints = node.spec.taints ?? [];
  return new Set(taints.filter(({ effect }) => effect === 'NoExecute').map(({ key }) => key));
}

function replaceTaints(
  node: Node,
  options: {
    readonly effect: Taint['effect'];
    readonly own: ReadonlySet<string>;
    readonly wanted: ReadonlySet<string>;
    readonly moment: Moment;
  },
): Taint[] | undefined {
  const { effect, own, wanted, moment } = options;
  const present = node.spec.taints ?? [];
  const isOurs = (taint: Taint) => taint.effect === effect && own.has(taint.key);
  const kept = present.filter((taint) => !isOurs(taint) || wanted.has(taint.key));
  const there = new Set(kept.filter(isOurs).map((taint) => taint.key));
  const added = [...wanted.difference(there)].map((key) => ({
    key,
    effect,
    timeAdded: timestamp(moment),
  }));
  if (added.length === 0 && kept.length === present.length) return undefined;
  return [...kept, ...added];
}
