/**
 * Metrics as the annotations of autoscaling/v1 hold them: an older shape, without the type of a target,
 * which follows from what is given.
 */
import type {
  CrossVersionObjectReference,
  LabelSelector,
  MetricIdentifier,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
  Quantity,
} from '../../generated/types.ts';
import { compareQuantities } from '../../quantity.ts';

interface V1ResourceMetricSource {
  readonly name: string;
  readonly targetAverageUtilization?: number;
  readonly targetAverageValue?: Quantity;
}

interface V1MetricSpec {
  readonly type: string;
  readonly object?: {
    readonly target: CrossVersionObjectReference;
    readonly metricName: string;
    /** Always written, '0' for none. */
    readonly targetValue: Quantity;
    readonly selector?: LabelSelector;
    readonly averageValue?: Quantity;
  };
  readonly pods?: {
    readonly metricName: string;
    readonly targetAverageValue: Quantity;
    readonly selector?: LabelSelector;
  };
  readonly resource?: V1ResourceMetricSource;
  readonly containerResource?: V1ResourceMetricSource & { readonly container: string };
  readonly external?: {
    readonly metricName: string;
    readonly metricSelector?: LabelSelector;
    readonly targetValue?: Quantity;
    readonly targetAverageValue?: Quantity;
  };
}

interface V1ResourceMetricStatus {
  readonly name: string;
  readonly currentAverageUtilization?: number;
  readonly currentAverageValue: Quantity;
}

interface V1MetricStatus {
  readonly type: string;
  readonly object?: {
    readonly target: CrossVersionObjectReference;
    readonly metricName: string;
    readonly currentValue: Quantity;
    readonly selector?: LabelSelector;
    readonly averageValue?: Quantity;
  };
  readonly pods?: {
    readonly metricName: string;
    readonly currentAverageValue: Quantity;
    readonly selector?: LabelSelector;
  };
  readonly resource?: V1ResourceMetricStatus;
  readonly containerResource?: V1ResourceMetricStatus & { readonly container: string };
  readonly external?: {
    readonly metricName: string;
    readonly metricSelector?: LabelSelector;
    readonly currentValue: Quantity;
    readonly currentAverageValue?: Quantity;
  };
}

/** Leaves out what is undefined, as JSON does. */
function given<T extends object>(record: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

const identifier = (name: string, selector: LabelSelector | undefined): MetricIdentifier =>
  given<MetricIdentifier>({ name, selector });

const resourceToV1 = ({ name, target }: { name: string; target: MetricTarget }) =>
  given<V1ResourceMetricSource>({
    name,
    targetAverageUtilization: target.averageUtilization,
    targetAverageValue: target.averageValue,
  });

export function metricToV1(metric: MetricSpec): V1MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return given<V1MetricSpec>({
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric.name,
      targetValue: object.target.value ?? '0',
      ...given({ selector: object.metric.selector, averageValue: object.target.averageValue }),
    },
    pods: pods && {
      metricName: pods.metric.name,
      targetAverageValue: pods.target.averageValue ?? '0',
      ...given({ selector: pods.metric.selector }),
    },
    resource: resource && resourceToV1(resource),
    containerResource: containerResource && {
      ...resourceToV1(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name,
      ...given({
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
    },
  });
}

function resourceTarget(source: V1ResourceMetricSource): MetricTarget {
  const { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue } = source;
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return given<MetricTarget>({ type, averageValue, averageUtilization, value: undefined });
}

/** A value of zero stands for none where there is an average. */
function objectTarget(value: Quantity, averageValue: Quantity | undefined): MetricTarget {
  if (averageValue === undefined) return { type: 'Value', value };
  const isSet = compareQuantities(value, '0') !== 0;
  return { type: 'AverageValue', ...(isSet ? { value } : {}), averageValue };
}

export function metricFromV1(metric: V1MetricSpec): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return given<MetricSpec>({
    type,
    object: object && {
      describedObject: object.target,
      target: objectTarget(object.targetValue, object.averageValue),
      metric: identifier(object.metricName, object.selector),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: { type: 'AverageValue', averageValue: pods.targetAverageValue },
    },
    resource: resource && { name: resource.name, target: resourceTarget(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      target: resourceTarget(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: given<MetricTarget>({
        type: external.targetValue === undefined ? 'AverageValue' : 'Value',
        value: external.targetValue,
        averageValue: external.targetAverageValue,
        averageUtilization: undefined,
      }),
    },
  });
}

const resourceStatusToV1 = ({ name, current }: { name: string; current: MetricValueStatus }) => ({
  name,
  ...given({ currentAverageUtilization: current.averageUtilization }),
  currentAverageValue: current.averageValue ?? '0',
});

export function statusToV1(status: MetricStatus): V1MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  return given<V1MetricStatus>({
    type,
    object: object && {
      target: object.describedObject,
      metricName: object.metric.name,
      currentValue: object.current.value ?? '0',
      ...given({ selector: object.metric.selector, averageValue: object.current.averageValue }),
    },
    pods: pods && {
      metricName: pods.metric.name,
      currentAverageValue: pods.current.averageValue ?? '0',
      ...given({ selector: pods.metric.selector }),
    },
    resource: resource && resourceStatusToV1(resource),
    containerResource: containerResource && {
      ...resourceStatusToV1(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name,
      ...given({ metricSelector: external.metric.selector }),
      currentValue: external.current.value ?? '0',
      ...given({ currentAverageValue: external.current.averageValue }),
    },
  });
}

const currentOf = (
  value: Quantity | undefined,
  averageValue: Quantity | undefined,
  averageUtilization?: number,
) => given<MetricValueStatus>({ value, averageValue, averageUtilization });

export function statusFromV1(status: V1MetricStatus): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  const resourceCurrent = (of: V1ResourceMetricStatus) =>
    currentOf(undefined, of.currentAverageValue, of.currentAverageUtilization);
  return given<MetricStatus>({
    type,
    object: object && {
      metric: identifier(object.metricName, object.selector),
      current: currentOf(object.currentValue, object.averageValue),
      describedObject: object.target,
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: currentOf(undefined, pods.currentAverageValue),
    },
    resource: resource && { name: resource.name, current: resourceCurrent(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      current: resourceCurrent(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: currentOf(external.currentValue, external.currentAverageValue),
    },
  });
}
