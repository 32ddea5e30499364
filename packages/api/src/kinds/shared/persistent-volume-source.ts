/** What a persistent volume is made of: exactly one source. */
import { required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { PersistentVolumeSource, PersistentVolumeSpec } from '../../generated/types.ts';
import {
  validateAzureFile,
  validateCSI,
  validateCephFS,
  validateCinder,
  validateFlexVolume,
  validateGlusterfs,
  validateIscsi,
  validateLocal,
  validateRbd,
  validateScaleIO,
  validateStorageOS,
} from './persistent-volume-sources.ts';
import {
  severalVolumeTypes,
  validateAwsElasticBlockStore,
  validateAzureDisk,
  validateFibreChannel,
  validateFlocker,
  validateGcePersistentDisk,
  validateHostPath,
  validateNfs,
  validateQuobyte,
  validateRequired,
} from './volume-sources.ts';

interface Source {
  readonly key: keyof PersistentVolumeSource;
  readonly isGiven: (spec: PersistentVolumeSource) => boolean;
  readonly validate: (
    spec: PersistentVolumeSource,
    field: string,
    volumeName: string,
  ) => FieldError[];
}

function source<K extends keyof PersistentVolumeSource>(
  key: K,
  validate: (
    source: NonNullable<PersistentVolumeSource[K]>,
    field: string,
    volumeName: string,
  ) => FieldError[],
): Source {
  return {
    key,
    isGiven: (spec) => spec[key] !== undefined,
    validate: (spec, field, volumeName) => {
      const value = spec[key];
      return value === undefined ? [] : validate(value, field, volumeName);
    },
  };
}

/** In upstream's order, which decides what of two sources is the one too many. */
const sources: readonly Source[] = [
  source('hostPath', validateHostPath),
  source('gcePersistentDisk', validateGcePersistentDisk),
  source('awsElasticBlockStore', validateAwsElasticBlockStore),
  source('glusterfs', validateGlusterfs),
  source('flocker', validateFlocker),
  source('nfs', validateNfs),
  source('rbd', validateRbd),
  source('quobyte', validateQuobyte),
  source('cephfs', validateCephFS),
  source('iscsi', validateIscsi),
  source('cinder', validateCinder),
  source('fc', validateFibreChannel),
  source('flexVolume', validateFlexVolume),
  source('azureFile', validateAzureFile),
  source('vsphereVolume', (disk, at) => validateRequired(disk.volumePath, `${at}.volumePath`)),
  source('photonPersistentDisk', (disk, at) => validateRequired(disk.pdID, `${at}.pdID`)),
  source('portworxVolume', (disk, at) => validateRequired(disk.volumeID, `${at}.volumeID`)),
  source('azureDisk', validateAzureDisk),
  source('scaleIO', validateScaleIO),
  source('local', validateLocal),
  source('storageos', validateStorageOS),
  source('csi', validateCSI),
];

/** The errors of these are at other paths than the field, as upstream has them. */
const contentPaths: Readonly<Record<string, string>> = { gcePersistentDisk: 'persistentDisk' };
const excessPaths: Readonly<Record<string, string>> = { cephfs: 'cephFS' };

export const sourceKeys = sources.map(({ key }) => key);

export function validateVolumeSource(
  spec: PersistentVolumeSpec,
  field: string,
  volumeName: string,
): FieldError[] {
  const given = sources.filter(({ isGiven }) => isGiven(spec));
  if (given.length === 0) return [required(field, 'must specify a volume type')];
  return given.flatMap(({ key, validate }, index) => {
    // A flexVolume is never the one too many, but whatever follows it is.
    if (index > 0 && key !== 'flexVolume') {
      return [severalVolumeTypes(`${field}.${excessPaths[key] ?? key}`)];
    }
    const errors = validate(spec, `${field}.${contentPaths[key] ?? key}`, volumeName);
    if (key === 'local' && spec.nodeAffinity === undefined) {
      errors.push(required(`${field}.nodeAffinity`, 'Local volume requires node affinity'));
    }
    return errors;
  });
}
