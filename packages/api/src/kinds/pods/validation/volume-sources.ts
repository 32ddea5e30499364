/** Sources that only a volume of a pod writes so: secrets of theirs are in the pod's namespace. */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  AzureFileVolumeSource,
  CSIVolumeSource,
  CephFSVolumeSource,
  CinderVolumeSource,
  EphemeralVolumeSource,
  FlexVolumeSource,
  GitRepoVolumeSource,
  GlusterfsVolumeSource,
  ISCSIVolumeSource,
  ImageVolumeSource,
  RBDVolumeSource,
  ScaleIOVolumeSource,
  StorageOSVolumeSource,
} from '../../../generated/types.ts';
import { defaultNameProblems, problemsAt } from '../../../metadata.ts';
import { validateCSIDriverName } from '../../shared/csi-driver-name.ts';
import { pullPolicies, validateEnum } from '../../shared/enum-validation.ts';
import { validateFlexOptions } from '../../shared/flex-options.ts';
import {
  iscsiNameTooLong,
  isIscsiNameTooLong,
  validateIscsiInitiator,
  validateIscsiName,
  validateIscsiNumbers,
} from '../../shared/iscsi.ts';
import { validateDescendingPath } from '../../shared/path-validation.ts';
import { validateClaimTemplateMetadata } from '../../shared/claim-template.ts';
import { validateVolumeClaimSpec } from '../../shared/volume-claim-spec.ts';
import { validateRequired, validateStorageOSNames } from '../../shared/volume-sources.ts';

/** Where a volume is: some rules need more than its source. */
export interface VolumePlace {
  /** Of the source, as `spec.volumes[0].csi`. */
  readonly field: string;
  /** Of the volume. */
  readonly volumeField: string;
  readonly volumeName: string;
  /** Empty in a template. */
  readonly podName: string;
}

export function validateGitRepo(
  { repository, directory }: GitRepoVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  const errors = validateRequired(repository, `${field}.repository`);
  return directory === undefined
    ? errors
    : [...errors, ...validateDescendingPath(directory, `${field}.directory`)];
}

export function validateIscsi(iscsi: ISCSIVolumeSource, place: VolumePlace): FieldError[] {
  const { field, volumeField, volumeName } = place;
  const { targetPortal, iqn } = iscsi;
  const errors = [
    ...validateRequired(targetPortal, `${field}.targetPortal`),
    ...(iqn === '' ? [required(`${field}.iqn`)] : validateIscsiName(iqn, `${field}.iqn`)),
    ...validateIscsiNumbers(iscsi, field),
    ...validateIscsiInitiator(iscsi, field),
  ];
  if (iscsi.initiatorName !== undefined && isIscsiNameTooLong(volumeName, iscsi)) {
    errors.push(invalid(`${volumeField}.name`, volumeName, iscsiNameTooLong));
  }
  return errors;
}

export function validateGlusterfs(
  { endpoints, path }: GlusterfsVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  return [
    ...validateRequired(endpoints, `${field}.endpoints`),
    ...validateRequired(path, `${field}.path`),
  ];
}

const validateMonitors = (monitors: readonly string[] | undefined, field: string) =>
  (monitors ?? []).length === 0 ? [required(`${field}.monitors`)] : [];

export function validateRbd({ monitors, image }: RBDVolumeSource, { field }: VolumePlace) {
  return [...validateMonitors(monitors, field), ...validateRequired(image, `${field}.image`)];
}

export const validateCephFS = ({ monitors }: CephFSVolumeSource, { field }: VolumePlace) =>
  validateMonitors(monitors, field);

export function validateCinder(
  { volumeID, secretRef }: CinderVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  const errors = validateRequired(volumeID, `${field}.volumeID`);
  return secretRef === undefined
    ? errors
    : [...errors, ...validateRequired(secretRef.name, `${field}.secretRef.name`)];
}

export function validateFlexVolume(
  { driver, options }: FlexVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  return [
    ...validateRequired(driver, `${field}.driver`),
    ...validateFlexOptions(options, `${field}.options`),
  ];
}

export function validateAzureFile(
  { secretName, shareName }: AzureFileVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  return [
    ...validateRequired(secretName, `${field}.secretName`),
    ...validateRequired(shareName, `${field}.shareName`),
  ];
}

export function validateStorageOS(
  source: StorageOSVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  const errors = validateStorageOSNames(source, field);
  return source.secretRef === undefined
    ? errors
    : [...errors, ...validateRequired(source.secretRef.name, `${field}.secretRef.name`)];
}

const scaleIOKeys = ['gateway', 'system', 'volumeName'] as const;

export function validateScaleIO(source: ScaleIOVolumeSource, { field }: VolumePlace): FieldError[] {
  return scaleIOKeys.flatMap((key) => validateRequired(source[key], `${field}.${key}`));
}

export function validateCSI(
  { driver, nodePublishSecretRef: secret }: CSIVolumeSource,
  { field }: VolumePlace,
): FieldError[] {
  const errors = validateCSIDriverName(driver, `${field}.driver`);
  if (secret === undefined) return errors;
  const { name = '' } = secret;
  if (name === '') errors.push(required(`${field}.nodePublishSecretRef.name`));
  // Upstream leaves the name of the reference out of this path.
  else errors.push(...problemsAt(`${field}.name`, name, defaultNameProblems(name)));
  return errors;
}

export function validateEphemeral(
  { volumeClaimTemplate }: EphemeralVolumeSource,
  { field, volumeField, volumeName, podName }: VolumePlace,
): FieldError[] {
  const at = `${field}.volumeClaimTemplate`;
  const errors =
    volumeClaimTemplate === undefined
      ? [required(at)]
      : [
          ...validateClaimTemplateMetadata(volumeClaimTemplate.metadata, `${at}.metadata`),
          ...validateVolumeClaimSpec(volumeClaimTemplate.spec, `${at}.spec`),
        ];
  if (podName === '' || volumeName === '') return errors;
  const claimName = `${podName}-${volumeName}`;
  for (const problem of defaultNameProblems(claimName)) {
    errors.push(invalid(`${volumeField}.name`, volumeName, `PVC name "${claimName}": ${problem}`));
  }
  return errors;
}

export function validateImage(
  { reference = '', pullPolicy }: ImageVolumeSource,
  { field, podName }: VolumePlace,
): FieldError[] {
  const errors = validateEnum(`${field}.pullPolicy`, pullPolicy, pullPolicies);
  // A template may leave it open: who makes pods of it may fill it in.
  if (podName !== '' && reference === '') errors.unshift(required(`${field}.reference`));
  return errors;
}
