/** Sources that only a persistent volume writes so: secrets of theirs name a namespace. */
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  AzureFilePersistentVolumeSource,
  CSIPersistentVolumeSource,
  CephFSPersistentVolumeSource,
  CinderPersistentVolumeSource,
  FlexPersistentVolumeSource,
  GlusterfsPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  LocalVolumeSource,
  RBDPersistentVolumeSource,
  ScaleIOPersistentVolumeSource,
  SecretReference,
  StorageOSPersistentVolumeSource,
} from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123LabelProblems, dns1123SubdomainProblems } from '../../names.ts';
import { validateCSIDriverName } from './csi-driver-name.ts';
import { validateFlexOptions } from './flex-options.ts';
import {
  iscsiNameTooLong,
  isIscsiName,
  isIscsiNameTooLong,
  validateIscsiInitiator,
  validateIscsiNumbers,
} from './iscsi.ts';
import { validateNoBacksteps } from './path-validation.ts';
import { validateRequired, validateStorageOSNames } from './volume-sources.ts';

export function validateGlusterfs(
  { endpoints, path, endpointsNamespace }: GlusterfsPersistentVolumeSource,
  field: string,
): FieldError[] {
  const errors = [
    ...validateRequired(endpoints, `${field}.endpoints`),
    ...validateRequired(path, `${field}.path`),
  ];
  if (endpointsNamespace === undefined) return errors;
  const at = `${field}.endpointsNamespace`;
  const problems =
    endpointsNamespace === ''
      ? ['if the endpointnamespace is set, it must be a valid namespace name']
      : dns1123LabelProblems(endpointsNamespace);
  return [...errors, ...problemsAt(at, endpointsNamespace, problems)];
}

function validateMonitors(monitors: readonly string[] | undefined, field: string): FieldError[] {
  return (monitors ?? []).length === 0 ? [required(`${field}.monitors`)] : [];
}

export function validateRbd({ monitors, image }: RBDPersistentVolumeSource, field: string) {
  return [...validateMonitors(monitors, field), ...validateRequired(image, `${field}.image`)];
}

export const validateCephFS = ({ monitors }: CephFSPersistentVolumeSource, field: string) =>
  validateMonitors(monitors, field);

/** @param volumeName of the persistent volume; empty where there is none */
export function validateIscsi(
  iscsi: ISCSIPersistentVolumeSource,
  field: string,
  volumeName: string,
): FieldError[] {
  const { targetPortal, iqn, secretRef } = iscsi;
  const errors = validateRequired(targetPortal, `${field}.targetPortal`);
  if (iscsi.initiatorName !== undefined && isIscsiNameTooLong(volumeName, iscsi)) {
    errors.push(invalid(`${field}.targetportal`, targetPortal, iscsiNameTooLong));
  }
  if (iqn === '') errors.push(required(`${field}.iqn`));
  else if (!isIscsiName(iqn)) errors.push(invalid(`${field}.iqn`, iqn, 'must be valid format'));
  errors.push(...validateIscsiNumbers(iscsi, field));
  if (secretRef !== undefined) {
    errors.push(...validateRequired(secretRef.name, `${field}.secretRef.name`));
  }
  return [...errors, ...validateIscsiInitiator(iscsi, field)];
}

function validateSecret(secret: SecretReference | undefined, field: string): FieldError[] {
  if (secret === undefined) return [];
  return [
    ...validateRequired(secret.name, `${field}.name`),
    ...validateRequired(secret.namespace, `${field}.namespace`),
  ];
}

export function validateCinder({ volumeID, secretRef }: CinderPersistentVolumeSource, at: string) {
  return [
    ...validateRequired(volumeID, `${at}.volumeID`),
    ...validateSecret(secretRef, `${at}.secretRef`),
  ];
}

export function validateFlexVolume(
  { driver, options }: FlexPersistentVolumeSource,
  field: string,
): FieldError[] {
  return [
    ...validateRequired(driver, `${field}.driver`),
    ...validateFlexOptions(options, `${field}.options`),
  ];
}

export function validateAzureFile(
  { secretName, shareName, secretNamespace }: AzureFilePersistentVolumeSource,
  field: string,
): FieldError[] {
  return [
    ...validateRequired(secretName, `${field}.secretName`),
    ...validateRequired(shareName, `${field}.shareName`),
    ...(secretNamespace === '' ? [required(`${field}.secretNamespace`)] : []),
  ];
}

export function validateScaleIO(source: ScaleIOPersistentVolumeSource, field: string) {
  const keys = ['gateway', 'system', 'volumeName'] as const;
  return keys.flatMap((key) => validateRequired(source[key], `${field}.${key}`));
}

export function validateLocal({ path }: LocalVolumeSource, field: string): FieldError[] {
  return path === '' ? [required(`${field}.path`)] : validateNoBacksteps(path, `${field}.path`);
}

export function validateStorageOS(source: StorageOSPersistentVolumeSource, field: string) {
  return [
    ...validateStorageOSNames(source, field),
    ...validateSecret(source.secretRef, `${field}.secretRef`),
  ];
}

function validateNamedSecret(
  { name = '', namespace = '' }: SecretReference,
  field: string,
): FieldError[] {
  return [
    ...(name === ''
      ? [required(`${field}.name`)]
      : problemsAt(`${field}.name`, name, dns1123SubdomainProblems(name))),
    ...(namespace === ''
      ? [required(`${field}.namespace`)]
      : problemsAt(`${field}.namespace`, namespace, dns1123LabelProblems(namespace))),
  ];
}

const csiSecrets = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

export function validateCSI(csi: CSIPersistentVolumeSource, field: string): FieldError[] {
  return [
    ...validateCSIDriverName(csi.driver, `${field}.driver`),
    ...validateRequired(csi.volumeHandle, `${field}.volumeHandle`),
    ...csiSecrets.flatMap((key) => {
      const secret = csi[key];
      return secret === undefined ? [] : validateNamedSecret(secret, `${field}.${key}`);
    }),
  ];
}
