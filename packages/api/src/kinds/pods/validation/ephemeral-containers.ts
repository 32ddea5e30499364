/** Ephemeral containers, which only look. Source: upstream's validateEphemeralContainers. */
import { duplicate, forbidden, invalid, notFound } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { PodSpec } from '../../../generated/types.ts';
import { validateContainer } from './containers.ts';
import type { ContainerScope } from './containers.ts';

const notForThese = 'cannot be set for an Ephemeral Container';

/** What would make others rely on it, in the order of the fields of upstream's struct. */
const refusedFields = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

const isEmpty = (value: unknown) =>
  value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0);

export function validateEphemeralContainers(
  spec: PodSpec,
  scope: ContainerScope,
  field: string,
): FieldError[] {
  const targets = new Set(
    [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name),
  );
  const names = new Set(targets);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const at = `${field}.ephemeralContainers[${index}]`;
    const { name, targetContainerName = '', volumeMounts = [] } = container;
    const errors = validateContainer(container, scope, at);
    const { image = '' } = container;
    if (image !== image.trim()) {
      const why = 'must not have leading or trailing whitespace';
      errors.push(invalid(`${at}.image`, image, why));
    }
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (targetContainerName !== '' && !targets.has(targetContainerName)) {
      errors.push(notFound(`${at}.targetContainerName`, targetContainerName));
    }
    for (const key of refusedFields) {
      if (!isEmpty(container[key])) errors.push(forbidden(`${at}.${key}`, notForThese));
    }
    volumeMounts.forEach((mount, mountIndex) => {
      for (const key of ['subPath', 'subPathExpr'] as const) {
        if ((mount[key] ?? '') === '') continue;
        errors.push(forbidden(`${at}.volumeMounts[${mountIndex}].${key}`, notForThese));
      }
    });
    return errors;
  });
}
