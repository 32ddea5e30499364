/**
 * Amounts of resources as plain numbers: cpu in thousandths, everything else in whole units or bytes.
 * All stay far below 2^53.
 */
import { quantityMilliValue, quantityValue, type Pod } from '@drydock/api';

export interface Resources {
  milliCpu: number;
  /** Bytes. */
  memory: number;
  /** Bytes. */
  ephemeralStorage: number;
  /** Amounts of extended resources and huge pages, by name. */
  readonly extended: Map<string, number>;
}

export type ResourceList = Readonly<Record<string, string>>;

export const noResources = (): Resources => ({
  milliCpu: 0,
  memory: 0,
  ephemeralStorage: 0,
  extended: new Map(),
});

/** Quantities repeat: a few dozen distinct texts describe thousands of pods. */
function memoized(parse: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      if (known.size >= 10_000) known.clear();
      known.set(text, (value = parse(text)));
    }
    return value;
  };
}

const milliValueOf = memoized(quantityMilliValue);
export const valueOf = memoized(quantityValue);

export function resourcesOf(list: ResourceList | undefined): Resources {
  const result = noResources();
  for (const [name, quantity] of Object.entries(list ?? {})) {
    if (name === 'cpu') result.milliCpu = milliValueOf(quantity);
    else if (name === 'memory') result.memory = valueOf(quantity);
    else if (name === 'ephemeral-storage') result.ephemeralStorage = valueOf(quantity);
    else if (name !== 'pods') result.extended.set(name, valueOf(quantity));
  }
  return result;
}

/** Adds `sign` times the amounts, in place. */
export function addResources(to: Resources, amounts: Resources, sign: 1 | -1 = 1): void {
  to.milliCpu += sign * amounts.milliCpu;
  to.memory += sign * amounts.memory;
  to.ephemeralStorage += sign * amounts.ephemeralStorage;
  for (const [name, amount] of amounts.extended) {
    to.extended.set(name, (to.extended.get(name) ?? 0) + sign * amount);
  }
}

function raiseResources(to: Resources, amounts: Resources): void {
  to.milliCpu = Math.max(to.milliCpu, amounts.milliCpu);
  to.memory = Math.max(to.memory, amounts.memory);
  to.ephemeralStorage = Math.max(to.ephemeralStorage, amounts.ephemeralStorage);
  for (const [name, amount] of amounts.extended) {
    to.extended.set(name, Math.max(to.extended.get(name) ?? 0, amount));
  }
}

/** What pods are taken to need of cpu and memory when they do not say, in scores only. */
const assumedMilliCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

const forFit = (list: ResourceList | undefined) => resourcesOf(list);
const forScore = (list: ResourceList | undefined) => {
  const resources = resourcesOf(list);
  if (list?.['cpu'] === undefined) resources.milliCpu = assumedMilliCpu;
  if (list?.['memory'] === undefined) resources.memory = assumedMemory;
  return resources;
};

/**
 * What a pod needs at its peak: its containers and sidecars together, or one init container with the
 * sidecars that were started before it, whichever is more; and the overhead of its sandbox.
 */
function podNeeds(pod: Pod, read: (list: ResourceList | undefined) => Resources): Resources {
  const total = noResources();
  for (const container of pod.spec.containers) {
    addResources(total, read(container.resources?.requests));
  }
  const sidecars = noResources();
  const peak = noResources();
  for (const container of pod.spec.initContainers ?? []) {
    const needs = read(container.resources?.requests);
    if (container.restartPolicy === 'Always') {
      addResources(total, needs);
      addResources(sidecars, needs);
      raiseResources(peak, sidecars);
    } else {
      addResources(needs, sidecars);
      raiseResources(peak, needs);
    }
  }
  raiseResources(total, peak);
  addResources(total, resourcesOf(pod.spec.overhead));
  return total;
}

export const podRequests = (pod: Pod): Resources => podNeeds(pod, forFit);

/** The same with assumed amounts where a container says nothing: for scores, so that such pods spread. */
export const podScoredRequests = (pod: Pod): Resources => podNeeds(pod, forScore);
