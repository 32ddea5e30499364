/** That nothing is lost between autoscaling/v1 and v2. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricTarget,
  MetricValueStatus,
  V1HorizontalPodAutoscaler,
} from '../../generated/types.ts';
import { normalize } from '../../normalize.ts';
import { typedValue } from '../../testing/typed-values.ts';
import { autoscalerFromV1, autoscalerToV1 } from './v1.ts';

const alpha = 'autoscaling.alpha.kubernetes.io';
const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };

/** Every target says what its type says, as validation wants it. */
const amount = fc.constantFrom('100m', '1Gi', '3');
const targets = {
  object: fc.oneof(
    fc.record({ type: fc.constant('Value'), value: amount }),
    fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
  ),
  external: fc.oneof(
    fc.record({ type: fc.constant('Value'), value: amount }),
    fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
  ),
  pods: fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
  resource: fc.oneof(
    fc.record({ type: fc.constant('Utilization'), averageUtilization: fc.nat() }),
    fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
  ),
  containerResource: fc.oneof(
    fc.record({ type: fc.constant('Utilization'), averageUtilization: fc.nat() }),
    fc.record({ type: fc.constant('AverageValue'), averageValue: amount }),
  ),
} satisfies Record<string, fc.Arbitrary<MetricTarget>>;
/** What v1 always writes of a value that was measured. */
const measured = {
  object: fc.record({ value: amount }),
  external: fc.record({ value: amount }),
  pods: fc.record({ averageValue: amount }),
  resource: fc.record({ averageValue: amount, averageUtilization: fc.nat() }),
  containerResource: fc.record({ averageValue: amount }),
} satisfies Record<string, fc.Arbitrary<MetricValueStatus>>;

const typeOf = (source: string) => source[0]!.toUpperCase() + source.slice(1);

function oneMetric<T>(
  schema: 'MetricSpec' | 'MetricStatus',
  values: Record<string, fc.Arbitrary<unknown>>,
  key: 'target' | 'current',
): fc.Arbitrary<T> {
  return fc.constantFrom(...Object.keys(values)).chain((source) =>
    fc
      .tuple(typedValue(schema, { words: ['cpu', 'memory', 'hits'] }), values[source]!)
      .map(([any, value]) => {
        const body = { ...(any[source] as object | undefined), [key]: value };
        return normalize({ type: typeOf(source), [source]: body }, schema) as T;
      }),
  );
}

const autoscaler = fc
  .record({
    any: typedValue('HorizontalPodAutoscaler'),
    metrics: fc.array(oneMetric<MetricSpec>('MetricSpec', targets, 'target'), {
      minLength: 1,
      maxLength: 4,
    }),
    currentMetrics: fc.array(oneMetric('MetricStatus', measured, 'current'), { maxLength: 3 }),
  })
  .map(({ any, metrics, currentMetrics }) => {
    const { spec, status, metadata } = normalize(
      any,
      'HorizontalPodAutoscaler',
    ) as unknown as HorizontalPodAutoscaler;
    return {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata,
      spec: { ...spec, metrics },
      status: { ...status, currentMetrics },
    } as HorizontalPodAutoscaler;
  });

const fitsField = ({ type, resource }: MetricSpec) =>
  type === 'Resource' &&
  resource?.name === 'cpu' &&
  resource.target.averageUtilization !== undefined;

describe('autoscaling/v1', () => {
  test('v2 comes back whole from v1, with the metric of the field at the end', () => {
    fc.assert(
      fc.property(autoscaler, (object) => {
        const metrics = object.spec.metrics!;
        const inField = metrics.find(fitsField);
        const others = metrics.filter((metric) => metric !== inField);
        expect(autoscalerFromV1(autoscalerToV1(object))).toEqual({
          ...object,
          spec: { ...object.spec, metrics: [...others, ...(inField ? [inField] : [])] },
        });
      }),
      { numRuns: 100 },
    );
  });

  test('v1 comes back whole from v2', () => {
    const simple = fc.record(
      { wanted: fc.nat(), current: fc.nat(), minReplicas: fc.nat() },
      { requiredKeys: ['wanted'] },
    );
    fc.assert(
      fc.property(simple, fc.nat(), ({ wanted, current, minReplicas }, replicas) => {
        const object: V1HorizontalPodAutoscaler = {
          kind: 'HorizontalPodAutoscaler',
          apiVersion: 'autoscaling/v1',
          metadata: { name: 'x', annotations: { own: 'stays' } },
          spec: {
            scaleTargetRef,
            maxReplicas: replicas,
            targetCPUUtilizationPercentage: wanted,
            ...(minReplicas === undefined ? {} : { minReplicas }),
          },
          status: {
            currentReplicas: replicas,
            desiredReplicas: replicas,
            ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
          },
        };
        const back = autoscalerToV1(autoscalerFromV1(object));
        // What was measured is kept in an annotation too: v2 can say more of it.
        const { [`${alpha}/current-metrics`]: statuses, ...annotations } =
          back.metadata.annotations!;
        expect(statuses === undefined).toBe(current === undefined);
        expect({ ...back, metadata: { ...back.metadata, annotations } }).toEqual(object);
      }),
    );
  });

  test('annotations have the shape that upstream writes', () => {
    const object: HorizontalPodAutoscaler = {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      metadata: { name: 'x', annotations: { [`${alpha}/metrics`]: 'old', own: 'stays' } },
      spec: {
        scaleTargetRef,
        maxReplicas: 3,
        metrics: [
          {
            type: 'Object',
            object: {
              describedObject: scaleTargetRef,
              metric: { name: 'hits' },
              target: { type: 'AverageValue', averageValue: '5' },
            },
          },
        ],
        behavior: {
          scaleDown: {
            selectPolicy: 'Max',
            policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }],
          },
        },
      },
      status: {
        desiredReplicas: 0,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 7 } } },
        ],
        conditions: [{ type: 'AbleToScale', status: 'True' }],
      },
    };
    const { metadata, status } = autoscalerToV1(object);
    expect(metadata.annotations).toEqual({
      own: 'stays',
      [`${alpha}/metrics`]:
        '[{"type":"Object","object":{"target":{"kind":"Deployment","name":"web","apiVersion":"apps/v1"},"metricName":"hits","targetValue":"0","averageValue":"5"}}]',
      [`${alpha}/current-metrics`]:
        '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":7,"currentAverageValue":"0"}}]',
      [`${alpha}/behavior`]:
        '{"ScaleUp":null,"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":15}]}}',
      [`${alpha}/conditions`]: '[{"type":"AbleToScale","status":"True"}]',
    });
    expect(status.currentCPUUtilizationPercentage).toBe(7);
  });

  test('no metric means 80% of the CPU, and annotations that cannot be read mean nothing', () => {
    const text = fc.oneof(
      fc.constantFrom('', 'abc', '{}', 'null', '[null]', '[1]', '[{"type":1}]', '{"ScaleUp":[1]}'),
      fc.json(),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('metrics', 'behavior', 'conditions', 'current-metrics'),
          text,
        ),
        (texts) => {
          const entries = Object.entries(texts).map(([key, value]) => [`${alpha}/${key}`, value]);
          const object = autoscalerFromV1({
            kind: 'HorizontalPodAutoscaler',
            apiVersion: 'autoscaling/v1',
            metadata: {
              name: 'x',
              annotations: Object.fromEntries(entries) as Record<string, string>,
            },
            spec: { scaleTargetRef, maxReplicas: 3 },
            status: { currentReplicas: 0, desiredReplicas: 0 },
          });
          expect(object.metadata).toEqual({ name: 'x' });
          expect(object.spec.metrics!.length).toBeGreaterThan(0);
          expect(normalize(object, 'HorizontalPodAutoscaler')).toEqual(object);
        },
      ),
    );
  });
});
