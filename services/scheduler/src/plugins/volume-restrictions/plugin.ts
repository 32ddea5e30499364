/** A claim that only one pod may use (ReadWriteOncePod) is not given to a second one. */
import type { Snapshot } from '../../cache/cache.ts';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import type { PodInfo } from '../../model/pod-info.ts';
import { claimNamesOf } from '../volume-binding/choice.ts';

const rejection: Rejection = {
  reasons: [
    'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
  ],
  // The pod that has it could be removed.
  resolvable: true,
};

/** True when another pod has a claim that the pod wants for itself alone. */
function isTaken({ pod, uid }: PodInfo, { nodes, storage }: Snapshot): boolean {
  const namespace = pod.metadata.namespace ?? '';
  const exclusive = claimNamesOf(pod).filter((name) =>
    storage.claim(`${namespace}/${name}`)?.spec.accessModes?.includes('ReadWriteOncePod'),
  );
  if (exclusive.length === 0) return false;
  return nodes.some((node) =>
    node.pods
      .values()
      .some(
        (other) =>
          other.uid !== uid &&
          other.pod.metadata.namespace === namespace &&
          claimNamesOf(other.pod).some((name) => exclusive.includes(name)),
      ),
  );
}

export const volumeRestrictions: Plugin = {
  name: 'VolumeRestrictions',
  weight: 0,
  helpedBy: ['assigned-pod-deleted', 'storage-changed'],
  prepare: (pod, snapshot) => (isTaken(pod, snapshot) ? undefined : 'skip'),
  filter: () => rejection,
};
