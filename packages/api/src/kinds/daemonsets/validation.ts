import { invalid, notSupportedInOrder, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { DaemonSetSpec, DaemonSetUpdateStrategy } from '../../generated/types.ts';
import { goIntOrString, goLabelSelector, goStrategy } from '../../go-literal.ts';
import { validateNotNegative } from '../../metadata.ts';
import { isEmptySelector, validateLabelSelector } from '../shared/selector-validation.ts';
import { isNoShare, validateNotMoreThanAll, validateShare } from '../shared/share-validation.ts';
import {
  compileSelector,
  validatePodTemplate,
  validateRunsForever,
  validateSelected,
} from '../shared/workload.ts';

const strategyTypes = {
  strategy: 'apps.DaemonSetUpdateStrategy',
  rollingUpdate: 'apps.RollingUpdateDaemonSet',
};

function validateUpdateStrategy(strategy: DaemonSetUpdateStrategy): FieldError[] {
  const field = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const supported = ['RollingUpdate', 'OnDelete'];
    return [notSupportedInOrder(field, goStrategy(strategyTypes, strategy), supported)];
  }
  if (rollingUpdate === undefined) return [required(`${field}.rollingUpdate`)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const unavailableField = `${field}.rollingUpdate.maxUnavailable`;
  const surgeField = `${field}.rollingUpdate.maxSurge`;
  const errors = [
    ...validateShare(maxUnavailable, unavailableField),
    ...validateShare(maxSurge, surgeField),
    ...validateNotMoreThanAll(maxUnavailable, unavailableField),
    ...validateNotMoreThanAll(maxSurge, surgeField),
  ];
  // A node loses its pod first or gets the second one first, but not both.
  const [noneUnavailable, noSurge] = [isNoShare(maxUnavailable), isNoShare(maxSurge)];
  if (!noneUnavailable && !noSurge) {
    const why = 'may not be set when maxUnavailable is non-zero';
    errors.push(invalid(surgeField, goIntOrString(maxSurge), why));
  } else if (noneUnavailable && noSurge) {
    errors.push(required(unavailableField, 'cannot be 0 when maxSurge is 0'));
  }
  return errors;
}

export function validateDaemonSetSpec(spec: DaemonSetSpec): FieldError[] {
  const { selector, template } = spec as Partial<DaemonSetSpec> & Pick<DaemonSetSpec, 'template'>;
  const errors = validateLabelSelector(selector, 'spec.selector');
  const compiled = compileSelector(selector);
  if (compiled !== undefined) errors.push(...validateSelected(template, compiled, 'spec.template'));
  if (selector !== undefined && isEmptySelector(selector)) {
    const why = 'empty selector is invalid for daemonset';
    errors.push(invalid('spec.selector', goLabelSelector(selector), why));
  }
  return [
    ...errors,
    ...validatePodTemplate(template, 'spec.template'),
    ...validateRunsForever(template.spec, 'spec.template.spec', 'DaemonSet'),
    ...validateNotNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}),
    ...validateNotNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}
