import { describe, expect, test } from 'vitest';
import { horizontalPodAutoscalers } from '../../registry.ts';
import type { MetricSpec, MetricStatus } from '../../generated/types.ts';
import {
  createErrors,
  created,
  decoded,
  statusUpdated,
  updated,
  wallTime,
} from '../../testing/writes.ts';

const scaleTargetRef = { kind: 'Deployment', name: 'web' };
const errors = (spec: object) =>
  createErrors(horizontalPodAutoscalers, { spec: { scaleTargetRef, maxReplicas: 3, ...spec } });
const metric = (one: object) => errors({ metrics: [one] });
const scaleUp = (rules: object) => errors({ behavior: { scaleUp: rules } });
const at = 'spec.metrics[0]';
const up = 'spec.behavior.scaleUp';
const average = { type: 'AverageValue', averageValue: '5' };
const named = { metric: { name: 'hits' }, target: average };
const quantity = (value: number) =>
  `resource.Quantity{i:resource.int64Amount{value:${value}, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}`;
const types = 'supported values: "ContainerResource", "External", "Object", "Pods", "Resource"';

test.each<[string, string[], string[]]>([
  [
    'bounds below one',
    errors({ minReplicas: 0, maxReplicas: 0 }),
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
    ],
  ],
  [
    'bounds the wrong way round',
    errors({ minReplicas: 4 }),
    ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  ],
  [
    'no workload',
    errors({ scaleTargetRef: {} }),
    ['spec.scaleTargetRef.kind: Required value', 'spec.scaleTargetRef.name: Required value'],
  ],
  [
    'names that are paths',
    errors({ scaleTargetRef: { kind: '..', name: 'a/b%' } }),
    [
      'spec.scaleTargetRef.kind: Invalid value: "..": may not be \'..\'',
      'spec.scaleTargetRef.name: Invalid value: "a/b%": may not contain \'/\'',
      'spec.scaleTargetRef.name: Invalid value: "a/b%": may not contain \'%\'',
    ],
  ],
  ['an external metric', metric({ type: 'External', external: named }), []],
  ['a metric of pods', metric({ type: 'Pods', pods: named }), []],
  [
    'no type',
    metric({}),
    [
      `${at}.type: Required value: must specify a metric source type`,
      `${at}.type: Unsupported value: "": ${types}`,
      `${at}.type: Unsupported value: "": ${types}`,
    ],
  ],
  [
    'an unknown type',
    metric({ type: 'Gold', pods: named }),
    [
      `${at}.type: Unsupported value: "Gold": ${types}`,
      `${at}.type: Unsupported value: "Gold": ${types}`,
    ],
  ],
  [
    'a type with the source of another',
    metric({ type: 'Pods', external: named }),
    [`${at}.pods: Required value: must populate information for the given metric source`],
  ],
  [
    'two sources',
    metric({ type: 'Pods', pods: named, external: named }),
    [`${at}.external: Forbidden: must populate the given metric source only`],
  ],
  [
    'a resource without name, container and target',
    metric({ type: 'ContainerResource', containerResource: { target: { type: 'Value' } } }),
    [
      `${at}.containerResource.name: Required value: must specify a resource name`,
      `${at}.containerResource.container: Required value: must specify a container`,
      `${at}.containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`,
    ],
  ],
  [
    'a resource with two targets',
    metric({
      type: 'Resource',
      resource: {
        name: 'cpu',
        target: { type: 'Utilization', averageUtilization: 0, averageValue: '0' },
      },
    }),
    [
      `${at}.resource.target.averageValue: Invalid value: ${quantity(0)}: must be positive`,
      `${at}.resource.target.averageUtilization: Invalid value: 0: must be greater than 0`,
      `${at}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`,
    ],
  ],
  [
    'a metric of pods without name and average',
    metric({ type: 'Pods', pods: { metric: {}, target: { value: '-5' } } }),
    [
      `${at}.pods.metric.name: Required value: must specify a metric name`,
      `${at}.pods.target.type: Required value: must specify a metric target type`,
      `${at}.pods.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue`,
      `${at}.pods.target.value: Invalid value: ${quantity(-5)}: must be positive`,
      `${at}.pods.target.averageValue: Required value: must specify a positive target averageValue`,
    ],
  ],
  [
    'a metric of no object',
    metric({ type: 'Object', object: { metric: { name: 'a/b' }, target: { type: 'Value' } } }),
    [
      `${at}.object.describedObject.kind: Required value`,
      `${at}.object.describedObject.name: Required value`,
      `${at}.object.metric.name: Invalid value: "a/b": may not contain '/'`,
      `${at}.object.target.averageValue: Required value: must set either a target value or averageValue`,
    ],
  ],
  [
    'an external metric without target',
    metric({ type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value' } } }),
    [
      `${at}.external.target.averageValue: Required value: must set either a target value for metric or a per-pod target`,
    ],
  ],
  [
    'an external metric with two',
    metric({
      type: 'External',
      external: { metric: { name: 'm' }, target: { ...average, value: '1' } },
    }),
    [
      `${at}.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target`,
    ],
  ],
  ['a behaviour of defaults', errors({ behavior: {} }), []],
  [
    'windows',
    errors({
      behavior: {
        scaleUp: { stabilizationWindowSeconds: -1 },
        scaleDown: { stabilizationWindowSeconds: 3601 },
      },
    }),
    [
      `${up}.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero`,
      'spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    ],
  ],
  [
    'policies',
    scaleUp({
      selectPolicy: 'Best',
      policies: [
        { type: 'Nodes', value: 0, periodSeconds: 0 },
        { type: 'Pods', value: 1, periodSeconds: 1801 },
      ],
    }),
    [
      `${up}.selectPolicy: Unsupported value: "Best": supported values: "Disabled", "Max", "Min"`,
      `${up}.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"`,
      `${up}.policies[0].value: Invalid value: 0: must be greater than zero`,
      `${up}.policies[0].periodSeconds: Invalid value: 0: must be greater than zero`,
      `${up}.policies[1].periodSeconds: Invalid value: 1801: must be less than or equal to 1800`,
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

describe('a HorizontalPodAutoscaler', () => {
  test('wants one replica at least and 80% of the CPU, and fills a behaviour', () => {
    const { spec } = decoded(horizontalPodAutoscalers, {
      spec: {
        scaleTargetRef,
        maxReplicas: 3,
        behavior: { scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 } },
      },
    });
    expect(spec.minReplicas).toBe(1);
    expect(spec.metrics).toEqual([
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ]);
    expect(spec.behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Disabled',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    });
  });

  const old = created(horizontalPodAutoscalers, { spec: { scaleTargetRef, maxReplicas: 3 } });

  test('its status is not written by those who write its spec', () => {
    const edit = (object: typeof old) => {
      object.spec.maxReplicas = 5;
      object.status.desiredReplicas = 5;
    };
    const { object, errors: found } = updated(horizontalPodAutoscalers, old, edit);
    expect(found).toEqual([]);
    expect(object.status).toEqual({ desiredReplicas: 0, currentMetrics: [] });
  });

  test('its status counts from zero', () => {
    const edit = (object: typeof old) => {
      object.status = { currentReplicas: -1, desiredReplicas: -2 };
    };
    expect(statusUpdated(horizontalPodAutoscalers, old, edit).errors).toEqual([
      'status.currentReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.desiredReplicas: Invalid value: -2: must be greater than or equal to 0',
    ]);
  });

  const targets = (metrics: MetricSpec[], currentMetrics: MetricStatus[] = []) =>
    horizontalPodAutoscalers.cells(
      { ...old, spec: { ...old.spec, metrics }, status: { ...old.status, currentMetrics } },
      0,
    )[2];
  const cpu: MetricSpec = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
  };

  test.each<[string, ReturnType<typeof targets>, string]>([
    ['nothing', targets([]), '<none>'],
    ['what nobody measured', targets([cpu]), 'cpu: <unknown>/50%'],
    [
      'a utilization',
      targets(
        [cpu],
        [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12 } } }],
      ),
      'cpu: 12%/50%',
    ],
    [
      'an amount of a container',
      targets(
        [
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'memory',
              container: 'c',
              target: { type: 'AverageValue', averageValue: '100Mi' },
            },
          },
        ],
        [
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'memory',
              container: 'c',
              current: { averageValue: '10Mi' },
            },
          },
        ],
      ),
      'memory: 10Mi/100Mi',
    ],
    [
      'what others measure, and more',
      targets(
        [
          { type: 'External', external: named },
          {
            type: 'Object',
            object: {
              describedObject: { ...scaleTargetRef, apiVersion: '' },
              metric: { name: 'm' },
              target: { type: 'Value', value: '7' },
            },
          },
          { type: 'Pods', pods: named },
        ],
        [
          {
            type: 'External',
            external: { metric: { name: 'hits' }, current: { averageValue: '3' } },
          },
        ],
      ),
      '3/5 (avg), <unknown>/7 + 1 more...',
    ],
    ['what this version does not know', targets([{ type: 'Gold' }]), '<unknown type>'],
  ])('shows %s', (_what, cell, expected) => {
    expect(cell).toBe(expected);
  });

  test('shows its workload and its bounds', () => {
    const cells = horizontalPodAutoscalers.cells(old, wallTime);
    expect(cells.toSpliced(2, 1)).toEqual(['x', 'Deployment/web', '1', 3, 0, '0s']);
  });
});
