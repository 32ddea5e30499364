/**
 * Whether a node is alive, by what reached this process and when (upstream's tryUpdateNodeHealth).
 *
 * 1. Heartbeats are a renewed Lease or a newer lastHeartbeatTime of the Ready condition. When one is
 *    seen counts, by the local clock; what its timestamp says does not, so clocks may disagree.
 * 2. A node without heartbeats for the grace period gets all of its conditions Unknown. One that
 *    never posted any has the start-up grace period, from its creation.
 */
import type { Lease, Node, NodeCondition, NodeStatus } from '@drydock/api';
import type { Millis } from '@drydock/ports';
import { ageOf, timestamp, type Moment } from '../moment.plan.ts';

export interface NodeHealth {
  /** The lastHeartbeatTime of the Ready condition last seen; undefined when it had none. */
  readonly heartbeat: string | undefined;
  readonly hasReadyCondition: boolean;
  readonly renewTime: string | undefined;
  /** When the last sign of life was seen, on the clock's `now`. */
  readonly seenAt: Millis;
}

export interface GracePeriods {
  readonly monitorMillis: Millis;
  readonly startupMillis: Millis;
}

export function nodeCondition(node: Node, type: string): NodeCondition | undefined {
  return node.status.conditions?.find((condition) => condition.type === type);
}

/** Takes in what the caches hold of a node now. */
export function observe(
  before: NodeHealth | undefined,
  seen: {
    readonly node: Node;
    readonly lease: Lease | undefined;
    readonly now: Millis;
    readonly moment: Moment;
  },
): NodeHealth {
  const { node, lease, now } = seen;
  const ready = nodeCondition(node, 'Ready');
  const renewTime = lease?.spec.renewTime ?? before?.renewTime;
  const facts = {
    heartbeat: ready?.lastHeartbeatTime,
    hasReadyCondition: ready !== undefined,
    renewTime,
  };
  if (before === undefined) {
    const age = ageOf(node.metadata.creationTimestamp, seen.moment);
    const isBare = ready === undefined && Number.isFinite(age) && lease === undefined;
    return { ...facts, seenAt: isBare ? now - age : now };
  }
  const hasBeat =
    (ready !== undefined &&
      (!before.hasReadyCondition || ready.lastHeartbeatTime !== before.heartbeat)) ||
    (renewTime !== undefined && (before.renewTime === undefined || before.renewTime < renewTime));
  return { ...facts, seenAt: hasBeat ? now : before.seenAt };
}

const watchedConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The status with the watched conditions Unknown once the node is silent for too long. */
export function judge(
  node: Node,
  health: NodeHealth,
  options: { readonly now: Millis; readonly graces: GracePeriods; readonly moment: Moment },
): NodeStatus | undefined {
  const { now, graces, moment } = options;
  const grace = health.hasReadyCondition ? graces.monitorMillis : graces.startupMillis;
  if (now - health.seenAt <= grace) return undefined;
  const conditions = [...(node.status.conditions ?? [])];
  let isChanged = false;
  for (const type of watchedConditions) {
    const index = conditions.findIndex((condition) => condition.type === type);
    const old = conditions[index];
    if (old?.status === 'Unknown') continue;
    isChanged = true;
    const lastTransitionTime = timestamp(moment);
    if (old === undefined) {
      conditions.push({
        type,
        status: 'Unknown',
        reason: 'NodeStatusNeverUpdated',
        message: 'Kubelet never posted node status.',
        lastHeartbeatTime: node.metadata.creationTimestamp ?? lastTransitionTime,
        lastTransitionTime,
      });
    } else {
      conditions[index] = {
        ...old,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        lastTransitionTime,
      };
    }
  }
  return isChanged ? { ...node.status, conditions } : undefined;
}
