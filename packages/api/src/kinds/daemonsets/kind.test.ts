/** The rules of a DaemonSet, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, statusErrors, updated, wallTime } from '../../testing/writes.ts';
import { daemonSets } from './kind.ts';

const labels = { app: 'agent' };
const pod = { containers: [{ name: 'c', image: 'i' }] };
const body = (spec: object = {}) => ({
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
    ...spec,
  },
});
const rolling = (rollingUpdate: object) => ({ updateStrategy: { rollingUpdate } });
const generationKey = 'deprecated.daemonset.template.generation';

test('what is left out gets the defaults of upstream', () => {
  const { object, errors } = create(daemonSets, body());
  expect(errors).toEqual([]);
  expect(object).toMatchObject({
    metadata: { generation: 1, annotations: { [generationKey]: '1' } },
    spec: {
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
      template: { spec: { restartPolicy: 'Always' } },
    },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0 },
  });
});

const percentWords =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

test.each<[string, object, string[]]>([
  [
    'no selector',
    { selector: null },
    [
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"agent"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'an empty selector',
    { selector: {} },
    [
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for daemonset',
    ],
  ],
  [
    'a selector that cannot be looked for',
    { selector: { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] } },
    [
      "spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    ],
  ],
  [
    'pods that end',
    {
      template: {
        metadata: { labels },
        spec: { ...pod, restartPolicy: 'Never', activeDeadlineSeconds: 5 },
      },
    },
    [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ],
  ],
  [
    'no containers',
    { template: { metadata: { labels }, spec: { containers: [] } } },
    ['spec.template.spec.containers: Required value'],
  ],
  [
    'negative numbers',
    { minReadySeconds: -1, revisionHistoryLimit: -2 },
    [
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
    ],
  ],
  [
    'an unknown strategy',
    { updateStrategy: { type: 'Recreate' } },
    [
      'spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{Type:"Recreate", RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: supported values: "RollingUpdate", "OnDelete"',
    ],
  ],
  ['OnDelete', { updateStrategy: { type: 'OnDelete' } }, []],
  [
    'shares of nothing',
    rolling({ maxUnavailable: '-1%', maxSurge: -1 }),
    [
      `spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"-1%"}: ${percentWords}`,
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'more than all',
    rolling({ maxUnavailable: '0%', maxSurge: '101%' }),
    [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
  ],
  [
    'both ways at once',
    rolling({ maxUnavailable: '10%', maxSurge: 1 }),
    [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:0, IntVal:1, StrVal:""}: may not be set when maxUnavailable is non-zero',
    ],
  ],
  [
    'neither way',
    rolling({ maxUnavailable: 0 }),
    [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
  ],
])('%s', (_what, spec, errors) => {
  expect(create(daemonSets, body(spec)).errors).toEqual(errors);
});

test('rollingUpdate cannot be taken away', () => {
  const { object } = create(daemonSets, body());
  delete object.spec.updateStrategy!.rollingUpdate;
  expect(daemonSets.validate(object)).toMatchObject([
    { type: 'Required', field: 'spec.updateStrategy.rollingUpdate' },
  ]);
});

test('changes of the template are counted apart', () => {
  const template = updated(daemonSets, created(daemonSets, body()), ({ spec }) => {
    spec.template.spec.containers[0]!.image = 'j';
  });
  expect(template.object.metadata).toMatchObject({
    generation: 2,
    annotations: { [generationKey]: '2' },
  });
  const other = updated(daemonSets, created(daemonSets, body()), (object) => {
    object.spec.minReadySeconds = 5;
    object.metadata.annotations = { [generationKey]: '99' };
  });
  expect(other.object.metadata).toMatchObject({
    generation: 2,
    annotations: { [generationKey]: '1' },
  });
  const metadata = { name: 'x', namespace: 'default', annotations: { [generationKey]: '7' } };
  expect(create(daemonSets, { ...body(), metadata }).object.metadata.annotations).toEqual({
    [generationKey]: '7',
  });
});

test('the selector stays', () => {
  const { errors } = updated(daemonSets, created(daemonSets, body()), ({ spec }) => {
    spec.selector = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
  });
  expect(errors).toEqual([
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Exists", Values:[]string(nil)}}}: field is immutable',
  ]);
});

const counts = {
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  desiredNumberScheduled: 0,
  numberReady: 0,
};

test.each([
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
])('status.%s is not negative', (key) => {
  const status = { ...counts, [key]: -1 };
  expect(statusErrors(daemonSets, body(), { new: status })).toEqual([
    `status.${key}: Invalid value: -1: must be greater than or equal to 0`,
  ]);
});

test('collisions are not forgotten', () => {
  const statuses = { old: { ...counts, collisionCount: 3 }, new: counts };
  expect(statusErrors(daemonSets, body(), statuses)).toEqual([
    'status.collisionCount: Invalid value: 0: cannot be decremented',
  ]);
});

test('a row of a table', () => {
  const nodeSelector = { disk: 'ssd', arch: 'arm' };
  const { object } = create(
    daemonSets,
    body({ template: { metadata: { labels }, spec: { ...pod, nodeSelector } } }),
  );
  object.status = {
    desiredNumberScheduled: 5,
    currentNumberScheduled: 4,
    numberReady: 3,
    updatedNumberScheduled: 2,
    numberAvailable: 1,
    numberMisscheduled: 0,
  };
  const cells = ['x', 5, 4, 3, 2, 1, 'arch=arm,disk=ssd', '5s', 'c', 'i', 'app=agent'];
  expect(daemonSets.cells(object, wallTime + 5_000)).toEqual(cells);
});
