/** What a claim asks for: in a PersistentVolumeClaim, and in the templates of claims. */
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
  TypedObjectReference,
} from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123LabelProblems, dns1123SubdomainProblems } from '../../names.ts';
import { validateAccessModes } from './access-modes.ts';
import { validateOptionalEnum } from './enum-validation.ts';
import { volumeModes } from './persistent-volume-spec.ts';
import { validateLabelSelector } from './selector-validation.ts';
import { validatePositive } from './storage-quantities.ts';

function validateDataSource(
  { apiGroup = '', kind, name }: TypedLocalObjectReference,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(required(`${field}.name`));
  if (kind === '') errors.push(required(`${field}.kind`));
  if (apiGroup !== '') {
    const problems = dns1123SubdomainProblems(apiGroup);
    errors.push(...problemsAt(`${field}.apiGroup`, apiGroup, problems));
  } else if (kind !== 'PersistentVolumeClaim') {
    const why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalid(field, kind, why));
  }
  return errors;
}

function validateDataSourceRef(reference: TypedObjectReference, field: string): FieldError[] {
  const { namespace = '' } = reference;
  const problems = namespace === '' ? [] : dns1123LabelProblems(namespace);
  return [
    ...validateDataSource(reference, field),
    ...problemsAt(`${field}.namespace`, namespace, problems),
  ];
}

/** Two fields name the source; both given, they must agree. */
function validateDataSources(spec: PersistentVolumeClaimSpec, field: string): FieldError[] {
  const { dataSource, dataSourceRef } = spec;
  const errors: FieldError[] = [];
  if (dataSource !== undefined) {
    errors.push(...validateDataSource(dataSource, `${field}.dataSource`));
  }
  if (dataSourceRef !== undefined) {
    errors.push(...validateDataSourceRef(dataSourceRef, `${field}.dataSourceRef`));
  }
  if (dataSource === undefined || dataSourceRef === undefined) return errors;
  const refuse = (why: string) => errors.push(invalid(field, `${field}.dataSource`, why));
  const isSame =
    dataSource.apiGroup === dataSourceRef.apiGroup &&
    dataSource.kind === dataSourceRef.kind &&
    dataSource.name === dataSourceRef.name;
  if ((dataSourceRef.namespace ?? '') !== '') {
    refuse('may not be specified when dataSourceRef.namespace is specified');
  } else if (!isSame) refuse('must match dataSourceRef');
  return errors;
}

export function validateVolumeClaimSpec(
  spec: PersistentVolumeClaimSpec,
  field: string,
): FieldError[] {
  const { accessModes = [], storageClassName = '' } = spec;
  const errors: FieldError[] = [];
  if (accessModes.length === 0) {
    errors.push(required(`${field}.accessModes`, 'at least 1 access mode is required'));
  }
  errors.push(...validateLabelSelector(spec.selector, `${field}.selector`));
  errors.push(...validateAccessModes(accessModes, `${field}.accessModes`));
  const storage = spec.resources?.requests?.['storage'];
  const storageField = `${field}.resources[storage]`;
  if (storage === undefined) errors.push(required(storageField));
  else errors.push(...validatePositive(storage, storageField));
  if (storageClassName !== '') {
    const problems = dns1123SubdomainProblems(storageClassName);
    errors.push(...problemsAt(`${field}.storageClassName`, storageClassName, problems));
  }
  errors.push(...validateOptionalEnum(`${field}.volumeMode`, spec.volumeMode, volumeModes));
  return [...errors, ...validateDataSources(spec, field)];
}
