/**
 * Ephemeral containers are added to a pod that runs, to look into it, and stay as they are. Source:
 * upstream's ValidatePodEphemeralContainersUpdate.
 */
import { deepEqual, differingPaths } from '../../../equality.ts';
import { forbidden } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { EphemeralContainer, Pod } from '../../../generated/types.ts';
import { mirrorAnnotation, validateFixedAnnotations } from './annotations.ts';
import { validatePod } from './pod-spec.ts';

/** Keeps all of `old` but these containers. */
export function prepareEphemeralContainers(pod: Pod, old: Pod): void {
  const { ephemeralContainers } = pod.spec;
  const { resourceVersion } = pod.metadata;
  Object.assign(pod, old);
  pod.metadata = { ...old.metadata };
  if (resourceVersion === undefined) delete pod.metadata.resourceVersion;
  else pod.metadata.resourceVersion = resourceVersion;
  pod.spec = { ...old.spec };
  if (ephemeralContainers === undefined) delete pod.spec.ephemeralContainers;
  else pod.spec.ephemeralContainers = ephemeralContainers;
}

export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return [forbidden('', 'static pods do not support ephemeral containers')];
  }
  const field = 'spec.ephemeralContainers';
  const now = new Map((pod.spec.ephemeralContainers ?? []).map((one) => [one.name, one]));
  return [
    ...validatePod(pod),
    ...validateFixedAnnotations(pod.metadata.annotations, old.metadata.annotations),
    ...(old.spec.ephemeralContainers ?? []).flatMap((before) => {
      const quoted = `"${before.name}"`;
      const after = now.get(before.name);
      if (after === undefined) {
        return [forbidden(field, `existing ephemeral containers ${quoted} may not be removed\n`)];
      }
      if (deepEqual(before, after)) return [];
      const changed = changedLines(before, after);
      return [
        forbidden(field, `existing ephemeral containers ${quoted} may not be changed\n${changed}`),
      ];
    }),
  ];
}

function changedLines(before: EphemeralContainer, after: EphemeralContainer): string {
  return differingPaths(before, after)
    .map((path) => `  ${path}\n`)
    .join('');
}
