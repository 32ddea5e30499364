import type { PersistentVolumeClaim, StatefulSet } from '../../generated/types.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';

const revisionHistoryDefault = 10;

function setClaimDefaults(claim: PersistentVolumeClaim): void {
  // Upstream writes them even when nobody said them, for clients that compare.
  claim.apiVersion = 'v1';
  claim.kind = 'PersistentVolumeClaim';
  claim.spec.volumeMode ??= 'Filesystem';
  claim.status.phase ??= 'Pending';
}

export function setStatefulSetDefaults({ spec }: StatefulSet): void {
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.updateStrategy ??= {};
  const strategy = spec.updateStrategy;
  if (strategy.type === undefined) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined) {
    strategy.rollingUpdate.partition ??= 0;
  }
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= revisionHistoryDefault;
  setPodSpecDefaults(spec.template.spec);
  for (const claim of spec.volumeClaimTemplates ?? []) setClaimDefaults(claim);
}
