/** What ReplicaSet and Deployment share: a selector, a template, a count. */
import { invalid, forbidden, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { goLabelSelector, goLabels } from '../../go-literal.ts';
import type { LabelSelector, PodTemplateSpec } from '../../generated/types.ts';
import { selectorFromLabelSelector } from '../../label-selector.ts';
import { isImmutable, validateNotNegative, validateTemplateMetadata } from '../../metadata.ts';
import { deepEqual } from '../../equality.ts';
import { validatePodSpec } from '../pods/validation/pod-spec.ts';
import { isEmptySelector, validateLabelSelector } from './selector-validation.ts';

interface WorkloadSpec {
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
  readonly replicas?: number;
  readonly minReadySeconds?: number;
}

export function validateWorkload(spec: WorkloadSpec): FieldError[] {
  const errors = [
    ...validateNotNegative('spec.replicas', spec.replicas),
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
  ];
  const { selector, template } = spec;
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    if (isEmptySelector(selector)) {
      const why = 'empty selector is invalid for deployment';
      errors.push(invalid('spec.selector', goLabelSelector(selector), why));
    }
  }
  if (template === undefined) return [...errors, required('spec.template')];
  const labels = template.metadata?.labels;
  const isSelected =
    selector === undefined ||
    isEmptySelector(selector) ||
    selectorFromLabelSelector(selector).matches(labels);
  if (!isSelected) {
    const why = '`selector` does not match template `labels`';
    errors.push(invalid('spec.template.metadata.labels', goLabels(labels), why));
  }
  errors.push(...validateTemplateMetadata(template.metadata, 'spec.template.metadata'));
  errors.push(...validatePodSpec(template.spec, 'spec.template.spec'));
  const { restartPolicy, activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const why = 'activeDeadlineSeconds in ReplicaSet is not Supported';
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', why));
  }
  return errors;
}

export function validateSelectorUnchanged(
  selector: LabelSelector | undefined,
  old: LabelSelector | undefined,
): FieldError[] {
  return deepEqual(selector, old)
    ? []
    : [invalid('spec.selector', goLabelSelector(selector), isImmutable)];
}

/** The names and images of a template's containers, as wide tables show them. */
export function containerCells(template: PodTemplateSpec | undefined): [string, string] {
  const containers = template?.spec.containers ?? [];
  return [
    containers.map(({ name }) => name).join(','),
    containers.map(({ image }) => image ?? '').join(','),
  ];
}
