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
import { validateNoBacksteps, validateRange, validateRequired } from './volume-sources.ts';

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

const iscsiNamePatterns: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function validateIscsiName(name: string, field: string): FieldError[] {
  const isValid = iscsiNamePatterns[name.slice(0, 3)]?.test(name) ?? false;
  return isValid ? [] : [invalid(field, name, 'must be valid format')];
}

const iscsiPortalLengthMax = 64;

/** @param volumeName of the persistent volume; empty where there is none */
export function validateIscsi(
  iscsi: ISCSIPersistentVolumeSource,
  field: string,
  volumeName: string,
): FieldError[] {
  const { targetPortal, iqn, initiatorName, secretRef } = iscsi;
  const errors = validateRequired(targetPortal, `${field}.targetPortal`);
  const portal = `${volumeName}:${targetPortal}`;
  if (initiatorName !== undefined && portal.length > iscsiPortalLengthMax) {
    const why =
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
    errors.push(invalid(`${field}.targetportal`, targetPortal, why));
  }
  if (iqn === '') errors.push(required(`${field}.iqn`));
  else errors.push(...validateIscsiName(iqn, `${field}.iqn`));
  errors.push(...validateRange(iscsi.lun, `${field}.lun`, { min: 0, max: 255 }));
  const authenticates = iscsi.chapAuthDiscovery === true || iscsi.chapAuthSession === true;
  if (authenticates && secretRef === undefined) errors.push(required(`${field}.secretRef`));
  if (secretRef !== undefined) {
    errors.push(...validateRequired(secretRef.name, `${field}.secretRef.name`));
  }
  if (initiatorName !== undefined) {
    errors.push(...validateIscsiName(initiatorName, `${field}.initiatorname`));
  }
  return errors;
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
  { driver, options = {} }: FlexPersistentVolumeSource,
  field: string,
): FieldError[] {
  const errors = validateRequired(driver, `${field}.driver`);
  for (const key of Object.keys(options)) {
    const owner = `.${key.split('/', 1)[0]!.toLowerCase()}`;
    if (owner.endsWith('.kubernetes.io') || owner.endsWith('.k8s.io')) {
      const why = 'kubernetes.io and k8s.io namespaces are reserved';
      errors.push(invalid(`${field}.options[${key}]`, key, why));
    }
  }
  return errors;
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

export function validateStorageOS(
  { volumeName = '', volumeNamespace = '', secretRef }: StorageOSPersistentVolumeSource,
  field: string,
): FieldError[] {
  const errors =
    volumeName === ''
      ? [required(`${field}.volumeName`)]
      : problemsAt(`${field}.volumeName`, volumeName, dns1123LabelProblems(volumeName));
  if (volumeNamespace !== '') {
    const problems = dns1123LabelProblems(volumeNamespace);
    errors.push(...problemsAt(`${field}.volumeNamespace`, volumeNamespace, problems));
  }
  return [...errors, ...validateSecret(secretRef, `${field}.secretRef`)];
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
