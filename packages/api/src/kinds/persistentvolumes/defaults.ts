/** Upstream's defaults of a PersistentVolume. */
import type { PersistentVolume } from '../../generated/types.ts';
import { setVolumeSourceDefaults } from '../shared/volume-source-defaults.ts';

export function setPersistentVolumeDefaults({ spec, status }: PersistentVolume): void {
  status.phase ??= 'Pending';
  spec.persistentVolumeReclaimPolicy ??= 'Retain';
  spec.volumeMode ??= 'Filesystem';
  setVolumeSourceDefaults(spec);
}
