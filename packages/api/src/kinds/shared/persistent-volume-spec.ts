/**
 * The spec of a PersistentVolume, and of a volume that a VolumeAttachment holds inline: there it has
 * no object of its own, so it may say less.
 */
import { forbidden, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { PersistentVolumeSpec } from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123SubdomainProblems } from '../../names.ts';
import { validateNodeSelector } from '../pods/validation/affinity.ts';
import { validateAccessModes } from './access-modes.ts';
import { validateOptionalEnum } from './enum-validation.ts';
import { validateBasicResource, validatePositive } from './storage-quantities.ts';
import { validateVolumeSource } from './persistent-volume-source.ts';

const inlineContext = 'in the context of inline volumes';
const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];
export const volumeModes = ['Block', 'Filesystem'];

function validateCapacity(spec: PersistentVolumeSpec, field: string): FieldError[] {
  const { capacity = {} } = spec;
  const names = Object.keys(capacity);
  const errors: FieldError[] = names.length === 0 ? [required(field)] : [];
  if (!names.includes('storage') || names.length > 1) {
    const shown = names.length === 0 ? { goLiteral: 'core.ResourceList(nil)' } : capacity;
    errors.push(notSupported(field, shown, ['storage']));
  }
  for (const [name, quantity] of Object.entries(capacity)) {
    errors.push(...validateBasicResource(quantity, `${field}[${name}]`));
    errors.push(...validatePositive(quantity, `${field}[${name}]`));
  }
  return errors;
}

function validateNodeAffinity({ nodeAffinity }: PersistentVolumeSpec, field: string): FieldError[] {
  if (nodeAffinity === undefined) return [];
  return nodeAffinity.required === undefined
    ? [required(`${field}.required`, 'must specify required node constraints')]
    : validateNodeSelector(nodeAffinity.required, `${field}.required`);
}

function isWholeHost({ hostPath }: PersistentVolumeSpec): boolean {
  return hostPath !== undefined && /^\/(?:\.?\/|\.$)*$/.test(hostPath.path);
}

function validateCommon(
  spec: PersistentVolumeSpec,
  field: string,
  volumeName: string,
): FieldError[] {
  const errors = validateVolumeSource(spec, field, volumeName);
  if (isWholeHost(spec) && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const why = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden(`${field}.persistentVolumeReclaimPolicy`, why));
  }
  return errors;
}

function validateModes({ accessModes = [] }: PersistentVolumeSpec, field: string): FieldError[] {
  return [
    ...(accessModes.length === 0 ? [required(field)] : []),
    ...validateAccessModes(accessModes, field),
  ];
}

/** @param volumeName the name of the PersistentVolume */
export function validatePersistentVolumeSpec(
  spec: PersistentVolumeSpec,
  field: string,
  volumeName: string,
): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy = '', storageClassName = '' } = spec;
  const errors = [
    ...validateModes(spec, `${field}.accessModes`),
    ...validateCapacity(spec, `${field}.capacity`),
  ];
  if (policy !== '') {
    const at = `${field}.persistentVolumeReclaimPolicy`;
    errors.push(...validateOptionalEnum(at, policy, reclaimPolicies));
  }
  errors.push(...validateNodeAffinity(spec, `${field}.nodeAffinity`));
  errors.push(...validateCommon(spec, field, volumeName));
  if (storageClassName !== '') {
    const problems = dns1123SubdomainProblems(storageClassName);
    errors.push(...problemsAt(`${field}.storageClassName`, storageClassName, problems));
  }
  return [...errors, ...validateOptionalEnum(`${field}.volumeMode`, spec.volumeMode, volumeModes)];
}

export function validateInlineVolumeSpec(spec: PersistentVolumeSpec, field: string): FieldError[] {
  const { persistentVolumeReclaimPolicy: policy = '', volumeMode } = spec;
  const refuse = (key: string, isGiven: boolean, what = 'may not be specified') =>
    isGiven ? [forbidden(`${field}.${key}`, `${what} ${inlineContext}`)] : [];
  return [
    ...refuse('claimRef', spec.claimRef !== undefined),
    ...refuse('capacity', Object.keys(spec.capacity ?? {}).length > 0),
    ...(spec.csi === undefined
      ? [required(`${field}.csi`, `has to be specified ${inlineContext}`)]
      : []),
    ...validateModes(spec, `${field}.accessModes`),
    ...refuse(
      'persistentVolumeReclaimPolicy',
      policy !== '' && policy !== 'Retain',
      'may only be Retain',
    ),
    ...refuse('nodeAffinity', spec.nodeAffinity !== undefined),
    ...validateCommon(spec, field, ''),
    ...refuse('storageClassName', (spec.storageClassName ?? '') !== ''),
    ...refuse(
      'volumeMode',
      volumeMode !== undefined && volumeMode !== 'Filesystem',
      'may not specify volumeMode other than Filesystem',
    ),
  ];
}
