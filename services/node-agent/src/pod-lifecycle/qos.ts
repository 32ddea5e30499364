/** The quality-of-service class of a pod, and how eager the kernel is to kill its containers for it. */
import { quantityValue, type Container, type Pod, type PodQOSClass } from '@drydock/api';

const computeResources = ['cpu', 'memory'] as const;

export function qosClass(pod: Pod): PodQOSClass {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  let anyAmount = false;
  let guaranteed = true;
  for (const { resources = {} } of containers) {
    for (const name of computeResources) {
      const request = resources.requests?.[name];
      const limit = resources.limits?.[name];
      if (isPositive(request) || isPositive(limit)) anyAmount = true;
      const asked = request ?? limit;
      if (!isPositive(limit) || quantityValue(asked!) !== quantityValue(limit!)) guaranteed = false;
    }
  }
  if (!anyAmount) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

const isPositive = (quantity: string | undefined) =>
  quantity !== undefined && quantityValue(quantity) > 0;

/** Kubelet's scale: -997 is killed last, 1000 first; burstable by its share of the node's memory. */
export function oomScoreAdjustment(
  pod: Pod,
  container: Container,
  nodeMemoryBytes: number,
): number {
  const quality = qosClass(pod);
  if (quality === 'Guaranteed') return -997;
  if (quality === 'BestEffort') return 1000;
  const request = quantityValue(container.resources?.requests?.memory ?? '0');
  const score = 1000 - Math.floor((1000 * request) / nodeMemoryBytes);
  return Math.min(999, Math.max(3, score));
}
