/**
 * Priority: the class that a pod names becomes the number that schedulers go by, and only one class is
 * that of all others. Pure. Source: upstream's priority plugin.
 */
import type { Pod, PriorityClass } from '@drydock/api';

/** Of several the least: two can come to be when they are created at once. */
function defaultClass(classes: readonly PriorityClass[]): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const one of classes) {
    if (one.globalDefault === true && (found === undefined || one.value < found.value)) found = one;
  }
  return found;
}

/** Changes the pod. Tells why it is refused: its class is not there, or it says another number itself. */
export function resolvePriority(
  { spec }: Pod,
  classes: readonly PriorityClass[],
): string | undefined {
  const asked = spec.priorityClassName ?? '';
  const found =
    asked === '' ? defaultClass(classes) : classes.find(({ metadata }) => metadata.name === asked);
  if (found === undefined && asked !== '') return `no PriorityClass with name ${asked} was found`;
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  const computed = 'must not be provided in pod spec; priority admission controller computed';
  const source = 'from the given PriorityClass name';
  if (spec.priority !== undefined && spec.priority !== value) {
    return `the integer value of priority (${spec.priority}) ${computed} ${value} ${source}`;
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${computed} ${policy} ${source}`;
  }
  if (found !== undefined) spec.priorityClassName = found.metadata.name;
  spec.priority = value;
  spec.preemptionPolicy = policy;
  return undefined;
}

/** An update that leaves the resolved fields out means to keep them. */
export function keepPriority({ spec }: Pod, { spec: old }: Pod): void {
  if (spec.priority === undefined && old.priority !== undefined) spec.priority = old.priority;
  if (spec.preemptionPolicy === undefined && old.preemptionPolicy !== undefined) {
    spec.preemptionPolicy = old.preemptionPolicy;
  }
}

/** Why a class cannot be the default of all pods. */
export function defaultClassProblem(
  object: PriorityClass,
  classes: readonly PriorityClass[],
): string | undefined {
  if (object.globalDefault !== true) return undefined;
  const found = defaultClass(classes);
  if (found === undefined || found.metadata.name === object.metadata.name) return undefined;
  return `PriorityClass ${found.metadata.name} is already marked as default. Only one default can exist`;
}
