/** What of a pod may change: hardly anything. */
import { differingPaths, deepEqual } from '../../../equality.ts';
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Container, Pod, PodSpec } from '../../../generated/types.ts';
import { validateTolerations } from './scheduling.ts';

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
            'only deletion is allowed, but found new scheduling gate',
          ),
        ],
  );
}

function validateImages(containers: readonly Container[], field: string): FieldError[] {
  return containers.flatMap(({ image = '' }, index) => {
    const at = `${field}[${index}].image`;
    if (image === '') return [required(at)];
    return image === image.trim()
      ? []
      : [invalid(at, image, 'must not have leading or trailing whitespace')];
  });
}

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const { spec } = pod;
  const initContainers = spec.initContainers ?? [];
  const oldInitContainers = old.spec.initContainers ?? [];
  for (const [now, before, key] of [
    [spec.containers, old.spec.containers, 'containers'],
    [initContainers, oldInitContainers, 'initContainers'],
  ] as const) {
    if (now.length !== before.length) {
      return [forbidden(`spec.${key}`, 'pod updates may not add or remove containers')];
    }
  }
  const errors = [
    ...validateImages(spec.containers, 'spec.containers'),
    ...validateImages(initContainers, 'spec.initContainers'),
    ...validateDeadline(spec, old.spec),
    ...validateAddedTolerations(spec, old.spec),
  ];
  const expected: PodSpec = {
    ...spec,
    containers: withOldImages(spec.containers, old.spec.containers),
  };
  if (initContainers.length > 0) {
    expected.initContainers = withOldImages(initContainers, oldInitContainers);
  }
  copyField(expected, old.spec, 'activeDeadlineSeconds');
  copyField(expected, old.spec, 'tolerations');
  errors.push(...validateRemovedGates(spec, old.spec));
  copyField(expected, old.spec, 'schedulingGates');
  if (
    (old.spec.terminationGracePeriodSeconds ?? 0) < 0 &&
    spec.terminationGracePeriodSeconds === 1
  ) {
    copyField(expected, old.spec, 'terminationGracePeriodSeconds');
  }
  if (!deepEqual(expected, old.spec)) {
    const paths = differingPaths(expected, old.spec).map((path) => `  spec.${path}`);
    errors.push(forbidden('spec', `${changeable}\n${paths.join('\n')}\n`));
  }
  return errors;
}

function copyField<K extends keyof PodSpec>(to: PodSpec, from: PodSpec, key: K): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key];
}

/** The phases and reasons are the node's to say, but a finished container stays finished. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (pod.spec.restartPolicy === 'Always') return errors;
  for (const key of ['containerStatuses', 'initContainerStatuses'] as const) {
    (pod.status[key] ?? []).forEach((status, index) => {
      const before = old.status[key]?.find(({ name }) => name === status.name);
      const ended = before?.state?.terminated;
      if (ended === undefined || status.state?.terminated !== undefined) return;
      if (pod.spec.restartPolicy === 'OnFailure' && ended.exitCode !== 0) return;
      const why = 'may not be transitioned to non-terminated state';
      errors.push(forbidden(`status.${key}[${index}].state`, why));
    });
  }
  return errors;
}
