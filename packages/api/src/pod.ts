/** Questions about pods that several components ask. */
import type { Container, Pod, PodCondition, PodQOSClass, PodSpec } from './generated/types.ts';
import { addQuantities, compareQuantities, quantityMilliValue, quantityValue } from './quantity.ts';
import { parseTime } from './time.ts';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type);
}

/** Its Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ready, and since at least `minReadySeconds`. @param wallTime milliseconds since the epoch */
export function isPodAvailable(pod: Pod, minReadySeconds: number, wallTime: number): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  if (ready.lastTransitionTime === undefined) return false;
  return parseTime(ready.lastTransitionTime) + minReadySeconds * 1000 <= wallTime;
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

function amountsOf(container: Container): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, quantity] of Object.entries(container.resources?.requests ?? {})) {
    amounts.set(name, resourceAmount(name, quantity));
  }
  return amounts;
}

function add(to: Map<string, number>, amounts: ReadonlyMap<string, number>): void {
  for (const [name, amount] of amounts) to.set(name, (to.get(name) ?? 0) + amount);
}

function raise(to: Map<string, number>, amounts: ReadonlyMap<string, number>): void {
  for (const [name, amount] of amounts) to.set(name, Math.max(to.get(name) ?? 0, amount));
}

/**
 * The requests of a pod as a whole: the sum of its containers and sidecars, but at least what the
 * hungriest moment of its initialisation needs (an init container beside the sidecars before it).
 */
export function podRequests(pod: { readonly spec: PodSpec }): ResourceAmounts {
  const total = new Map<string, number>();
  const sidecars = new Map<string, number>();
  const initPeak = new Map<string, number>();
  for (const container of pod.spec.containers) add(total, amountsOf(container));
  for (const container of pod.spec.initContainers ?? []) {
    const amounts = amountsOf(container);
    if (isSidecar(container)) {
      add(sidecars, amounts);
      add(total, amounts);
      raise(initPeak, sidecars);
    } else {
      const moment = new Map(sidecars);
      add(moment, amounts);
      raise(initPeak, moment);
    }
  }
  raise(total, initPeak);
  for (const [name, quantity] of Object.entries(pod.spec.overhead ?? {})) {
    total.set(name, (total.get(name) ?? 0) + resourceAmount(name, quantity));
  }
  return Object.fromEntries(total);
}
