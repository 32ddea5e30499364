/**
 * The metadata that every object has: its validation, and what the server alone may write in it.
 *
 * 1. name, namespace, uid, creationTimestamp and the deletion fields never change once set.
 * 2. Annotations may hold 256 KiB together.
 */
import { forbidden, invalid, required, tooLong } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import type { ObjectMeta, OwnerReference } from './generated/types.ts';
import type { KubernetesObject } from './object.ts';
import {
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from './names.ts';
import { goStrings } from './go-literal.ts';
import { formatTime } from './time.ts';
import { deepEqual } from './equality.ts';

export type NameCheck = (name: string) => string[];

const annotationBytesMax = 256 * 1024;
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export const isNotNegative = 'must be greater than or equal to 0';
export const isImmutable = 'field is immutable';

export const problemsAt = (
  field: string,
  value: unknown,
  problems: readonly string[],
): FieldError[] => problems.map((problem) => invalid(field, value, problem));

export function validateNotNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, isNotNegative)] : [];
}

/** A field that may not differ from what it was. */
export function validateImmutable(field: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [invalid(field, value, isImmutable)];
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...problemsAt(field, key, qualifiedNameProblems(key)));
    errors.push(...problemsAt(field, value, labelValueProblems(value)));
  }
  return errors;
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...problemsAt(field, key, qualifiedNameProblems(key.toLowerCase())));
    bytes += utf8Length(key) + utf8Length(value);
  }
  if (bytes > annotationBytesMax) errors.push(tooLong(field, annotationBytesMax));
  return errors;
}

export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

function validateOwnerReferences(
  references: readonly OwnerReference[],
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let controller: OwnerReference | undefined;
  for (const reference of references) {
    if (reference.apiVersion === '') {
      errors.push(invalid(`${field}.apiVersion`, '', 'version must not be empty'));
    }
    for (const key of ['kind', 'name', 'uid'] as const) {
      if (reference[key] === '') errors.push(invalid(`${field}.${key}`, '', 'must not be empty'));
    }
    if (reference.kind === 'Event' && ['v1', 'events.k8s.io/v1'].includes(reference.apiVersion)) {
      errors.push(
        invalid(
          field,
          reference,
          `${reference.apiVersion}, Kind=Event is disallowed from being an owner`,
        ),
      );
    }
    if (reference.controller !== true) continue;
    if (controller !== undefined) {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller.kind} and ${reference.kind}`;
      errors.push(invalid(field, references, why));
    }
    controller = reference;
  }
  return errors;
}

/** The name of a finalizer: Kubernetes' own, or one with the domain of its owner. */
export function validateStandardFinalizer(finalizer: string, field: string): FieldError[] {
  if (finalizer.includes('/') || standardFinalizers.has(finalizer)) return [];
  const why = 'name is neither a standard finalizer name nor is it fully qualified';
  return [invalid(field, finalizer, why)];
}

function validateFinalizers(finalizers: readonly string[], field: string): FieldError[] {
  const errors = finalizers.flatMap((one) => problemsAt(field, one, qualifiedNameProblems(one)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid(field, goStrings(finalizers), why));
  }
  finalizers.forEach((finalizer, index) => {
    errors.push(...validateStandardFinalizer(finalizer, `${field}[${index}]`));
  });
  return errors;
}

export interface MetadataRules {
  readonly namespaced: boolean;
  readonly nameProblems: NameCheck;
}

/** What is wrong with the beginning of a name: a dash at its end is fine, as a suffix follows it. */
export function prefixProblems(prefix: string, nameProblems: NameCheck): string[] {
  const isDashed = prefix.length > 1 && prefix.endsWith('-');
  return nameProblems(isDashed ? `${prefix.slice(0, -2)}a` : prefix);
}

export function validateMetadata(
  metadata: ObjectMeta,
  { namespaced, nameProblems }: MetadataRules,
  field = 'metadata',
): FieldError[] {
  const errors: FieldError[] = [];
  const { generateName } = metadata;
  if (generateName !== undefined && generateName !== '') {
    const problems = prefixProblems(generateName, nameProblems);
    errors.push(...problemsAt(`${field}.generateName`, generateName, problems));
  }
  if (metadata.name === '') {
    errors.push(required(`${field}.name`, 'name or generateName is required'));
  } else {
    errors.push(...problemsAt(`${field}.name`, metadata.name, nameProblems(metadata.name)));
  }
  const namespace = metadata.namespace ?? '';
  if (!namespaced) {
    if (namespace !== '') errors.push(forbidden(`${field}.namespace`, 'not allowed on this type'));
  } else if (namespace === '') {
    errors.push(required(`${field}.namespace`));
  } else {
    errors.push(...problemsAt(`${field}.namespace`, namespace, dns1123LabelProblems(namespace)));
  }
  errors.push(...validateNotNegative(`${field}.generation`, metadata.generation));
  errors.push(...validateLabels(metadata.labels, `${field}.labels`));
  errors.push(...validateAnnotations(metadata.annotations, `${field}.annotations`));
  errors.push(
    ...validateOwnerReferences(metadata.ownerReferences ?? [], `${field}.ownerReferences`),
  );
  errors.push(...validateFinalizers(metadata.finalizers ?? [], `${field}.finalizers`));
  return errors;
}

/**
 * The metadata of a template: no name is wanted there, and finalizers are not looked at.
 * @param field that of the template itself, as upstream has it
 */
export function validateTemplateMetadata(
  metadata: Partial<ObjectMeta> | undefined,
  field: string,
): FieldError[] {
  return [
    ...validateLabels(metadata?.labels, `${field}.labels`),
    ...validateAnnotations(metadata?.annotations, `${field}.annotations`),
  ];
}

const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

export function validateMetadataUpdate(metadata: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of immutableFields) {
    errors.push(...validateImmutable(`metadata.${key}`, metadata[key], old[key]));
  }
  if ((metadata.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(
      invalid('metadata.generation', metadata.generation ?? 0, 'must not be decremented'),
    );
  }
  if (old.deletionTimestamp !== undefined) {
    const added = (metadata.finalizers ?? []).filter((one) => !old.finalizers?.includes(one));
    if (added.length > 0) {
      const shown = `[]string{${added.map((one) => JSON.stringify(one)).join(', ')}}`;
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${shown}`,
        ),
      );
    }
  }
  errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  errors.push(...validateAnnotations(metadata.annotations, 'metadata.annotations'));
  errors.push(
    ...validateOwnerReferences(metadata.ownerReferences ?? [], 'metadata.ownerReferences'),
  );
  errors.push(...validateFinalizers(metadata.finalizers ?? [], 'metadata.finalizers'));
  return errors;
}

/** Upstream's alphabet of generated names: no vowels, so no words. */
export const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789';
const nameLengthMax = 63;
const suffixLength = 5;

/** @param randomBelow an integer in [0, bound) */
export function generatedName(prefix: string, randomBelow: (bound: number) => number): string {
  let suffix = '';
  for (let count = 0; count < suffixLength; count += 1) {
    suffix += safeAlphabet[randomBelow(safeAlphabet.length)];
  }
  return prefix.slice(0, nameLengthMax - suffixLength) + suffix;
}

export interface NewObject {
  readonly uid: string;
  /** Milliseconds since the Unix epoch. */
  readonly wallTime: number;
  readonly randomBelow: (bound: number) => number;
}

/** Writes what only the server writes into the metadata of an object that is being created. */
export function initializeMetadata(
  object: KubernetesObject,
  { uid, wallTime, randomBelow }: NewObject,
): void {
  const { metadata } = object;
  delete metadata.resourceVersion;
  delete metadata.selfLink;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  metadata.uid = uid;
  metadata.creationTimestamp = formatTime(wallTime);
  if (metadata.name === '' && metadata.generateName !== undefined && metadata.generateName !== '') {
    metadata.name = generatedName(metadata.generateName, randomBelow);
  }
}

/** What a client may leave out on an update is taken from the stored object. */
export function inheritMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  metadata.uid ||= old.uid ?? '';
  if (metadata.uid === '') delete metadata.uid;
  for (const key of ['creationTimestamp', 'deletionTimestamp'] as const) {
    if (metadata[key] === undefined && old[key] !== undefined) metadata[key] = old[key];
  }
  if (
    metadata.deletionGracePeriodSeconds === undefined &&
    old.deletionGracePeriodSeconds !== undefined
  ) {
    metadata.deletionGracePeriodSeconds = old.deletionGracePeriodSeconds;
  }
  if (old.generation === undefined) delete metadata.generation;
  else metadata.generation = old.generation;
  delete metadata.selfLink;
}

export const defaultNameProblems: NameCheck = dns1123SubdomainProblems;
