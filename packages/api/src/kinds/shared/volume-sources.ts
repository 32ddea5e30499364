/** Sources that a volume of a pod and a persistent volume write alike. */
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
} from '../../generated/types.ts';
import { goStrings } from '../../go-literal.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123LabelProblems } from '../../names.ts';
import { validateOptionalEnum } from './enum-validation.ts';
import { validateNoBacksteps } from './path-validation.ts';

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export const severalVolumeTypes = (field: string): FieldError =>
  forbidden(field, 'may not specify more than 1 volume type');

export function validateRequired(value: string | undefined, field: string): FieldError[] {
  return (value ?? '') === '' ? [required(field)] : [];
}

export function validateRange(
  value: number | undefined,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
): FieldError[] {
  return value === undefined || (value >= min && value <= max)
    ? []
    : [invalid(field, value, `must be between ${min} and ${max}, inclusive`)];
}

export function validateHostPath({ path, type }: HostPathVolumeSource, field: string) {
  if (path === '') return [required(`${field}.path`)];
  return [
    ...validateNoBacksteps(path, `${field}.path`),
    ...validateOptionalEnum(`${field}.type`, type, hostPathTypes),
  ];
}

export function validateNfs({ server, path }: NFSVolumeSource, field: string): FieldError[] {
  const errors = [
    ...validateRequired(server, `${field}.server`),
    ...validateRequired(path, `${field}.path`),
  ];
  if (!path.startsWith('/')) {
    errors.push(invalid(`${field}.path`, path, 'must be an absolute path'));
  }
  return errors;
}

/** 0 stands for the whole disk. */
const validatePartition = (partition: number | undefined, field: string) =>
  partition === 0 ? [] : validateRange(partition, field, { min: 1, max: 255 });

export function validateGcePersistentDisk(disk: GCEPersistentDiskVolumeSource, field: string) {
  return [
    ...validateRequired(disk.pdName, `${field}.pdName`),
    ...validatePartition(disk.partition, `${field}.partition`),
  ];
}

export function validateAwsElasticBlockStore(
  disk: AWSElasticBlockStoreVolumeSource,
  field: string,
) {
  return [
    ...validateRequired(disk.volumeID, `${field}.volumeID`),
    ...validatePartition(disk.partition, `${field}.partition`),
  ];
}

export function validateFibreChannel(
  { targetWWNs = [], wwids = [], lun }: FCVolumeSource,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (targetWWNs.length === 0 && wwids.length === 0) {
    const why = 'must specify either targetWWNs or wwids, but not both';
    errors.push(required(`${field}.targetWWNs`, why));
  }
  if (targetWWNs.length > 0 && wwids.length > 0) {
    const why = 'targetWWNs and wwids can not be specified simultaneously';
    errors.push(invalid(`${field}.targetWWNs`, goStrings(targetWWNs), why));
  }
  if (targetWWNs.length > 0) {
    const at = `${field}.lun`;
    if (lun === undefined) errors.push(required(at, 'lun is required if targetWWNs is specified'));
    errors.push(...validateRange(lun, at, { min: 0, max: 255 }));
  }
  return errors;
}

export function validateFlocker(
  { datasetName = '', datasetUUID = '' }: FlockerVolumeSource,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (datasetName === '' && datasetUUID === '') {
    errors.push(required(field, 'one of datasetName and datasetUUID is required'));
  }
  if (datasetName !== '' && datasetUUID !== '') {
    const why = 'datasetName and datasetUUID can not be specified simultaneously';
    errors.push(invalid(field, 'resource', why));
  }
  if (datasetName.includes('/')) {
    errors.push(invalid(`${field}.datasetName`, datasetName, "must not contain '/'"));
  }
  return errors;
}

const hostPortPattern = /^(?:[^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/;

export function validateQuobyte(
  { registry, volume, tenant = '' }: QuobyteVolumeSource,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const why = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(required(`${field}.registry`, why));
  else if (tenant.length >= 65) {
    const tooLong = 'must be a UUID and may not exceed a length of 64 characters';
    errors.push(required(`${field}.tenant`, tooLong));
  } else {
    for (const pair of registry.split(',')) {
      if (!hostPortPattern.test(pair)) errors.push(invalid(`${field}.registry`, registry, why));
    }
  }
  return [...errors, ...validateRequired(volume, `${field}.volume`)];
}

const managedDiskUri =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDiskUri = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

export function validateAzureDisk(disk: AzureDiskVolumeSource, field: string): FieldError[] {
  const { diskName, diskURI, cachingMode, kind } = disk;
  const errors = [
    ...validateRequired(diskName, `${field}.diskName`),
    ...validateRequired(diskURI, `${field}.diskURI`),
    ...validateOptionalEnum(`${field}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite']),
    ...validateOptionalEnum(`${field}.kind`, kind, ['Dedicated', 'Managed', 'Shared']),
  ];
  if (kind === undefined) return errors;
  const isManaged = kind === 'Managed';
  if (!diskURI.startsWith(isManaged ? '/subscriptions/' : 'https://')) {
    const supported = [isManaged ? managedDiskUri : blobDiskUri];
    errors.push(notSupported(`${field}.diskURI`, diskURI, supported));
  }
  return errors;
}

interface StorageOSNames {
  readonly volumeName?: string;
  readonly volumeNamespace?: string;
}

export function validateStorageOSNames(
  { volumeName = '', volumeNamespace = '' }: StorageOSNames,
  field: string,
): FieldError[] {
  const errors =
    volumeName === ''
      ? [required(`${field}.volumeName`)]
      : problemsAt(`${field}.volumeName`, volumeName, dns1123LabelProblems(volumeName));
  if (volumeNamespace === '') return errors;
  const problems = dns1123LabelProblems(volumeNamespace);
  return [...errors, ...problemsAt(`${field}.volumeNamespace`, volumeNamespace, problems)];
}
