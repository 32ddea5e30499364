/**
 * What the API's copy of a pod tells its agent, most of which the agent wrote there itself: which of
 * it is news, and what an earlier agent had found out.
 */
import type { Pod, PodStatus } from '@drydock/api';
import { ownedConditionTypes } from '../pod-lifecycle/conditions.ts';
import type { ProbeVerdict } from '../pod-lifecycle/memory.ts';

/** Conditions of others are taken from the API, all else from the agent. */
export function mergeStatus(api: PodStatus, own: PodStatus): PodStatus {
  const ours = (own.conditions ?? []).filter((one) => ownedConditionTypes.has(one.type));
  const types = new Set(ours.map((one) => one.type));
  const others = (api.conditions ?? []).filter((one) => !types.has(one.type));
  return { ...api, ...own, conditions: [...ours, ...others] };
}

/** All of a pod that an agent acts on. */
export function wishOf({ metadata, spec, status: { conditions = [] } }: Pod): string {
  const { labels, annotations, deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  const others = conditions.filter((one) => !ownedConditionTypes.has(one.type));
  return JSON.stringify([
    spec,
    labels,
    annotations,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    others,
  ]);
}

/** What the agent's predecessor told the API of this very instance: a restart makes nothing unready. */
export function knownVerdict(pod: Pod, instanceId: string): ProbeVerdict {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const known = [...containerStatuses, ...initContainerStatuses].find(
    (one) => one.containerID?.endsWith(`://${instanceId}`) === true,
  );
  if (known?.state?.running === undefined) return {};
  return {
    ...(known.started === true ? { startup: true } : {}),
    ...(known.ready ? { readiness: true } : {}),
  };
}
