/** A Job's defaults, its selector, its rows, and what of it may change. */
import { describe, expect, test } from 'vitest';
import { create, created, updated } from '../../testing/writes.ts';
import type { Job, JobStatus } from '../../generated/types.ts';
import { jobs } from './kind.ts';

const pod = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' };
const body = (spec: object = {}) => ({ spec: { template: { spec: pod }, ...spec } });
const generated = {
  'batch.kubernetes.io/controller-uid': 'u1',
  'batch.kubernetes.io/job-name': 'x',
  'controller-uid': 'u1',
  'job-name': 'x',
};

describe('defaults', () => {
  test('one pod, six retries', () => {
    const { object, errors } = create(jobs, body());
    expect(errors).toEqual([]);
    expect(object).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        parallelism: 1,
        completions: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'TerminatingOrFailed',
        manualSelector: false,
      },
      status: {},
    });
  });

  test('with a parallelism, any success is enough', () => {
    const { spec } = create(jobs, body({ parallelism: 3 })).object;
    expect([spec.parallelism, spec.completions]).toEqual([3, undefined]);
    expect(create(jobs, body({ completions: 3 })).object.spec.parallelism).toBe(1);
  });

  test('a limit for each index leaves none for all, and a failure policy waits for the failed', () => {
    const { object, errors } = create(
      jobs,
      body({
        completions: 2,
        completionMode: 'Indexed',
        backoffLimitPerIndex: 1,
        podFailurePolicy: {
          rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }],
        },
      }),
    );
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      backoffLimit: 2_147_483_647,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: [{ onPodConditions: [{ status: 'True' }] }] },
    });
  });
});

describe('selector', () => {
  test('is generated, with labels that the Job has too when it has none', () => {
    const { spec, metadata } = create(jobs, body()).object;
    expect(spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } });
    expect(spec.template.metadata!.labels).toEqual(generated);
    expect(metadata.labels).toEqual(generated);
  });

  test('keeps the labels of the template, and those of the Job', () => {
    const template = { metadata: { labels: { app: 'a' } }, spec: pod };
    expect(create(jobs, body({ template })).object.metadata.labels).toEqual({
      app: 'a',
      ...generated,
    });
    const metadata = { name: 'x', namespace: 'default', labels: { mine: 'yes' } };
    const { object } = create(jobs, { metadata, ...body({ template }) });
    expect(object.metadata.labels).toEqual({ mine: 'yes' });
    expect(object.spec.template.metadata!.labels).toEqual({ app: 'a', ...generated });
  });

  test('is left alone when it is manual', () => {
    const labels = { app: 'a' };
    const { object, errors } = create(
      jobs,
      body({
        manualSelector: true,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod },
      }),
    );
    expect(errors).toEqual([]);
    expect(object.spec.selector).toEqual({ matchLabels: labels });
    expect(object.spec.template.metadata!.labels).toEqual(labels);
  });

  test.each<[string, object, string[]]>([
    [
      'manual and absent',
      { manualSelector: true },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
      ],
    ],
    [
      'manual and unsound',
      { manualSelector: true, selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      ],
    ],
    [
      'generated, against a label of the template',
      { template: { metadata: { labels: { 'job-name': 'y' } }, spec: pod } },
      [
        'spec.template.metadata.labels[job-name]: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"u1", "batch.kubernetes.io/job-name":"x", "controller-uid":"u1", "job-name":"y"}: must be \'x\'',
      ],
    ],
    [
      'generated, for the pods of another',
      { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u2' } } },
      [
        'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"batch.kubernetes.io/controller-uid":"u2"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` not auto-generated',
        'spec.template.metadata.labels: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"u1", "batch.kubernetes.io/job-name":"x", "controller-uid":"u1", "job-name":"x"}: `selector` does not match template `labels`',
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(create(jobs, body(spec)).errors).toEqual(errors);
  });

  test('is refused without its labels and without a uid', () => {
    const { object } = create(jobs, body());
    object.spec.template.metadata = {};
    delete object.metadata.uid;
    expect(jobs.validate(object)).toMatchObject([
      { type: 'Required', field: 'metadata.uid' },
      ...['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid'].map((key) => ({
        type: 'Required',
        field: `spec.template.metadata.labels[${key}]`,
      })),
      {
        type: 'Required',
        field: 'spec.template.metadata.labels[batch.kubernetes.io/job-name]',
        detail: "must be 'x'",
      },
      { field: 'spec.selector' },
      { field: 'spec.template.metadata.labels' },
    ]);
  });
});

describe('updates', () => {
  const immutable = (field: string, value: string) =>
    `spec.${field}: Invalid value: ${value}: field is immutable`;
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
  const failurePolicy = {
    rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }],
  };

  test.each<[string, object, (job: Job) => void, string[]]>([
    ['parallelism', {}, ({ spec }) => (spec.parallelism = 5), []],
    ['suspension', {}, ({ spec }) => (spec.suspend = true), []],
    ['completions', {}, ({ spec }) => (spec.completions = 2), [immutable('completions', '2')]],
    [
      'no completions any more',
      {},
      ({ spec }) => delete spec.completions,
      [immutable('completions', '"null"')],
    ],
    [
      'both numbers of an Indexed Job',
      indexed,
      ({ spec }) => Object.assign(spec, { completions: 2, parallelism: 2 }),
      [],
    ],
    [
      'one number of an Indexed Job',
      indexed,
      ({ spec }) => (spec.completions = 2),
      ['spec.completions: Invalid value: 2: can only be modified in tandem with spec.parallelism'],
    ],
    [
      'the number of an Indexed Job, to none',
      indexed,
      ({ spec }) => delete spec.completions,
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'the mode',
      indexed,
      ({ spec }) => (spec.completionMode = 'NonIndexed'),
      [immutable('completionMode', '"NonIndexed"')],
    ],
    [
      'the selector',
      {},
      ({ spec }) => delete spec.selector!.matchLabels,
      [
        immutable(
          'selector',
          'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}',
        ),
      ],
    ],
    [
      'the template',
      {},
      ({ spec }) => (spec.template.spec.containers[0]!.image = 'j'),
      [immutable('template', 'core.PodTemplateSpec{...}')],
    ],
    [
      'a failure policy',
      { podFailurePolicy: failurePolicy },
      ({ spec }) => (spec.podFailurePolicy!.rules[0]!.action = 'Count'),
      [immutable('podFailurePolicy', 'batch.PodFailurePolicy{...}')],
    ],
    [
      'no failure policy any more',
      { podFailurePolicy: failurePolicy },
      ({ spec }) => delete spec.podFailurePolicy,
      [immutable('podFailurePolicy', '"null"')],
    ],
    [
      'a success policy',
      indexed,
      ({ spec }) => (spec.successPolicy = { rules: [{ succeededCount: 1 }] }),
      [immutable('successPolicy', 'batch.SuccessPolicy{...}')],
    ],
    [
      'the limit for each index',
      { ...indexed, backoffLimitPerIndex: 1 },
      ({ spec }) => (spec.backoffLimitPerIndex = 2),
      [immutable('backoffLimitPerIndex', '2')],
    ],
    [
      'its manager',
      { managedBy: 'example.com/a' },
      ({ spec }) => (spec.managedBy = 'example.com/b'),
      [immutable('managedBy', '"example.com/b"')],
    ],
  ])('%s', (_what, spec, change, errors) => {
    const outcome = updated(jobs, created(jobs, body(spec)), change);
    expect(outcome.errors).toEqual(errors);
    expect(outcome.object.metadata.generation).toBe(2);
  });

  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms() } };
  function terms() {
    return {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' as const }] }],
    };
  }
  const withAffinity = { suspend: true, template: { spec: { ...pod, affinity } } };
  const podAffinity = {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: {} }],
    },
  };

  test.each<[string, object, (job: Job) => void]>([
    [
      'labels and annotations',
      { suspend: true },
      ({ spec }) =>
        (spec.template.metadata = {
          labels: { ...generated, a: 'b' },
          annotations: { c: 'd' },
        }),
    ],
    [
      'a node selector',
      { suspend: true },
      ({ spec }) => (spec.template.spec.nodeSelector = { a: 'b' }),
    ],
    [
      'tolerations',
      { suspend: true },
      ({ spec }) => (spec.template.spec.tolerations = [{ operator: 'Exists' }]),
    ],
    [
      'scheduling gates',
      { suspend: true },
      ({ spec }) => (spec.template.spec.schedulingGates = [{ name: 'a.b/c' }]),
    ],
    ['a new affinity', { suspend: true }, ({ spec }) => (spec.template.spec.affinity = affinity)],
    ['an empty affinity', { suspend: true }, ({ spec }) => (spec.template.spec.affinity = {})],
    ['no affinity any more', withAffinity, ({ spec }) => delete spec.template.spec.affinity],
    [
      'another affinity',
      {
        suspend: true,
        template: { spec: { ...pod, affinity: { ...affinity, ...podAffinity } } },
      },
      ({ spec }) => (spec.template.spec.affinity = podAffinity),
    ],
  ])('while it is suspended and never began: %s', (_what, spec, change) => {
    expect(updated(jobs, created(jobs, body(spec)), change).errors).toEqual([]);
    const unsuspended = updated(
      jobs,
      created(jobs, body({ ...spec, suspend: false })),
      change,
    ).errors;
    expect(unsuspended).toEqual([immutable('template', 'core.PodTemplateSpec{...}')]);
  });

  test.each<[string, object, (job: Job) => void]>([
    ['an image', { suspend: true }, ({ spec }) => (spec.template.spec.containers[0]!.image = 'j')],
    [
      'affinity to pods',
      { suspend: true },
      ({ spec }) => (spec.template.spec.affinity = podAffinity),
    ],
    [
      'no affinity to pods any more',
      { suspend: true, template: { spec: { ...pod, affinity: podAffinity } } },
      ({ spec }) => delete spec.template.spec.affinity,
    ],
  ])('not even while it is suspended: %s', (_what, spec, change) => {
    expect(updated(jobs, created(jobs, body(spec)), change).errors).toEqual([
      immutable('template', 'core.PodTemplateSpec{...}'),
    ]);
  });

  test('a Job that began once is past changing', () => {
    const old = create(jobs, body({ suspend: true })).object;
    old.status.startTime = '2026-11-21T08:00:00Z';
    const job = structuredClone(old);
    job.spec.template.spec.nodeSelector = { a: 'b' };
    expect(jobs.validateUpdate(job, old)).toMatchObject([{ field: 'spec.template' }]);
  });
});

describe('rows', () => {
  const start = '2026-11-21T08:00:00Z';
  const now = Date.parse(start) + 90_000;
  const isTrue = (...types: string[]) => ({
    conditions: types.map((type) => ({ type, status: 'True' as const })),
  });

  test.each<[object, JobStatus, string, string, string]>([
    [{}, {}, 'Running', '0/1', ''],
    [{ completions: 5 }, { succeeded: 2, startTime: start }, 'Running', '2/5', '90s'],
    [{ parallelism: 3 }, { succeeded: 1 }, 'Running', '1/1 of 3', ''],
    [{ parallelism: 1 }, { succeeded: 1 }, 'Running', '1/1', ''],
    [
      {},
      {
        ...isTrue('SuccessCriteriaMet', 'Complete'),
        startTime: start,
        completionTime: '2026-11-21T08:00:05Z',
      },
      'Complete',
      '0/1',
      '5s',
    ],
    [{}, isTrue('FailureTarget', 'Failed'), 'Failed', '0/1', ''],
    [{}, isTrue('Suspended'), 'Suspended', '0/1', ''],
    [{}, isTrue('FailureTarget'), 'FailureTarget', '0/1', ''],
    [{}, { conditions: [{ type: 'Failed', status: 'False' }] }, 'Running', '0/1', ''],
  ])('of %j with %j', (spec, status, state, completions, duration) => {
    const { object } = create(jobs, body(spec));
    object.status = status;
    object.metadata.creationTimestamp = start;
    const selector = 'batch.kubernetes.io/controller-uid=u1';
    const cells = ['x', state, completions, duration, '90s', 'c', 'i', selector];
    expect(jobs.cells(object, now)).toEqual(cells);
  });

  test('a Job that is being deleted terminates', () => {
    const { object } = create(jobs, body());
    object.metadata.deletionTimestamp = start;
    expect(jobs.cells(object, now)[1]).toBe('Terminating');
  });

  test('a field selector may ask how many succeeded', () => {
    const { object } = create(jobs, body());
    const read = jobs.fieldSelectors['status.successful']!;
    expect(read(object)).toBe('0');
    object.status.succeeded = 2;
    expect(read(object)).toBe('2');
  });
});
