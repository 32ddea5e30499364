/** What workloads share: a template of pods, and a selector that must select them. */
import { deepEqual } from '../../equality.ts';
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { goLabelSelector, goLabels } from '../../go-literal.ts';
import type { LabelSelector, PodSpec, PodTemplateSpec } from '../../generated/types.ts';
import { selectorFromLabelSelector } from '../../label-selector.ts';
import type { Selector } from '../../label-selector.ts';
import { isImmutable, validateTemplateMetadata } from '../../metadata.ts';
import { validatePodAnnotations, validateProfilesMatch } from '../pods/validation/annotations.ts';
import { validatePodSpec } from '../pods/validation/pod-spec.ts';
import { isEmptySelector, validateLabelSelector } from './selector-validation.ts';

export function validatePodTemplate(template: PodTemplateSpec, field: string): FieldError[] {
  const annotations = template.metadata?.annotations;
  const errors = [
    ...validateTemplateMetadata(template.metadata, field),
    ...validatePodAnnotations(annotations, template.spec, `${field}.annotations`),
    ...validatePodSpec(template.spec, `${field}.spec`),
    ...validateProfilesMatch(annotations, template.spec, `${field}.spec`),
  ];
  if ((template.spec.ephemeralContainers ?? []).length > 0) {
    const why = 'ephemeral containers not allowed in pod template';
    errors.push(forbidden(`${field}.spec.ephemeralContainers`, why));
  }
  return errors;
}

/** Pods of most workloads are started again whenever they end. */
export function validateRunsForever(spec: PodSpec, field: string, kind: string): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = spec;
  const errors: FieldError[] = [];
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${field}.restartPolicy`, restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbidden(`${field}.activeDeadlineSeconds`, why));
  }
  return errors;
}

export function validateSelected(
  template: PodTemplateSpec,
  selector: Selector,
  field: string,
): FieldError[] {
  const labels = template.metadata?.labels;
  if (selector.isEverything || selector.matches(labels)) return [];
  const why = '`selector` does not match template `labels`';
  return [invalid(`${field}.metadata.labels`, goLabels(labels), why)];
}

/** @param noun the kind as upstream calls it here, which is 'deployment' for a ReplicaSet too */
export function validateRequiredSelector(
  selector: LabelSelector | undefined,
  noun: string,
): FieldError[] {
  const field = 'spec.selector';
  if (selector === undefined) return [required(field)];
  const errors = validateLabelSelector(selector, field);
  if (isEmptySelector(selector)) {
    const why = `empty selector is invalid for ${noun}`;
    errors.push(invalid(field, goLabelSelector(selector), why));
  }
  return errors;
}

/** Undefined when the selector says nothing that could be looked for. */
export function compileSelector(selector: LabelSelector | undefined): Selector | undefined {
  const isSound = validateLabelSelector(selector, '').length === 0;
  return isSound ? selectorFromLabelSelector(selector) : undefined;
}

export function validateSelectorUnchanged(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
): FieldError[] {
  return deepEqual(selector, old)
    ? []
    : [invalid('spec.selector', goLabelSelector(selector), isImmutable)];
}

/** The template of a ReplicaSet, and of a Deployment, which makes ReplicaSets of it. */
export function validateReplicaTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const field = 'spec.template';
  const compiled = compileSelector(selector);
  if (compiled === undefined) {
    return [invalid('spec.selector', goLabelSelector(selector), 'invalid label selector')];
  }
  if (template === undefined) return [required(field)];
  return [
    ...validateSelected(template, compiled, field),
    ...validatePodTemplate(template, field),
    ...validateRunsForever(template.spec, `${field}.spec`, 'ReplicaSet'),
  ];
}

/** The names and images of a template's containers, as wide tables show them. */
export function containerCells(template: PodTemplateSpec | undefined): [string, string] {
  const containers = template?.spec.containers ?? [];
  return [
    containers.map(({ name }) => name).join(','),
    containers.map(({ image }) => image ?? '').join(','),
  ];
}
