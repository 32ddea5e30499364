/** The strategic merge patch that makes a pod's status what its node says. */
import type { PodStatus } from '@drydock/api';

/** The fields of a status that the agent writes. */
export const ownedFields = [
  'phase',
  'conditions',
  'message',
  'reason',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
  'qosClass',
] as const satisfies readonly (keyof PodStatus)[];

/**
 * 1. Fields that were there and are no more need a null, in conditions too: these merge by type.
 * 2. The lists of addresses are replaced: they merge by address, so that a pod which starts anew
 *    under another one would keep the old one, and keep it first.
 */
export function statusPatch(from: PodStatus, to: PodStatus): Record<string, unknown> {
  const removed = ownedFields.filter((key) => from[key] !== undefined && to[key] === undefined);
  const whole = { $patch: 'replace' };
  return {
    ...to,
    ...Object.fromEntries(removed.map((key) => [key, null])),
    ...(to.conditions === undefined ? {} : { conditions: conditionsPatch(from, to.conditions) }),
    ...(to.podIPs === undefined ? {} : { podIPs: [whole, ...to.podIPs] }),
    ...(to.hostIPs === undefined ? {} : { hostIPs: [whole, ...to.hostIPs] }),
  };
}

function conditionsPatch(
  from: PodStatus,
  to: NonNullable<PodStatus['conditions']>,
): readonly unknown[] {
  return to.map((condition) => {
    const old = from.conditions?.find((one) => one.type === condition.type);
    const gone = Object.keys(old ?? {}).filter((key) => !(key in condition));
    return { ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) };
  });
}
