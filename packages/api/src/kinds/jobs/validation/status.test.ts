/** What may be said of a Job's progress, in upstream's words. */
import { expect, test } from 'vitest';
import { statusErrors } from '../../../testing/writes.ts';
import { jobs } from '../kind.ts';

const start = '2026-11-21T08:00:00Z';
const end = '2026-11-21T09:00:00Z';
const pod = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' };
const isTrue = (...types: string[]) => types.map((type) => ({ type, status: 'True' }));
const complete = {
  startTime: start,
  completionTime: end,
  conditions: isTrue('SuccessCriteriaMet', 'Complete'),
};
const failed = { startTime: start, conditions: isTrue('FailureTarget', 'Failed') };
const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 1 };
const withBackoff = { ...indexed, backoffLimitPerIndex: 1 };

interface Case {
  readonly spec?: object;
  readonly old?: object;
  readonly new: object;
}

test.each<[string, Case, string[]]>([
  ['a start', { new: { startTime: start, active: 1, ready: 1 } }, []],
  ['a success', { old: { startTime: start }, new: complete }, []],
  ['a failure', { old: { startTime: start }, new: failed }, []],
  [
    'negative counts',
    { new: { active: -1, succeeded: -2, failed: -3, ready: -4, terminating: -5 } },
    [
      'status.active: Invalid value: -1: must be greater than or equal to 0',
      'status.succeeded: Invalid value: -2: must be greater than or equal to 0',
      'status.failed: Invalid value: -3: must be greater than or equal to 0',
      'status.ready: Invalid value: -4: must be greater than or equal to 0',
      'status.terminating: Invalid value: -5: must be greater than or equal to 0',
      'status.failed: Invalid value: -3: cannot decrease the failed counter',
      'status.succeeded: Invalid value: -2: cannot decrease the succeeded counter',
    ],
  ],
  [
    'pods that were counted twice, or are none',
    { new: { uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } } },
    [
      'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
  ],
  [
    'success and failure',
    {
      new: {
        ...complete,
        conditions: isTrue('SuccessCriteriaMet', 'Complete', 'FailureTarget', 'Failed'),
      },
    },
    [
      'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and Failed=true conditions',
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
    ],
  ],
  [
    'an end of what has not succeeded',
    { new: { startTime: start, completionTime: end } },
    [
      'status.completionTime: Invalid value: 2026-11-21 09:00:00 +0000 UTC: cannot set completionTime when there is no Complete=True condition',
    ],
  ],
  [
    'a success without an end',
    { new: { startTime: start, conditions: complete.conditions } },
    ['status.completionTime: Required value: completionTime is required for Complete jobs'],
  ],
  [
    'an end before the start',
    { new: { ...complete, startTime: end, completionTime: start } },
    [
      'status.completionTime: Invalid value: 2026-11-21 08:00:00 +0000 UTC: completionTime cannot be set before startTime',
    ],
  ],
  [
    'a failure out of nowhere',
    { new: { startTime: start, conditions: isTrue('Failed') } },
    [
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
    ],
  ],
  [
    'a success out of nowhere',
    { new: { ...complete, conditions: isTrue('Complete') } },
    [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
  ],
  [
    'a success by another policy',
    {
      spec: { ...indexed, successPolicy: { rules: [{ succeededCount: 1 }] } },
      new: { ...complete, conditions: isTrue('Complete') },
    },
    [
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.conditions: Invalid value: cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
    ],
  ],
  [
    'an end with pods at work',
    {
      new: {
        conditions: failed.conditions,
        active: 1,
        terminating: 2,
        uncountedTerminatedPods: { failed: ['a'] },
      },
    },
    [
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.startTime: Required value: startTime is required for finished job',
      'status.uncountedTerminatedPods: Invalid value: batch.UncountedTerminatedPods{...}: uncountedTerminatedPods needs to be empty for finished job',
      'status.terminating: Invalid value: 2: terminating>0 is invalid for finished job',
    ],
  ],
  [
    'more that are ready than at work',
    { new: { active: 1, ready: 2 } },
    ['status.ready: Invalid value: 2: cannot set more ready pods than active'],
  ],
  [
    'indexes that are none',
    { spec: withBackoff, new: { completedIndexes: '7', failedIndexes: '2-1' } },
    [
      'status.completedIndexes: Invalid value: "7": error parsing completedIndexes: too large index: "7"',
      'status.failedIndexes: Invalid value: "2-1": error parsing failedIndexes: non-increasing order, previous: 2, current: 1',
    ],
  ],
  [
    'indexes of a Job without any',
    { new: { completedIndexes: '0', failedIndexes: '' } },
    [
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ],
  ],
  [
    'indexes that both failed and succeeded',
    { spec: withBackoff, new: { completedIndexes: '0-2', failedIndexes: '2,4' } },
    [
      'status.failedIndexes: Invalid value: "2,4": failedIndexes and completedIndexes overlap at index: 2',
    ],
  ],
  [
    'indexes as they should be',
    { spec: withBackoff, new: { completedIndexes: '0,3', failedIndexes: '1-2' } },
    [],
  ],
  [
    'an end that ends',
    { old: failed, new: { startTime: start, conditions: [] } },
    [
      'status.conditions: Invalid value: cannot disable the terminal Failed=True condition',
      'status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition',
    ],
  ],
  [
    'a success that was none',
    { old: complete, new: { ...failed, failed: 1 } },
    [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
  ],
  [
    'a success that is explained later',
    { old: { ...complete, conditions: isTrue('Complete') }, new: complete },
    [
      'status.conditions: Invalid value: cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
    ],
  ],
  [
    'lower counts',
    { old: { failed: 2, succeeded: 2 }, new: { failed: 1, succeeded: 1 } },
    [
      'status.failed: Invalid value: 1: cannot decrease the failed counter',
      'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter',
    ],
  ],
  [
    'fewer successes of a Job that was made smaller',
    { spec: { ...indexed, parallelism: 5 }, old: { succeeded: 2 }, new: { succeeded: 1 } },
    [],
  ],
  [
    'another end',
    { old: complete, new: { ...complete, completionTime: '2026-11-21T10:00:00Z' } },
    [
      'status.completionTime: Invalid value: 2026-11-21 10:00:00 +0000 UTC: completionTime cannot be mutated',
    ],
  ],
  [
    'another start',
    { old: { startTime: start }, new: { startTime: end } },
    ['status.startTime: Required value: startTime cannot be removed for unsuspended job'],
  ],
  [
    'no start of what is suspended',
    { spec: { suspend: true }, old: { startTime: start }, new: {} },
    [],
  ],
  [
    'what broke a rule before and is left as it is',
    {
      spec: withBackoff,
      old: { completedIndexes: '9', failedIndexes: '9', active: 0, ready: 3 },
      new: { completedIndexes: '9', failedIndexes: '9', active: 0, ready: 3, failed: 1 },
    },
    [],
  ],
])('%s', (_what, { spec, ...statuses }, errors) => {
  const body = { spec: { template: { spec: pod }, ...spec } };
  expect(statusErrors(jobs, body, statuses)).toEqual(errors);
});
