/** The rules of a CronJob, in upstream's words. */
import { describe, expect, test } from 'vitest';
import { deepCopy } from '../../equality.ts';
import { formatFieldError } from '../../field-error.ts';
import { create, created, updated, wallTime } from '../../testing/writes.ts';
import { cronJobs } from './kind.ts';

const pod = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' };
const jobTemplate = { spec: { template: { spec: pod } } };
const body = (spec: object = {}) => ({ spec: { schedule: '0 * * * *', jobTemplate, ...spec } });

test('what is left out gets the defaults of upstream, the template only those of its pods', () => {
  const { object, errors } = create(cronJobs, body());
  expect(errors).toEqual([]);
  expect(object.metadata.generation).toBe(1);
  expect(object.spec).toMatchObject({
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    jobTemplate: { spec: { template: { spec: { dnsPolicy: 'ClusterFirst' } } } },
  });
  expect(object.spec.jobTemplate.spec).not.toHaveProperty('backoffLimit');
});

describe('spec', () => {
  const unknownZone = (zone: string) =>
    `spec.timeZone: Invalid value: "${zone}": unknown time zone ${zone}`;

  test.each<[string, object, string[]]>([
    ['no schedule', { schedule: '' }, ['spec.schedule: Required value']],
    [
      'half a schedule',
      { schedule: '* * *' },
      ['spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]'],
    ],
    ['a descriptor', { schedule: '@every 90m' }, []],
    [
      'a time zone in the schedule',
      { schedule: 'TZ=UTC 0 * * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    [
      'an unknown time zone in the schedule',
      { schedule: 'CRON_TZ=Mars/Base 0 * * * *' },
      [
        'spec.schedule: Invalid value: "CRON_TZ=Mars/Base 0 * * * *": provided bad location Mars/Base: unknown time zone Mars/Base',
        'spec.schedule: Invalid value: "CRON_TZ=Mars/Base 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    ['a time zone', { timeZone: 'Europe/Berlin' }, []],
    [
      'an empty time zone',
      { timeZone: '' },
      ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
    ],
    ['an unknown time zone', { timeZone: 'Mars/Base' }, [unknownZone('Mars/Base')]],
    ['a time zone in another case', { timeZone: 'europe/berlin' }, [unknownZone('europe/berlin')]],
    ['a path', { timeZone: 'Europe/../UTC' }, [unknownZone('Europe/../UTC')]],
    ['a dash', { timeZone: 'Europe/-Berlin' }, [unknownZone('Europe/-Berlin')]],
    ['an offset', { timeZone: '+05:30' }, [unknownZone('+05:30')]],
    ['an offset without a colon', { timeZone: '+0530' }, [unknownZone('+0530')]],
    [
      'the zone of the machine',
      { timeZone: 'Local' },
      [
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
    ],
    [
      'the zone of the machine, in another case',
      { timeZone: 'LOCAL' },
      [
        'spec.timeZone: Invalid value: "LOCAL": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
        unknownZone('LOCAL'),
      ],
    ],
    [
      'negative numbers',
      {
        startingDeadlineSeconds: -1,
        successfulJobsHistoryLimit: -2,
        failedJobsHistoryLimit: -3,
      },
      [
        'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.successfulJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
        'spec.failedJobsHistoryLimit: Invalid value: -3: must be greater than or equal to 0',
      ],
    ],
    [
      'an unknown policy',
      { concurrencyPolicy: 'Queue' },
      [
        'spec.concurrencyPolicy: Unsupported value: "Queue": supported values: "Allow", "Forbid", "Replace"',
      ],
    ],
    [
      'Jobs that are none',
      { jobTemplate: { spec: { parallelism: -1, template: { spec: { containers: [] } } } } },
      [
        'spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
        'spec.jobTemplate.spec.template.spec.containers: Required value',
        'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      ],
    ],
    [
      'Jobs with a selector of their own',
      {
        jobTemplate: {
          spec: {
            manualSelector: true,
            selector: { matchLabels: { a: 'b' } },
            template: { spec: pod },
          },
        },
      },
      [
        'spec.jobTemplate.spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` will be auto-generated',
        'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(create(cronJobs, body(spec)).errors).toEqual(errors);
  });
});

test('its name leaves room for that of its Jobs, on create', () => {
  const name = 'a'.repeat(53);
  const { object, errors } = create(cronJobs, { ...body(), metadata: { name, namespace: 'n' } });
  expect(errors).toEqual([
    `metadata.name: Invalid value: "${name}": must be no more than 52 characters`,
  ]);
  expect(cronJobs.validateUpdate(deepCopy(object), object)).toEqual([]);
});

describe('updates', () => {
  test('count when the spec changes', () => {
    const { object, errors } = updated(
      cronJobs,
      created(cronJobs, body()),
      ({ spec }) => (spec.suspend = true),
    );
    expect(errors).toEqual([]);
    expect(object.metadata.generation).toBe(2);
  });

  const change = (old: object, next: object) => {
    const stored = create(cronJobs, body(old)).object;
    const object = deepCopy(stored);
    Object.assign(object.spec, next);
    return cronJobs.validateUpdate(object, stored).map(formatFieldError);
  };

  test('a schedule that always had a time zone may keep it, but not beside the field', () => {
    const schedule = 'TZ=UTC 0 * * * *';
    expect(change({ schedule }, { suspend: true })).toEqual([]);
    expect(change({ schedule }, { timeZone: 'UTC' })).toEqual([
      `spec.schedule: Invalid value: "${schedule}": cannot use both timeZone field and TZ or CRON_TZ in schedule`,
    ]);
    expect(change({}, { schedule })).toEqual([
      `spec.schedule: Invalid value: "${schedule}": cannot use TZ or CRON_TZ in schedule, use timeZone field instead`,
    ]);
  });

  test('a time zone that is no more may stay', () => {
    expect(change({ timeZone: 'Mars/Base' }, { suspend: true })).toEqual([]);
    expect(change({ timeZone: 'Mars/Base' }, { timeZone: 'Mars/Dome' })).toHaveLength(1);
  });
});

test('rows of a table', () => {
  const { object } = create(cronJobs, body());
  const cells = (...middle: (string | number)[]) => [
    'x',
    '0 * * * *',
    ...middle,
    'c',
    'i',
    '<none>',
  ];
  expect(cronJobs.cells(object, wallTime + 5_000)).toEqual(
    cells('<none>', 'False', 0, '<none>', '5s'),
  );
  const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'x-1' };
  object.spec.timeZone = 'Asia/Tokyo';
  object.spec.suspend = true;
  object.status = { active: [job, job], lastScheduleTime: '2026-11-21T08:00:02Z' };
  expect(cronJobs.cells(object, wallTime + 5_000)).toEqual(
    cells('Asia/Tokyo', 'True', 2, '3s', '5s'),
  );
  delete object.spec.suspend;
  expect(cronJobs.cells(object, wallTime + 5_000)[3]).toBe('<unset>');
});
