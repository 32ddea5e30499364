import { describe, expect, test } from 'vitest';
import type { Pod, PodSpec, PriorityClass } from '@drydock/api';
import { defaultClassProblem, keepPriority, resolvePriority } from './priority.ts';

const named = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  metadata: { name },
  value,
  preemptionPolicy: 'PreemptLowerPriority',
  ...more,
});
const pod = (spec: Partial<PodSpec>) => ({ spec: { containers: [], ...spec } }) as unknown as Pod;
const classes = [
  named('high', 100, { preemptionPolicy: 'Never' }),
  named('usual', 7, { globalDefault: true }),
  named('lower', 5, { globalDefault: true }),
];

describe('the priority of a pod', () => {
  test('is that of its class', () => {
    const one = pod({ priorityClassName: 'high' });
    expect(resolvePriority(one, classes)).toBeUndefined();
    expect(one.spec).toMatchObject({
      priorityClassName: 'high',
      priority: 100,
      preemptionPolicy: 'Never',
    });
  });

  test('is that of the least default class when it names none', () => {
    const one = pod({});
    expect(resolvePriority(one, classes)).toBeUndefined();
    expect(one.spec).toMatchObject({ priorityClassName: 'lower', priority: 5 });
  });

  test('is zero when there is no class', () => {
    const one = pod({});
    expect(resolvePriority(one, [])).toBeUndefined();
    expect(one.spec).toEqual({
      containers: [],
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  });

  test.each<[Partial<PodSpec>, string | undefined]>([
    [{ priorityClassName: 'none' }, 'no PriorityClass with name none was found'],
    [
      { priorityClassName: 'high', priority: 7 },
      'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name',
    ],
    [
      { priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' },
      'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never from the given PriorityClass name',
    ],
    [{ priorityClassName: 'high', priority: 100, preemptionPolicy: 'Never' }, undefined],
  ])('%j', (spec, problem) => {
    expect(resolvePriority(pod(spec), classes)).toBe(problem);
  });

  test('is kept by an update that does not mention it', () => {
    const one = pod({});
    keepPriority(one, pod({ priority: 9, preemptionPolicy: 'Never' }));
    expect(one.spec).toMatchObject({ priority: 9, preemptionPolicy: 'Never' });
    const other = pod({ priority: 1 });
    keepPriority(other, pod({ priority: 9 }));
    expect(other.spec.priority).toBe(1);
  });
});

describe('the class of all others', () => {
  test('is one', () => {
    const second = named('second', 1, { globalDefault: true });
    expect(defaultClassProblem(second, classes)).toBe(
      'PriorityClass lower is already marked as default. Only one default can exist',
    );
    expect(defaultClassProblem(named('second', 1), classes)).toBeUndefined();
    expect(defaultClassProblem(second, [])).toBeUndefined();
  });

  test('may be written again', () => {
    expect(defaultClassProblem(classes[2]!, classes)).toBeUndefined();
  });
});
