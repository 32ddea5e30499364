/** Volumes, basically: one source each, with what the source cannot do without. */
import { duplicate, forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeSource,
  EmptyDirVolumeSource,
  SecretVolumeSource,
  Volume,
  VolumeSource,
} from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems } from '../../../names.ts';
import { compareQuantities } from '../../../quantity.ts';
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
} from '../../shared/volume-sources.ts';
import { validateProjected } from './projected-volume.ts';
import { validateDownwardItems, validateItems, validateMode } from './volume-items.ts';
import {
  validateAzureFile,
  validateCSI,
  validateCephFS,
  validateCinder,
  validateEphemeral,
  validateFlexVolume,
  validateGitRepo,
  validateGlusterfs,
  validateImage,
  validateIscsi,
  validateRbd,
  validateScaleIO,
  validateStorageOS,
} from './volume-sources.ts';
import type { VolumePlace } from './volume-sources.ts';

function validateEmptyDir({ sizeLimit }: EmptyDirVolumeSource, { field }: VolumePlace) {
  const why = 'SizeLimit field must be a valid resource quantity';
  const isNegative = sizeLimit !== undefined && compareQuantities(sizeLimit, '0') < 0;
  return isNegative ? [forbidden(`${field}.sizeLimit`, why)] : [];
}

function validateSecret(secret: SecretVolumeSource, { field }: VolumePlace): FieldError[] {
  return [
    ...validateRequired(secret.secretName, `${field}.secretName`),
    ...validateMode(secret.defaultMode, `${field}.defaultMode`),
    ...validateItems(secret.items, field),
  ];
}

function validateConfigMap(map: ConfigMapVolumeSource, { field }: VolumePlace): FieldError[] {
  return [
    ...validateRequired(map.name, `${field}.name`),
    ...validateMode(map.defaultMode, `${field}.defaultMode`),
    ...validateItems(map.items, field),
  ];
}

function validateDownward({ defaultMode, items }: DownwardAPIVolumeSource, { field }: VolumePlace) {
  return [
    ...validateMode(defaultMode, `${field}.defaultMode`),
    ...validateDownwardItems(items, field),
  ];
}

type Validate<K extends keyof VolumeSource> = (
  source: NonNullable<VolumeSource[K]>,
  place: VolumePlace,
) => FieldError[];

interface Source {
  readonly key: keyof VolumeSource;
  readonly validate: (volume: Volume, place: VolumePlace) => FieldError[];
  /** The path of what is wrong in it, and of its being one too many, where upstream has others. */
  readonly contentKey: string;
  readonly excessKey: string;
}

function source<K extends keyof VolumeSource>(
  key: K,
  validate: Validate<K>,
  { contentKey = key, excessKey = key }: { contentKey?: string; excessKey?: string } = {},
): Source {
  return {
    key,
    contentKey,
    excessKey,
    validate: (volume, place) => validate(volume[key]!, place),
  };
}

/** Of a source that is alike in persistent volumes. */
const alike =
  <T>(validate: (value: T, field: string) => FieldError[]) =>
  (value: T, { field }: VolumePlace) =>
    validate(value, field);

/** In upstream's order, which decides what of two sources is the one too many. */
const sources: readonly Source[] = [
  source('emptyDir', validateEmptyDir),
  source('hostPath', alike(validateHostPath)),
  source('gitRepo', validateGitRepo),
  source('gcePersistentDisk', alike(validateGcePersistentDisk), { contentKey: 'persistentDisk' }),
  source('awsElasticBlockStore', alike(validateAwsElasticBlockStore)),
  source('secret', validateSecret),
  source('nfs', alike(validateNfs)),
  source('iscsi', validateIscsi),
  source('glusterfs', validateGlusterfs),
  source('flocker', alike(validateFlocker)),
  source('persistentVolumeClaim', ({ claimName }, { field }) =>
    validateRequired(claimName, `${field}.claimName`),
  ),
  source('rbd', validateRbd),
  source('cinder', validateCinder),
  source('cephfs', validateCephFS, { excessKey: 'cephFS' }),
  source('quobyte', alike(validateQuobyte)),
  source('downwardAPI', validateDownward, { excessKey: 'downwarAPI' }),
  source('fc', alike(validateFibreChannel)),
  source('flexVolume', validateFlexVolume),
  source('configMap', validateConfigMap),
  source('azureFile', validateAzureFile),
  source('vsphereVolume', ({ volumePath }, { field }) =>
    validateRequired(volumePath, `${field}.volumePath`),
  ),
  source('photonPersistentDisk', ({ pdID }, { field }) => validateRequired(pdID, `${field}.pdID`)),
  source('portworxVolume', ({ volumeID }, { field }) =>
    validateRequired(volumeID, `${field}.volumeID`),
  ),
  source('azureDisk', alike(validateAzureDisk)),
  source('storageos', validateStorageOS),
  source('projected', alike(validateProjected)),
  source('scaleIO', validateScaleIO),
  source('csi', validateCSI),
  source('ephemeral', validateEphemeral),
  source('image', validateImage),
];
const sourceOf = new Map(sources.map((one) => [one.key as string, one]));

/** The sources that a volume has: most often one, found without asking for all of them. */
function sourcesOf(volume: Volume): readonly Source[] {
  let only: Source | undefined;
  for (const key in volume) {
    const found = sourceOf.get(key);
    if (found === undefined) continue;
    if (only !== undefined) return sources.filter((one) => volume[one.key] !== undefined);
    only = found;
  }
  return only === undefined ? [] : [only];
}

function validateVolume(volume: Volume, at: string, podName: string): FieldError[] {
  const { name } = volume;
  const errors = sourcesOf(volume).flatMap((one, position) => {
    if (position > 0) return [severalVolumeTypes(`${at}.${one.excessKey}`)];
    const field = `${at}.${one.contentKey}`;
    return one.validate(volume, { field, volumeField: at, volumeName: name, podName });
  });
  if (sourcesOf(volume).length === 0) errors.push(required(at, 'must specify a volume type'));
  if (name === '') errors.push(required(`${at}.name`));
  else errors.push(...problemsAt(`${at}.name`, name, dns1123LabelProblems(name)));
  return errors;
}

/** The claims that are made with the pod, for its ephemeral volumes. */
function madeClaims(volumes: readonly Volume[], podName: string): ReadonlySet<string> | undefined {
  if (podName === '' || !volumes.some(({ ephemeral }) => ephemeral !== undefined)) return undefined;
  return new Set(
    volumes
      .filter(({ ephemeral }) => ephemeral !== undefined)
      .map(({ name }) => `${podName}-${name}`),
  );
}

export interface ValidatedVolumes {
  /** Those with nothing wrong with them, by name: what containers may mount. */
  readonly sound: ReadonlyMap<string, Volume>;
  readonly errors: readonly FieldError[];
}

const none: ValidatedVolumes = { sound: new Map(), errors: [] };

/** @param podName empty in a template */
export function validateVolumes(
  volumes: readonly Volume[] | undefined,
  field: string,
  podName: string,
): ValidatedVolumes {
  if (volumes === undefined) return none;
  const sound = new Map<string, Volume>();
  const errors: FieldError[] = [];
  const claims = madeClaims(volumes, podName);
  volumes.forEach((volume, index) => {
    const at = `${field}[${index}]`;
    const { name, persistentVolumeClaim: claim } = volume;
    const own = validateVolume(volume, at, podName);
    if (sound.has(name)) own.push(duplicate(`${at}.name`, name));
    if (own.length === 0) sound.set(name, volume);
    else errors.push(...own);
    if (claim !== undefined && claims?.has(claim.claimName) === true) {
      const why = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalid(`${at}.persistentVolumeClaim.claimName`, claim.claimName, why));
    }
  });
  return { sound, errors };
}
