/**
 * autoscaling/v1 of an autoscaler, from and to v2. Pure.
 *
 * 1. v1 has a field for one metric, the utilization of CPU; what else v2 can say is kept in annotations
 *    (`autoscaling.alpha.kubernetes.io/...`), so that nothing is lost on the way back.
 * 2. An annotation that cannot be read is dropped: people may write anything there.
 * 3. The metric of the field comes last in v2, whatever its place was.
 * Source: upstream's autoscaling/v1 conversion.
 */
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  MetricStatus,
  ObjectMeta,
  V1HorizontalPodAutoscaler,
} from '../../generated/types.ts';
import { TypeMismatch, normalize } from '../../normalize.ts';
import { QuantityError } from '../../quantity.ts';
import type { SchemaName } from '../../schema.ts';
import { defaultMetrics } from './defaults.ts';
import { behaviorFromV1, behaviorToV1 } from './v1-behavior.ts';
import { metricFromV1, metricToV1, statusFromV1, statusToV1 } from './v1-metrics.ts';

const kind = 'HorizontalPodAutoscaler';
const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsAnnotation = `${prefix}metrics`;
const statusesAnnotation = `${prefix}current-metrics`;
const behaviorAnnotation = `${prefix}behavior`;
const conditionsAnnotation = `${prefix}conditions`;
const annotationNames = [
  metricsAnnotation,
  statusesAnnotation,
  behaviorAnnotation,
  conditionsAnnotation,
];

const isCpu = ({ type, resource }: MetricSpec | MetricStatus) =>
  type === 'Resource' && resource?.name === 'cpu';

/** The metric that the one field of v1 can say; upstream loses those of CPU that come after it. */
const fieldMetric = (metrics: readonly MetricSpec[]) =>
  metrics.find((one) => isCpu(one) && one.resource?.target.averageUtilization !== undefined);

const isEmpty = (record: object) => Object.keys(record).length === 0;

/** The metadata with `more` in place of what an earlier conversion has left. */
function withAnnotations(metadata: ObjectMeta, more: Record<string, string>): ObjectMeta {
  const { annotations, ...rest } = metadata;
  const own = Object.entries(annotations ?? {}).filter(([key]) => !annotationNames.includes(key));
  const all = { ...Object.fromEntries(own), ...more };
  return isEmpty(all) ? rest : { ...rest, annotations: all };
}

function annotationsOf({ spec, status }: HorizontalPodAutoscaler): Record<string, string> {
  const { metrics = [] } = spec;
  const inField = fieldMetric(metrics);
  const others = metrics.filter((metric) => metric !== inField);
  const { currentMetrics = [], conditions = [] } = status;
  const annotations: Record<string, string> = {};
  const write = (name: string, value: unknown) => {
    annotations[name] = JSON.stringify(value);
  };
  if (others.length > 0) write(metricsAnnotation, others.map(metricToV1));
  if (currentMetrics.length > 0) write(statusesAnnotation, currentMetrics.map(statusToV1));
  if (spec.behavior !== undefined) write(behaviorAnnotation, behaviorToV1(spec.behavior));
  if (conditions.length > 0) write(conditionsAnnotation, conditions);
  return annotations;
}

export function autoscalerToV1(object: HorizontalPodAutoscaler): V1HorizontalPodAutoscaler {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics = [] } = object.spec;
  const { currentMetrics = [], observedGeneration, lastScaleTime } = object.status;
  const wanted = fieldMetric(metrics)?.resource?.target.averageUtilization;
  const current = currentMetrics
    .filter(isCpu)
    .findLast(({ resource }) => resource?.current.averageUtilization !== undefined)?.resource
    ?.current.averageUtilization;
  return {
    kind,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(object.metadata, annotationsOf(object)),
    spec: {
      scaleTargetRef,
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      ...(wanted === undefined ? {} : { targetCPUUtilizationPercentage: wanted }),
    },
    status: {
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      currentReplicas: object.status.currentReplicas ?? 0,
      desiredReplicas: object.status.desiredReplicas,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

/** What an annotation holds, as `shape` makes it; undefined when it cannot be read. */
function readAnnotation<T>(
  { annotations }: ObjectMeta,
  name: string,
  shape: (value: unknown) => unknown,
): T | undefined {
  const text = annotations?.[name];
  if (text === undefined) return undefined;
  try {
    return shape(JSON.parse(text)) as T;
  } catch (error) {
    const isUnreadable = [SyntaxError, TypeError, TypeMismatch, QuantityError].some(
      (type) => error instanceof type,
    );
    if (isUnreadable) return undefined;
    throw error;
  }
}

/** A list whose elements are converted, and brought into the normal form of a type. */
const listOf =
  <T>(schema: SchemaName, convert: (element: T) => unknown) =>
  (value: unknown): unknown[] => {
    if (!Array.isArray(value)) throw new TypeError('not a list');
    return (value as T[]).map((element) => normalize(convert(element), schema));
  };

const readMetrics = listOf('MetricSpec', metricFromV1);
const readStatuses = listOf('MetricStatus', statusFromV1);
const readConditions = listOf('HorizontalPodAutoscalerCondition', (condition) => condition);
const readBehavior = (value: unknown) =>
  normalize(behaviorFromV1(value), 'HorizontalPodAutoscalerBehavior');

function readAnnotations(from: ObjectMeta) {
  return {
    metrics: readAnnotation<MetricSpec[]>(from, metricsAnnotation, readMetrics),
    statuses: readAnnotation<MetricStatus[]>(from, statusesAnnotation, readStatuses),
    behavior: readAnnotation<HorizontalPodAutoscalerBehavior>(
      from,
      behaviorAnnotation,
      readBehavior,
    ),
    conditions: readAnnotation<HorizontalPodAutoscalerCondition[]>(
      from,
      conditionsAnnotation,
      readConditions,
    ),
  };
}

export function autoscalerFromV1(object: V1HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { scaleTargetRef, minReplicas, maxReplicas, targetCPUUtilizationPercentage } = object.spec;
  const { observedGeneration, lastScaleTime, currentReplicas, desiredReplicas } = object.status;
  const { currentCPUUtilizationPercentage } = object.status;
  const carried = readAnnotations(object.metadata);
  const metrics = carried.metrics ?? [];
  if (targetCPUUtilizationPercentage !== undefined) {
    const target = { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage };
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target } });
  }
  // v1 has always meant this by no metric at all.
  if (metrics.length === 0) metrics.push(...defaultMetrics());
  const measured: MetricStatus[] =
    currentCPUUtilizationPercentage === undefined
      ? []
      : [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              current: { averageUtilization: currentCPUUtilizationPercentage },
            },
          },
        ];
  return {
    kind,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(object.metadata, {}),
    spec: {
      scaleTargetRef,
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      metrics,
      ...(carried.behavior === undefined ? {} : { behavior: carried.behavior }),
    },
    status: {
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      ...(currentReplicas === 0 ? {} : { currentReplicas }),
      desiredReplicas,
      // The annotation knows more than the field.
      currentMetrics: carried.statuses ?? measured,
      ...(carried.conditions?.length ? { conditions: carried.conditions } : {}),
    },
  };
}
