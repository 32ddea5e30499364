/** The metadata of the template of a claim, of which only labels and annotations are taken over. */
import { forbidden } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { ObjectMeta } from '../../generated/types.ts';
import { validateAnnotations, validateLabels } from '../../metadata.ts';

/** In the order of upstream's struct. */
const refusedFields = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The names of the struct's fields with a small first letter, which is how upstream tells of them. */
const upstreamNames: Readonly<Record<string, string>> = { uid: 'uID' };

function isSet(value: unknown): boolean {
  if (value === undefined || value === '' || value === 0) return false;
  return !Array.isArray(value) || value.length > 0;
}

export function validateClaimTemplateMetadata(
  metadata: Partial<ObjectMeta> | undefined,
  field: string,
): FieldError[] {
  if (metadata === undefined) return [];
  const errors = [
    ...validateAnnotations(metadata.annotations, `${field}.annotations`),
    ...validateLabels(metadata.labels, `${field}.labels`),
  ];
  for (const key of refusedFields) {
    if (!isSet(metadata[key])) continue;
    errors.push(forbidden(`${field}.${upstreamNames[key] ?? key}`, 'cannot be set'));
  }
  return errors;
}
