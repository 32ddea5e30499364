import { describe, expect, test } from 'vitest';
import type {
  Pod,
  PodDisruptionBudget,
  PodDisruptionBudgetSpec,
  PodDisruptionBudgetStatus,
} from '@drydock/api';
import {
  budgetOf,
  isFree,
  mayBecomeReady,
  needsNoBudget,
  spendDisruption,
} from './disruption-budget.ts';

const wallTime = Date.UTC(2026, 10, 21, 8);
const now = '2026-11-21T08:00:00Z';

function pod(phase: string, { ready = false, metadata = {} } = {}): Pod {
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  return {
    metadata: { name: 'p', labels: { app: 'web' }, ...metadata },
    status: { phase, conditions },
  } as unknown as Pod;
}

function budget(
  spec: Partial<PodDisruptionBudgetSpec> = {},
  status: Partial<PodDisruptionBudgetStatus> = {},
): PodDisruptionBudget {
  return {
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    metadata: { name: 'b', generation: 2 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: {
      observedGeneration: 2,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      ...status,
    },
  };
}

test.each<[Pod, boolean, boolean]>([
  [pod('Running'), false, true],
  [pod('Pending'), true, true],
  [pod('Succeeded'), true, false],
  [pod('Failed'), true, false],
  [pod('Running', { metadata: { deletionTimestamp: now } }), true, false],
])('who needs no budget, and who may become ready meanwhile: %#', (one, goes, mayTurn) => {
  expect(needsNoBudget(one)).toBe(goes);
  expect(mayBecomeReady(one)).toBe(mayTurn);
});

describe('the budget of a pod', () => {
  test('is the one that selects it; an empty selector selects all, none selects nothing', () => {
    const other = budget({ selector: { matchLabels: { app: 'db' } } });
    const { selector: _selector, ...rest } = budget().spec;
    const without = { ...budget(), spec: rest };
    const own = budget();
    expect(budgetOf(pod('Running'), [other, without, own])).toBe(own);
    expect(budgetOf(pod('Running'), [other, without])).toBeUndefined();
    const all = budget({ selector: {} });
    expect(budgetOf(pod('Running'), [all])).toBe(all);
  });

  test('is only one', () => {
    expect(() => budgetOf(pod('Running'), [budget(), budget()])).toThrow(
      expect.objectContaining({
        code: 500,
        message:
          'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      }),
    );
  });
});

test.each<[string, Pod, PodDisruptionBudget, boolean]>([
  ['a ready pod', pod('Running', { ready: true }), budget(), false],
  ['one that is not ready where enough are', pod('Running'), budget(), true],
  [
    'one that is not ready where too few are',
    pod('Running'),
    budget({ unhealthyPodEvictionPolicy: 'IfHealthyBudget' }, { currentHealthy: 1 }),
    false,
  ],
  [
    'one that is not ready where none need be',
    pod('Running'),
    budget({}, { desiredHealthy: 0 }),
    false,
  ],
  [
    'one that is not ready where that does not matter',
    pod('Running'),
    budget({ unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { currentHealthy: 0 }),
    true,
  ],
])('%s is free: %#', (_what, one, of, expected) => {
  expect(isFree(one, of)).toBe(expected);
});

describe('a disruption', () => {
  test('is counted, with the pod that it is spent on', () => {
    const of = budget({}, { disruptionsAllowed: 2, disruptedPods: { a: now } });
    expect(spendDisruption(of, 'p', wallTime)).toEqual({
      ...of.status,
      disruptionsAllowed: 1,
      disruptedPods: { a: now, p: now },
    });
  });

  test('that is the last says that none is left', () => {
    expect(spendDisruption(budget(), 'p', wallTime)).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'False',
          reason: 'InsufficientPods',
          message: '',
          observedGeneration: 2,
          lastTransitionTime: now,
        },
      ],
    });
  });

  const violation = "Cannot evict pod as it would violate the pod's disruption budget.";
  const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`p${index}`, now]));

  test.each<[string, Partial<PodDisruptionBudgetStatus>, object]>([
    [
      'none is left',
      { disruptionsAllowed: 0 },
      {
        code: 429,
        message: violation,
        status: expect.objectContaining({
          details: {
            causes: [
              {
                reason: 'DisruptionBudget',
                message: 'The disruption budget b needs 2 healthy pods and has 3 currently',
              },
            ],
          },
        }) as unknown,
      },
    ],
    [
      'the controller has not seen the budget yet',
      { observedGeneration: 1 },
      {
        code: 429,
        message: violation,
        status: expect.objectContaining({
          details: {
            causes: [
              {
                reason: 'DisruptionBudget',
                message: 'The disruption budget b is still being processed by the server.',
              },
            ],
            retryAfterSeconds: 10,
          },
        }) as unknown,
      },
    ],
    [
      'less than none is left',
      { disruptionsAllowed: -1 },
      {
        code: 403,
        message: 'poddisruptionbudget.policy "b" is forbidden: pdb disruptions allowed is negative',
      },
    ],
    [
      'too many wait for the controller',
      { disruptedPods: many },
      {
        code: 403,
        message:
          'poddisruptionbudget.policy "b" is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller',
      },
    ],
  ])('is refused when %s', (_what, status, failure) => {
    expect(() => spendDisruption(budget({}, status), 'p', wallTime)).toThrow(
      expect.objectContaining(failure),
    );
  });
});
