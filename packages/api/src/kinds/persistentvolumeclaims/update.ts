/** What of a PersistentVolumeClaim may change: its volume once, and its size when it is bound. */
import { deepCopy, deepEqual } from '../../equality.ts';
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../generated/types.ts';
import { isImmutable, problemsAt, validateImmutable } from '../../metadata.ts';
import { qualifiedNameProblems } from '../../names.ts';
import { compareQuantities } from '../../quantity.ts';
import { changesText } from '../shared/changes.ts';
import { validateBasicResource } from '../shared/storage-quantities.ts';
import { betaStorageClassAnnotation } from '../shared/storage-class-name.ts';

const unchangeable =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

const betaClassOf = ({ metadata }: PersistentVolumeClaim) =>
  metadata.annotations?.[betaStorageClassAnnotation];

/** A claim that named no class, or named it in the annotation, may get it in the field. */
function mayNameClass(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean {
  const beta = betaClassOf(old);
  const name = claim.spec.storageClassName;
  return (
    name !== undefined &&
    old.spec.storageClassName === undefined &&
    (beta === undefined || beta === name)
  );
}

/** The annotation may go when the field takes over what it said. */
function validateBetaClass(claim: PersistentVolumeClaim, old: PersistentVolumeClaim) {
  const [now, before] = [betaClassOf(claim), betaClassOf(old)];
  const isUpgrade =
    before !== undefined && mayNameClass(claim, old) && (now === undefined || now === before);
  return isUpgrade || (now ?? '') === (before ?? '')
    ? []
    : [invalid(`metadata.annotations.${betaStorageClassAnnotation}`, now ?? '', isImmutable)];
}

function copyField<K extends keyof PersistentVolumeClaimSpec>(
  to: PersistentVolumeClaimSpec,
  from: PersistentVolumeClaimSpec,
  key: K,
): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key];
}

type Amounts = Record<string, string> | undefined;

/** The same amount may be written in another way: `1Gi` and `1024Mi` do not differ. */
function takeOldTexts(amounts: Amounts, old: Amounts): void {
  if (amounts === undefined) return;
  for (const [name, before] of Object.entries(old ?? {})) {
    const now = amounts[name];
    if (now !== undefined && compareQuantities(now, before) === 0) amounts[name] = before;
  }
}

function validateSpecUnchanged(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): FieldError[] {
  const expected = deepCopy(claim.spec);
  if ((old.spec.volumeName ?? '') === '') copyField(expected, old.spec, 'volumeName');
  if (mayNameClass(claim, old)) copyField(expected, old.spec, 'storageClassName');
  takeOldTexts(expected.resources?.requests, old.spec.resources?.requests);
  takeOldTexts(expected.resources?.limits, old.spec.resources?.limits);
  const requests = expected.resources?.requests;
  if (claim.status.phase === 'Bound' && requests !== undefined) {
    requests['storage'] = old.spec.resources?.requests?.['storage'] ?? '0';
  }
  copyField(expected, old.spec, 'volumeAttributesClassName');
  return deepEqual(expected, old.spec)
    ? []
    : [forbidden('spec', unchangeable + changesText(expected, old.spec, 'spec'))];
}

/** A volume does not shrink, but an expansion that failed may be asked for anew, smaller. */
function validateSize(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const now = claim.spec.resources?.requests?.['storage'] ?? '0';
  const before = old.spec.resources?.requests?.['storage'] ?? '0';
  const actual = old.status.capacity?.['storage'] ?? '0';
  const isRefused = compareQuantities(now, before) < 0 && compareQuantities(now, actual) <= 0;
  return isRefused
    ? [forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
    : [];
}

export function validateVolumeClaimUpdate(
  claim: PersistentVolumeClaim,
  old: PersistentVolumeClaim,
): FieldError[] {
  const errors = [
    ...validateBetaClass(claim, old),
    ...validateSpecUnchanged(claim, old),
    ...validateSize(claim, old),
    ...validateImmutable('volumeMode', claim.spec.volumeMode, old.spec.volumeMode),
  ];
  if (old.spec.volumeAttributesClassName !== claim.spec.volumeAttributesClassName) {
    const why = 'update is forbidden when the VolumeAttributesClass feature gate is disabled';
    errors.push(forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
];

function validateResourceKey(name: string, field: string): FieldError[] {
  const problems = qualifiedNameProblems(name);
  if (problems.length > 0) return problemsAt(field, name, problems);
  const isNative = !name.includes('/') || name.includes('kubernetes.io/');
  return isNative && name !== 'storage' ? [notSupported(field, name, ['storage'])] : [];
}

export function validateVolumeClaimStatusUpdate({
  spec,
  status,
}: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.accessModes ?? []).length === 0) errors.push(required('Spec.accessModes'));
  for (const [name, quantity] of Object.entries(status.capacity ?? {})) {
    errors.push(...validateBasicResource(quantity, `status.capacity[${name}]`));
  }
  const statesField = 'status.allocatedResourceStatus';
  for (const [name, state] of Object.entries(status.allocatedResourceStatuses ?? {})) {
    errors.push(...validateResourceKey(name, statesField));
    if (!resizeStates.includes(state)) errors.push(notSupported(statesField, name, resizeStates));
  }
  const amountsField = 'status.allocatedResources';
  for (const [name, quantity] of Object.entries(status.allocatedResources ?? {})) {
    const keyErrors = validateResourceKey(name, amountsField);
    if (keyErrors.length > 0) errors.push(...keyErrors);
    else errors.push(...validateBasicResource(quantity, `${amountsField}[${name}]`));
  }
  return errors;
}
