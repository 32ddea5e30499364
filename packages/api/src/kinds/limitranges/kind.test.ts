import { describe, expect, test } from 'vitest';
import { limitRanges } from '../../registry.ts';
import { createErrors, decoded } from '../../testing/writes.ts';

const errors = (...limits: object[]) => createErrors(limitRanges, { spec: { limits } });
const quantity = (value: number, scale: number) =>
  `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}`;

describe('defaults of a LimitRange', () => {
  test('a default limit is the maximum, a default request the limit, else the minimum', () => {
    const { spec } = decoded(limitRanges, {
      spec: {
        limits: [
          { type: 'Container', max: { cpu: '2' }, min: { cpu: '100m', memory: '1Mi' } },
          { type: 'Container', default: { cpu: '1' }, max: { cpu: '2' } },
        ],
      },
    });
    expect(spec.limits).toEqual([
      {
        type: 'Container',
        max: { cpu: '2' },
        min: { cpu: '100m', memory: '1Mi' },
        default: { cpu: '2' },
        defaultRequest: { cpu: '2', memory: '1Mi' },
      },
      {
        type: 'Container',
        max: { cpu: '2' },
        default: { cpu: '1' },
        defaultRequest: { cpu: '1' },
      },
    ]);
  });

  test('other types have none', () => {
    const limits = [{ type: 'Pod', max: { cpu: '2' } }];
    expect(decoded(limitRanges, { spec: { limits } }).spec.limits).toEqual(limits);
  });

  test('one without a name gets its uid for a name', () => {
    expect(createErrors(limitRanges, { metadata: { namespace: 'default' } })).toEqual([]);
  });
});

test.each<[string, string[], string[]]>([
  ['one of each type', errors({ type: 'Pod' }, { type: 'Container' }), []],
  ['an own type', errors({ type: 'example.com/Thing', max: { cpu: '1' } }), []],
  [
    'an unknown type',
    errors({ type: 'Node' }),
    [
      'spec.limits[0].type: Invalid value: "Node": must be a standard limit type or fully qualified',
    ],
  ],
  [
    'one type twice',
    errors({ type: 'Pod' }, { type: 'Pod' }),
    ['spec.limits[1].type: Duplicate value: "Pod"'],
  ],
  [
    'names of resources',
    errors({ type: 'Pod', max: { storage: '1', 'example.com/gpu': '1' }, min: { gold: '1' } }),
    [
      'spec.limits[0].max[storage]: Invalid value: "storage": must be a standard resource for containers',
      'spec.limits[0].min[gold]: Invalid value: "gold": must be a standard resource type or fully qualified',
      'spec.limits[0].min[gold]: Invalid value: "gold": must be a standard resource for containers',
    ],
  ],
  [
    'a name of quotas',
    errors({ type: 'Container', maxLimitRequestRatio: { 'requests.example.com/gpu': '1' } }),
    [
      'spec.limits[0].maxLimitRequestRatio[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": doesn\'t follow extended resource name standard',
    ],
  ],
  [
    'defaults of pods',
    errors({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
    [
      "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
      "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
    ],
  ],
  [
    'claims without storage',
    errors({ type: 'PersistentVolumeClaim' }),
    [
      'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
    ],
  ],
  ['claims', errors({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' } }), []],
  [
    'a minimum over all else',
    errors({
      type: 'Container',
      min: { cpu: '2' },
      max: { cpu: '1' },
      default: { cpu: '1' },
      defaultRequest: { cpu: '500m' },
    }),
    [
      `spec.limits[0].min[cpu]: Invalid value: ${quantity(2, 0)}: min value 2 is greater than max value 1`,
      `spec.limits[0].defaultRequest[cpu]: Invalid value: ${quantity(500, -3)}: min value 2 is greater than default request value 500m`,
      `spec.limits[0].default[cpu]: Invalid value: ${quantity(2, 0)}: min value 2 is greater than default value 1`,
    ],
  ],
  [
    'defaults over the maximum',
    errors({
      type: 'Container',
      max: { cpu: '1' },
      default: { cpu: '2' },
      defaultRequest: { cpu: '3' },
    }),
    [
      `spec.limits[0].defaultRequest[cpu]: Invalid value: ${quantity(3, 0)}: default request value 3 is greater than max value 1`,
      `spec.limits[0].defaultRequest[cpu]: Invalid value: ${quantity(3, 0)}: default request value 3 is greater than default limit value 2`,
      `spec.limits[0].default[cpu]: Invalid value: ${quantity(1, 0)}: default value 2 is greater than max value 1`,
    ],
  ],
  [
    'ratios',
    errors({
      type: 'Pod',
      min: { memory: '1' },
      max: { memory: '2' },
      maxLimitRequestRatio: { cpu: '500m', memory: '3' },
    }),
    [
      `spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: ${quantity(3, 0)}: ratio 3 is greater than max/min = 2.000000`,
      `spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: ${quantity(500, -3)}: ratio 500m is less than 1`,
    ],
  ],
  [
    'devices that cannot be promised twice',
    errors({
      type: 'Container',
      default: { 'example.com/gpu': '2' },
      defaultRequest: { 'example.com/gpu': '1' },
    }),
    [
      `spec.limits[0].defaultRequest[example.com/gpu]: Invalid value: ${quantity(1, 0)}: default value 2 must equal to defaultRequest value 1 in example.com/gpu`,
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});
