/** What an autoscaler measures, and what it wants each metric to be. */
import { forbidden, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  CrossVersionObjectReference,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '../../generated/types.ts';
import { goQuantity } from '../../go-literal.ts';
import { problemsAt } from '../../metadata.ts';
import { compareQuantities } from '../../quantity.ts';
import { pathSegmentProblems } from '../shared/path-segment.ts';

type Source = 'object' | 'external' | 'pods' | 'resource' | 'containerResource';

/** In the order in which upstream looks at them: only the first that is given is validated. */
const sources: readonly Source[] = ['object', 'external', 'pods', 'resource', 'containerResource'];
const sourceOfType: Readonly<Record<string, Source>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const metricTypes = Object.keys(sourceOfType);
const targetTypes = ['Utilization', 'Value', 'AverageValue'];

export function validateReference(
  reference: CrossVersionObjectReference,
  field: string,
): FieldError[] {
  return (['kind', 'name'] as const).flatMap((key) => {
    const value = reference[key];
    if (value === '') return [required(`${field}.${key}`)];
    return problemsAt(`${field}.${key}`, value, pathSegmentProblems(value));
  });
}

function validateIdentifier({ name }: MetricIdentifier, field: string): FieldError[] {
  if (name === '') return [required(`${field}.name`, 'must specify a metric name')];
  return problemsAt(`${field}.name`, name, pathSegmentProblems(name));
}

function validateTarget(target: MetricTarget, field: string): FieldError[] {
  const { type, averageUtilization } = target;
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric target type'));
  if (!targetTypes.includes(type)) {
    const why = 'must be either Utilization, Value, or AverageValue';
    errors.push(invalid(`${field}.type`, type, why));
  }
  for (const key of ['value', 'averageValue'] as const) {
    const quantity = target[key];
    if (quantity !== undefined && compareQuantities(quantity, '0') <= 0) {
      errors.push(invalid(`${field}.${key}`, goQuantity(quantity), 'must be positive'));
    }
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    const why = 'must be greater than 0';
    errors.push(invalid(`${field}.averageUtilization`, averageUtilization, why));
  }
  return errors;
}

/** A resource is measured as an amount or as a share of what was requested. */
function validateResourceTarget(target: MetricTarget, field: string): FieldError[] {
  const { averageUtilization, averageValue } = target;
  const errors = validateTarget(target, field);
  if (averageUtilization === undefined && averageValue === undefined) {
    const why = 'must set either a target raw value or a target utilization';
    errors.push(required(`${field}.averageUtilization`, why));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const why = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(`${field}.averageValue`, why));
  }
  return errors;
}

function validateSource(spec: MetricSpec, source: Source, field: string): FieldError[] {
  const lacksValue = ({ value, averageValue }: MetricTarget) =>
    value === undefined && averageValue === undefined;
  switch (source) {
    case 'object': {
      const { describedObject, metric, target } = spec.object!;
      const why = 'must set either a target value or averageValue';
      return [
        ...validateReference(describedObject, `${field}.describedObject`),
        ...validateIdentifier(metric, `${field}.metric`),
        ...validateTarget(target, `${field}.target`),
        ...(lacksValue(target) ? [required(`${field}.target.averageValue`, why)] : []),
      ];
    }
    case 'external': {
      const { metric, target } = spec.external!;
      const isMissing = 'must set either a target value for metric or a per-pod target';
      const isBoth = 'may not set both a target value for metric and a per-pod target';
      return [
        ...validateIdentifier(metric, `${field}.metric`),
        ...validateTarget(target, `${field}.target`),
        ...(lacksValue(target) ? [required(`${field}.target.averageValue`, isMissing)] : []),
        ...(target.value !== undefined && target.averageValue !== undefined
          ? [forbidden(`${field}.target.value`, isBoth)]
          : []),
      ];
    }
    case 'pods': {
      const { metric, target } = spec.pods!;
      const why = 'must specify a positive target averageValue';
      return [
        ...validateIdentifier(metric, `${field}.metric`),
        ...validateTarget(target, `${field}.target`),
        ...(target.averageValue === undefined
          ? [required(`${field}.target.averageValue`, why)]
          : []),
      ];
    }
    case 'resource':
    case 'containerResource': {
      const { name, target } = spec[source]!;
      const container = source === 'resource' ? undefined : spec.containerResource!.container;
      return [
        ...(name === '' ? [required(`${field}.name`, 'must specify a resource name')] : []),
        ...(container === '' ? [required(`${field}.container`, 'must specify a container')] : []),
        ...validateResourceTarget(target, `${field}.target`),
      ];
    }
    default:
      return source satisfies never;
  }
}

function validateMetric(spec: MetricSpec, field: string): FieldError[] {
  const { type } = spec;
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${field}.type`, 'must specify a metric source type'));
  const expected = Object.hasOwn(sourceOfType, type) ? sourceOfType[type] : undefined;
  if (expected === undefined) errors.push(notSupported(`${field}.type`, type, metricTypes));
  const given = sources.filter((source) => spec[source] !== undefined);
  const [first] = given;
  if (first !== undefined) errors.push(...validateSource(spec, first, `${field}.${first}`));
  if (expected === undefined) errors.push(notSupported(`${field}.type`, type, metricTypes));
  else if (spec[expected] === undefined) {
    const why = 'must populate information for the given metric source';
    errors.push(required(`${field}.${expected}`, why));
  }
  if (given.length === 1) return errors;
  const why = 'must populate the given metric source only';
  const others = given.filter((source) => source !== expected);
  return [...errors, ...others.map((source) => forbidden(`${field}.${source}`, why))];
}

export function validateMetrics(metrics: readonly MetricSpec[], field: string): FieldError[] {
  return metrics.flatMap((metric, index) => validateMetric(metric, `${field}[${index}]`));
}
