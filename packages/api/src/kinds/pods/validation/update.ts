/** What of a pod may change: hardly anything. */
import { differingPaths, deepEqual } from '../../../equality.ts';
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Container, Pod, PodSpec } from '../../../generated/types.ts';
import { validateFixedAnnotations } from './annotations.ts';
import { validateTrimmedImages } from './containers.ts';
import { keepGatedPlacement, validateGatedPlacement } from './gated-update.ts';
import { validateTolerations } from './tolerations.ts';

const changeable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function withOldImages(containers: readonly Container[], old: readonly Container[]): Container[] {
  return containers.map((container, index) => {
    const { image: _image, ...rest } = container;
    const oldImage = old[index]?.image;
    return oldImage === undefined ? rest : { ...rest, image: oldImage };
  });
}

function validateDeadline(spec: PodSpec, old: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const [now, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (now === undefined) {
    const why = 'must not update from a positive integer to nil value';
    return before === undefined ? [] : [invalid(field, undefined, why)];
  }
  if (now < 0 || now > 2_147_483_647) {
    return [invalid(field, now, 'must be between 0 and 2147483647, inclusive')];
  }
  return before !== undefined && before < now
    ? [invalid(field, now, 'must be less than or equal to previous value')]
    : [];
}

function validateAddedTolerations(spec: PodSpec, old: PodSpec): FieldError[] {
  const field = 'spec.tolerations';
  const withoutSeconds = (toleration: NonNullable<PodSpec['tolerations']>[number]) => {
    const { tolerationSeconds: _seconds, ...rest } = toleration;
    return rest;
  };
  const kept = (old.tolerations ?? []).every((before) =>
    (spec.tolerations ?? []).some((now) => deepEqual(withoutSeconds(now), withoutSeconds(before))),
  );
  return kept
    ? validateTolerations(spec.tolerations ?? [], field)
    : [forbidden(field, 'existing toleration can not be modified except its tolerationSeconds')];
}

/** Gates may be taken away one by one, never added. */
function validateRemovedGates(spec: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) =>
    before.has(name)
      ? []
      : [
          forbidden(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

function validateImages(containers: readonly Container[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  containers.forEach(({ image = '' }, index) => {
    if (image === '') errors.push(required(`${field}[${index}].image`));
  });
  return [...errors, ...validateTrimmedImages(containers, field)];
}

/** What may change is put back to what it was: the rest must then be the same. */
function withoutAllowedChanges(spec: PodSpec, old: PodSpec): PodSpec {
  const expected: PodSpec = {
    ...spec,
    containers: withOldImages(spec.containers, old.containers),
  };
  if (spec.initContainers !== undefined && spec.initContainers.length > 0) {
    expected.initContainers = withOldImages(spec.initContainers, old.initContainers ?? []);
  }
  copyField(expected, old, 'activeDeadlineSeconds');
  copyField(expected, old, 'tolerations');
  copyField(expected, old, 'schedulingGates');
  const graceSeconds = old.terminationGracePeriodSeconds ?? 0;
  if (graceSeconds < 0 && spec.terminationGracePeriodSeconds === 1) {
    copyField(expected, old, 'terminationGracePeriodSeconds');
  }
  if ((old.schedulingGates ?? []).length > 0) keepGatedPlacement(expected, old);
  return expected;
}

function validateContainerCounts(spec: PodSpec, old: PodSpec): FieldError[] {
  for (const key of ['containers', 'initContainers'] as const) {
    if ((spec[key] ?? []).length === (old[key] ?? []).length) continue;
    return [forbidden(`spec.${key}`, 'pod updates may not add or remove containers')];
  }
  return [];
}

export function validatePodUpdate(
  { metadata, spec }: Pod,
  { metadata: oldMetadata, spec: old }: Pod,
): FieldError[] {
  const errors = validateFixedAnnotations(metadata.annotations, oldMetadata.annotations);
  errors.push(...validateImages(spec.containers, 'spec.containers'));
  const countErrors = validateContainerCounts(spec, old);
  if (countErrors.length > 0) return [...errors, ...countErrors];
  errors.push(...validateImages(spec.initContainers ?? [], 'spec.initContainers'));
  const deadlineErrors = validateDeadline(spec, old);
  errors.push(...deadlineErrors);
  // Upstream looks no further when the new deadline is wrong, but does when it is missing.
  if (deadlineErrors.length > 0 && spec.activeDeadlineSeconds !== undefined) return errors;
  errors.push(...validateAddedTolerations(spec, old), ...validateRemovedGates(spec, old));
  if (deepEqual(spec, old)) return errors;
  if ((old.schedulingGates ?? []).length > 0) errors.push(...validateGatedPlacement(spec, old));
  const expected = withoutAllowedChanges(spec, old);
  if (!deepEqual(expected, old)) {
    const paths = differingPaths(expected, old).map((path) => `  spec.${path}`);
    errors.push(forbidden('spec', `${changeable}\n${paths.join('\n')}\n`));
  }
  return errors;
}

function copyField<K extends keyof PodSpec>(to: PodSpec, from: PodSpec, key: K): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key];
}
