/** What of a Job may change: its pods only while it is suspended and has not started yet. */
import { deepCopy, deepEqual } from '../../../equality.ts';
import { invalid } from '../../../field-error.ts';
import type { FieldError, GoLiteral } from '../../../field-error.ts';
import type { Job, JobSpec, PodTemplateSpec } from '../../../generated/types.ts';
import { goLabelSelector, goStruct } from '../../../go-literal.ts';
import { isImmutable, validateImmutable } from '../../../metadata.ts';

/** All of an Indexed Job's pods may run at once: then both numbers may change together. */
function validateCompletions(spec: JobSpec, old: JobSpec): FieldError[] {
  const field = 'spec.completions';
  const { completions, completionMode, parallelism } = spec;
  if (completionMode !== 'Indexed') return validateImmutable(field, completions, old.completions);
  if (completions === old.completions || completions === undefined) return [];
  return completions === parallelism
    ? []
    : [invalid(field, completions, 'can only be modified in tandem with spec.parallelism')];
}

/** The old template with all that may change while nothing runs taken from the new one. */
function withSchedulingOf(template: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec {
  const merged = deepCopy(old);
  merged.metadata = { ...old.metadata };
  copy(merged.metadata, template.metadata ?? {}, ['annotations', 'labels']);
  copy(merged.spec, template.spec, ['nodeSelector', 'schedulingGates', 'tolerations']);
  const affinity = { ...merged.spec.affinity };
  copy(affinity, template.spec.affinity ?? {}, ['nodeAffinity']);
  // No affinity at all is as good as one that says nothing, when the new template has none.
  const isNone = Object.keys(affinity).length === 0 && template.spec.affinity === undefined;
  if (isNone) delete merged.spec.affinity;
  else merged.spec.affinity = affinity;
  return merged;
}

function copy<T extends object, K extends keyof T>(to: T, from: T, keys: readonly K[]): void {
  for (const key of keys) {
    if (from[key] === undefined) delete to[key];
    else to[key] = from[key];
  }
}

function validateTemplate(job: Job, old: Job): FieldError[] {
  const { template } = job.spec;
  const mayMove = old.spec.suspend === true && old.status.startTime === undefined;
  const expected = mayMove ? withSchedulingOf(template, old.spec.template) : old.spec.template;
  return validateUnchanged('template', template, expected, goStruct('core.PodTemplateSpec'));
}

function validateUnchanged<T>(
  key: string,
  value: T | undefined,
  old: T | undefined,
  shown: GoLiteral,
): FieldError[] {
  if (deepEqual(value, old)) return [];
  return [invalid(`spec.${key}`, value === undefined ? undefined : shown, isImmutable)];
}

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const [spec, oldSpec] = [job.spec, old.spec];
  const fixed = (key: 'backoffLimitPerIndex' | 'completionMode' | 'managedBy') =>
    validateImmutable(`spec.${key}`, spec[key], oldSpec[key]);
  const policy = (key: 'podFailurePolicy' | 'successPolicy', type: string) =>
    validateUnchanged(key, spec[key], oldSpec[key], goStruct(type));
  return [
    ...validateCompletions(spec, oldSpec),
    ...validateUnchanged(
      'selector',
      spec.selector,
      oldSpec.selector,
      goLabelSelector(spec.selector),
    ),
    ...validateTemplate(job, old),
    ...fixed('completionMode'),
    ...policy('podFailurePolicy', 'batch.PodFailurePolicy'),
    ...fixed('backoffLimitPerIndex'),
    ...fixed('managedBy'),
    ...policy('successPolicy', 'batch.SuccessPolicy'),
  ];
}
