/** Questions about pods that several components ask. */
import type { Container, Pod, PodCondition, PodQOSClass, PodSpec } from './generated/types.ts';
import { addQuantities, compareQuantities, quantityMilliValue, quantityValue } from './quantity.ts';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type);
}

/** Its Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** It has ended: its containers will not run again. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** It has been asked to end. */
export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Neither ended nor asked to end: what a ReplicaSet counts. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && !isPodTerminating(pod);
}

/** An init container that stays: it starts before the others and runs beside them. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

const cpuAndMemory = ['cpu', 'memory'];

/** Upstream's quality of service: what is evicted first. */
export function podQosClass(spec: PodSpec): PodQOSClass {
  const requests = new Map<string, string>();
  const limits = new Map<string, string>();
  let isGuaranteed = true;
  for (const { resources = {} } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const limited = new Set<string>();
    for (const name of cpuAndMemory) {
      const request = resources.requests?.[name];
      if (request !== undefined && compareQuantities(request, '0') > 0) {
        requests.set(name, addQuantities(requests.get(name) ?? '0', request));
      }
      const limit = resources.limits?.[name];
      if (limit !== undefined && compareQuantities(limit, '0') > 0) {
        limited.add(name);
        limits.set(name, addQuantities(limits.get(name) ?? '0', limit));
      }
    }
    if (limited.size !== cpuAndMemory.length) isGuaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const matches =
    requests.size === limits.size &&
    [...requests].every(([name, request]) => {
      const limit = limits.get(name);
      return limit !== undefined && compareQuantities(request, limit) === 0;
    });
  return isGuaranteed && matches ? 'Guaranteed' : 'Burstable';
}

/** What a pod asks of a node: CPU in thousandths, everything else in whole units (memory in bytes). */
export type ResourceAmounts = Readonly<Record<string, number>>;

/** An amount in the unit in which schedulers count a resource. */
export function resourceAmount(resource: string, quantity: string): number {
  return resource === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);
}

type Amounts = Record<string, number>;

function add(to: Amounts, amounts: ResourceAmounts): void {
  for (const name of Object.keys(amounts)) to[name] = (to[name] ?? 0) + amounts[name]!;
}

function addRequests(to: Amounts, container: Container): void {
  const requests = container.resources?.requests;
  if (requests === undefined) return;
  for (const name of Object.keys(requests)) {
    to[name] = (to[name] ?? 0) + resourceAmount(name, requests[name]!);
  }
}

function raise(to: Amounts, amounts: ResourceAmounts): void {
  for (const name of Object.keys(amounts)) to[name] = Math.max(to[name] ?? 0, amounts[name]!);
}

/**
 * The requests of a pod as a whole: the sum of its containers and sidecars, but at least what the
 * hungriest moment of its initialisation needs (an init container beside the sidecars before it).
 */
export function podRequests(pod: { readonly spec: PodSpec }): ResourceAmounts {
  const { containers, initContainers, overhead } = pod.spec;
  const total: Amounts = {};
  for (const container of containers) addRequests(total, container);
  if (initContainers !== undefined) {
    const sidecars: Amounts = {};
    const initPeak: Amounts = {};
    for (const container of initContainers) {
      if (isSidecar(container)) {
        addRequests(sidecars, container);
        addRequests(total, container);
        raise(initPeak, sidecars);
      } else {
        const moment = { ...sidecars };
        addRequests(moment, container);
        raise(initPeak, moment);
      }
    }
    raise(total, initPeak);
  }
  if (overhead !== undefined) {
    const extra: Amounts = {};
    for (const name of Object.keys(overhead)) extra[name] = resourceAmount(name, overhead[name]!);
    add(total, extra);
  }
  return total;
}
