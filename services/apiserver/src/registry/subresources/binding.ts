/** Assigning a pod to a node: what the scheduler's decision becomes. */
import {
  conflictError,
  formatTime,
  invalidError,
  uidPreconditionError,
  validateBinding,
  type Binding,
  type Pod,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Registry } from '../registry.ts';
import type { Target, WriteOptions } from '../requests.ts';

const bindingResource = { group: '', resource: 'pods/binding' };

/** @throws ApiError Conflict when the pod is bound already or going */
export async function bindPod(
  { registry, clock }: { registry: Registry; clock: Clock },
  target: Target,
  binding: Binding,
  write: WriteOptions,
): Promise<StoredObject> {
  const node = binding.target.name ?? '';
  const errors = validateBinding(binding);
  if (errors.length > 0) {
    throw invalidError({ group: '', kind: 'Binding' }, target.name, errors);
  }
  const make = (current: StoredObject) => {
    const pod = current.parse<Pod>();
    const wanted = binding.metadata.uid;
    if (wanted !== undefined && wanted !== '' && wanted !== pod.metadata.uid) {
      const uids = { wanted, actual: pod.metadata.uid ?? '' };
      throw uidPreconditionError(bindingResource, target.name, uids);
    }
    const why = whyNot(pod);
    if (why !== undefined) throw conflictError(bindingResource, target.name, why);
    pod.spec.nodeName = node;
    if (binding.metadata.annotations !== undefined) {
      pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
    }
    const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
    const lastTransitionTime = formatTime(clock.wallTime());
    pod.status.conditions = [
      ...others,
      { type: 'PodScheduled', status: 'True', lastTransitionTime },
    ];
    return pod;
  };
  return (await registry.update(target, { part: 'decided', make }, write)).object;
}

function whyNot(pod: Pod): string | undefined {
  const { name } = pod.metadata;
  if (pod.metadata.deletionTimestamp !== undefined) {
    return `pod ${name} is being deleted, cannot be assigned to a host`;
  }
  if (pod.spec.nodeName) return `pod ${name} is already assigned to node "${pod.spec.nodeName}"`;
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    return `pod ${name} has non-empty .spec.schedulingGates`;
  }
  return undefined;
}
