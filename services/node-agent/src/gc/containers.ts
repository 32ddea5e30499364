/**
 * Which dead containers nobody needs any more (kubelet's container garbage collection): pure.
 *
 * 1. What runs, and what has been dead for less than the minimum, stays.
 * 2. Of each container of a pod the last few dead instances stay, for `logs --previous`.
 * 3. When there are too many in all, each container keeps its share, at least one; then the oldest go.
 * 4. The last instance of a container of a pod that goes on always stays: the plan of the pod needs it.
 * 5. When the disk is short, nothing stays of pods that have ended.
 */
import type { Clock, Millis } from '@drydock/ports';
import type { ContainerStatus } from '../runtime/runtime.ts';

export interface ContainerPolicy {
  readonly ageMillisMin: Millis;
  /** Dead instances that each container keeps; below zero: all. */
  readonly perContainerMax: number;
  /** Dead containers that the node keeps; below zero: all. */
  readonly totalMax: number;
}

/**
 * What the plan of a pod, which tidies up as it goes, leaves of dead instances beside the newest: all, when
 * they are to grow old first.
 */
export const keptByPlan = ({ ageMillisMin, perContainerMax }: ContainerPolicy): number =>
  ageMillisMin > 0 || perContainerMax < 0 ? Infinity : Math.max(1, perContainerMax);

export interface DeadInput {
  readonly containers: readonly ContainerStatus[];
  /** Uids of pods that are over but still in the API. */
  readonly ended: ReadonlySet<string>;
  readonly policy: ContainerPolicy;
  readonly clock: Pick<Clock, 'elapsedSince'>;
  /** The disk is short. */
  readonly everything: boolean;
}

export function deadContainers(input: DeadInput): ContainerStatus[] {
  const { containers, ended, policy, clock, everything } = input;
  const isLast = lastInstances(containers);
  const dead = containers.filter(
    (one) => one.state === 'exited' && clock.elapsedSince(one.createdAt) >= policy.ageMillisMin,
  );
  const gone = new Set<ContainerStatus>();
  if (everything) for (const one of dead) if (ended.has(one.pod.uid)) gone.add(one);
  const mayGo = (one: ContainerStatus) => ended.has(one.pod.uid) || !isLast.has(one);
  const left = () => dead.filter((one) => !gone.has(one));
  const keepOfEach = (count: number) => {
    for (const instances of byContainer(left()).values()) {
      for (const one of instances.slice(count)) if (mayGo(one)) gone.add(one);
    }
  };
  const { perContainerMax, totalMax } = policy;
  if (perContainerMax >= 0) keepOfEach(perContainerMax);
  if (totalMax >= 0 && left().length > totalMax) {
    keepOfEach(Math.max(1, Math.floor(totalMax / byContainer(left()).size)));
    const oldest = left().toSorted((a, b) => a.createdAt - b.createdAt);
    for (const one of oldest.slice(0, oldest.length - totalMax)) if (mayGo(one)) gone.add(one);
  }
  return [...gone];
}

const keyOf = ({ pod, name }: ContainerStatus) => `${pod.uid}/${name}`;

/** Instances of each container, the newest first. */
function byContainer(containers: readonly ContainerStatus[]): Map<string, ContainerStatus[]> {
  const newestFirst = containers.toSorted(
    (a, b) => b.attempt - a.attempt || b.createdAt - a.createdAt,
  );
  return Map.groupBy(newestFirst, keyOf);
}

const lastInstances = (containers: readonly ContainerStatus[]): ReadonlySet<ContainerStatus> =>
  new Set([...byContainer(containers).values()].map(([newest]) => newest!));
