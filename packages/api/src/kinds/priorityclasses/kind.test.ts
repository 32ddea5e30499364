import { describe, expect, test } from 'vitest';
import { priorityClasses } from '../../registry.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';

const named = (name: string, body: object) =>
  createErrors(priorityClasses, { metadata: { name }, ...body });
const reserved =
  "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ";

test.each<[string, string[], string[]]>([
  ['the highest of people', createErrors(priorityClasses, { value: 1_000_000_000 }), []],
  [
    'one above it',
    createErrors(priorityClasses, { value: 1_000_000_001 }),
    ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
  ],
  ['a class of the system', named('system-node-critical', { value: 2_000_001_000 }), []],
  [
    'a class of the system with another value',
    named('system-cluster-critical', { value: 1 }),
    [`${reserved}value of system-cluster-critical PriorityClass must be 2000000000`],
  ],
  [
    'a class of the system for everybody',
    named('system-cluster-critical', { value: 2_000_000_000, globalDefault: true }),
    [`${reserved}globalDefault of system-cluster-critical PriorityClass must be false`],
  ],
  [
    'a name that looks like one of the system',
    named('system-mine', { value: 1 }),
    [`${reserved}system-mine is not a known system priority class`],
  ],
  [
    'an unknown policy',
    createErrors(priorityClasses, { value: 1, preemptionPolicy: 'Sometimes' }),
    [
      'preemptionPolicy: Unsupported value: "Sometimes": supported values: "Never", "PreemptLowerPriority"',
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

describe('a PriorityClass', () => {
  const old = created(priorityClasses, { value: 10 });

  test('has a generation, and preempts unless it says otherwise', () => {
    expect(old.metadata.generation).toBe(1);
    expect(old.preemptionPolicy).toBe('PreemptLowerPriority');
  });

  test('keeps its value and its policy', () => {
    const edit = (object: typeof old) => {
      object.value = 11;
      object.preemptionPolicy = 'Never';
      object.description = 'may change';
    };
    expect(updated(priorityClasses, old, edit).errors).toEqual([
      'value: Forbidden: may not be changed in an update.',
      'preemptionPolicy: Invalid value: "Never": field is immutable',
    ]);
  });

  test('shows what it says', () => {
    expect(priorityClasses.cells(old, wallTime + 1_000)).toEqual([
      'x',
      10,
      false,
      '1s',
      'PreemptLowerPriority',
    ]);
  });
});
