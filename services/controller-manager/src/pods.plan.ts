/** What controllers ask of pods (upstream's pkg/api/v1/pod and controller_utils.go). */
import {
  controllerReference,
  podCondition,
  type KubernetesObject,
  type Pod,
  type PodCondition,
  type PodTemplateSpec,
} from '@drydock/api';
import { ageOf, timestamp, type Moment } from './moment.plan.ts';

/** Ready, and that for at least `minReadySeconds` of the cluster's time. */
export function isAvailable(pod: Pod, minReadySeconds: number, moment: Moment): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = ready.lastTransitionTime;
  return since !== undefined && ageOf(since, moment) >= minReadySeconds * 1000;
}

/** The status with the condition in it; its transition time moves only when its status does. */
export function withPodCondition(
  status: Pod['status'],
  condition: PodCondition,
  moment: Moment,
): Pod['status'] {
  const conditions = status.conditions ?? [];
  const old = conditions.find((one) => one.type === condition.type);
  const lastTransitionTime =
    old?.status === condition.status && old.lastTransitionTime !== undefined
      ? old.lastTransitionTime
      : timestamp(moment);
  const updated = { ...condition, lastTransitionTime };
  return {
    ...status,
    conditions:
      old === undefined
        ? [...conditions, updated]
        : conditions.map((one) => (one === old ? updated : one)),
  };
}

/** Longest prefix that leaves room for the five characters that the API server adds to a name. */
const prefixLengthMax = 253 - 5;

/** A new pod of a template, controlled by `owner` and named after it. */
export function podFromTemplate(owner: KubernetesObject, template: PodTemplateSpec): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const metadata = {
    generateName: `${owner.metadata.name}-`.slice(-prefixLengthMax),
    namespace: owner.metadata.namespace ?? '',
    ...(labels === undefined ? {} : { labels: { ...labels } }),
    ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
    ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
    ownerReferences: [controllerReference(owner)],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: '' },
    spec: template.spec,
    status: {},
  };
}
