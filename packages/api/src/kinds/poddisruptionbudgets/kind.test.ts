import { describe, expect, test } from 'vitest';
import { podDisruptionBudgets } from '../../registry.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';

const errors = (spec: object) => createErrors(podDisruptionBudgets, { spec });
const text = (value: string) => `intstr.IntOrString{Type:1, IntVal:0, StrVal:"${value}"}`;
const percentWords =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

test.each<[string, string[], string[]]>([
  ['a number', errors({ minAvailable: 2 }), []],
  ['a share', errors({ maxUnavailable: '50%', unhealthyPodEvictionPolicy: 'AlwaysAllow' }), []],
  [
    'both bounds',
    errors({ minAvailable: 1, maxUnavailable: '50%', selector: {} }),
    [
      `spec: Invalid value: policy.PodDisruptionBudgetSpec{MinAvailable:intstr.IntOrString{Type:0, IntVal:1, StrVal:""}, Selector:v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}, MaxUnavailable:${text('50%')}}: minAvailable and maxUnavailable cannot be both set`,
    ],
  ],
  [
    'less than none',
    errors({ minAvailable: -1 }),
    ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'no percentage',
    errors({ maxUnavailable: 'half' }),
    [`spec.maxUnavailable: Invalid value: ${text('half')}: ${percentWords}`],
  ],
  [
    'more than all',
    errors({ minAvailable: '101%' }),
    [`spec.minAvailable: Invalid value: ${text('101%')}: must not be greater than 100%`],
  ],
  [
    'a selector that cannot be',
    errors({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    [
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    ],
  ],
  [
    'an unknown policy',
    errors({ unhealthyPodEvictionPolicy: 'Never' }),
    [
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

describe('the life of a PodDisruptionBudget', () => {
  const old = created(podDisruptionBudgets, { spec: { minAvailable: 1 } });

  test('it begins with no disruption allowed', () => {
    expect(old.metadata.generation).toBe(1);
    expect(old.status).toEqual({
      disruptionsAllowed: 0,
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
    });
  });

  test('a change of its spec counts, and leaves the status', () => {
    const edit = (object: typeof old) => {
      object.spec.minAvailable = 2;
      object.status.disruptionsAllowed = 9;
    };
    const { object, errors: found } = updated(podDisruptionBudgets, old, edit);
    expect(found).toEqual([]);
    expect(object.metadata.generation).toBe(2);
    expect(object.status.disruptionsAllowed).toBe(0);
  });

  test('its status counts from zero, and its conditions say why', () => {
    const edit = (object: typeof old) => {
      object.status.currentHealthy = -1;
      object.status.conditions = [
        {
          type: 'DisruptionAllowed',
          status: 'False',
          reason: 'InsufficientPods',
          message: '',
          lastTransitionTime: '2026-11-21T08:00:00Z',
        },
        { type: 'DisruptionAllowed', status: 'Maybe' as 'True', reason: '', message: '' } as never,
        {
          type: 'a/b/c',
          status: 'True',
          reason: '1',
          message: 'x'.repeat(32_769),
          observedGeneration: -1,
          lastTransitionTime: '2026-11-21T08:00:00Z',
        },
      ];
    };
    const { errors: found } = statusUpdated(podDisruptionBudgets, old, edit);
    expect(found.map((one) => one.slice(0, 110))).toEqual([
      'status.conditions[1].type: Duplicate value: "DisruptionAllowed"',
      'status.conditions[1].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[1].lastTransitionTime: Required value: must be set',
      'status.conditions[1].reason: Required value: must be set',
      expect.stringMatching(
        /^status.conditions\[2\].type: Invalid value: "a\/b\/c": a qualified name must/,
      ),
      'status.conditions[2].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
      expect.stringMatching(
        /^status.conditions\[2\].reason: Invalid value: "1": a condition reason must/,
      ),
      'status.conditions[2].message: Too long: may not be more than 32768 bytes',
      'status.currentHealthy: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  test('a table shows its bounds and what may go now', () => {
    expect(podDisruptionBudgets.cells(old, wallTime + 1_000)).toEqual(['x', '1', 'N/A', 0, '1s']);
  });
});
