/** The rules of a StatefulSet, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, statusErrors, updated, wallTime } from '../../testing/writes.ts';
import type { StatefulSet } from '../../generated/types.ts';
import { statefulSets } from './kind.ts';

const labels = { app: 'db' };
const pod = { containers: [{ name: 'c', image: 'i' }] };
const body = (spec: object = {}) => ({
  spec: {
    serviceName: 'db',
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
    ...spec,
  },
});

test('what is left out gets the defaults of upstream', () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
  const { object, errors } = create(statefulSets, body({ volumeClaimTemplates: [claim] }));
  expect(errors).toEqual([]);
  expect(object).toMatchObject({
    metadata: { generation: 1 },
    spec: {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      revisionHistoryLimit: 10,
      template: { spec: { restartPolicy: 'Always' } },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          spec: { volumeMode: 'Filesystem' },
          status: { phase: 'Pending' },
        },
      ],
    },
    status: { replicas: 0, availableReplicas: 0 },
  });
});

test('OnDelete gets no numbers by default, and maxUnavailable is dropped', () => {
  const strategyOf = (updateStrategy: object) =>
    create(statefulSets, body({ updateStrategy })).object.spec.updateStrategy;
  expect(strategyOf({ type: 'OnDelete' })).toEqual({ type: 'OnDelete' });
  expect(strategyOf({ type: 'RollingUpdate' })).toEqual({ type: 'RollingUpdate' });
  expect(strategyOf({ rollingUpdate: { partition: 2, maxUnavailable: 3 } })).toEqual({
    type: 'RollingUpdate',
    rollingUpdate: { partition: 2 },
  });
});

test.each<[string, object, string[]]>([
  [
    'an unknown order',
    { podManagementPolicy: 'Random' },
    ["spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"],
  ],
  [
    'an unknown strategy',
    { updateStrategy: { type: 'Recreate' } },
    [
      "spec.updateStrategy: Invalid value: apps.StatefulSetUpdateStrategy{Type:\"Recreate\", RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}: must be 'RollingUpdate' or 'OnDelete'",
    ],
  ],
  [
    'numbers for OnDelete',
    { updateStrategy: { type: 'OnDelete', rollingUpdate: {} } },
    [
      "spec.updateStrategy.rollingUpdate: Invalid value: apps.RollingUpdateStatefulSetStrategy{Partition:0, MaxUnavailable:(*intstr.IntOrString)(nil)}: only allowed for updateStrategy 'RollingUpdate'",
    ],
  ],
  [
    'a negative partition',
    { updateStrategy: { rollingUpdate: { partition: -1 } } },
    [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'unknown fates of claims',
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep', whenScaled: 'Drop' } },
    [
      'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Drop": supported values: "Retain", "Delete"',
    ],
  ],
  [
    'negative numbers',
    { replicas: -1, minReadySeconds: -2, ordinals: { start: -3 } },
    [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.ordinals.start: Invalid value: -3: must be greater than or equal to 0',
    ],
  ],
  [
    'no selector',
    { selector: null },
    [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"db"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'an empty selector',
    { selector: {} },
    [
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for statefulset',
    ],
  ],
  [
    'a selector that cannot be looked for',
    { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
    [
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"In", Values:[]string(nil)}}}',
    ],
  ],
  [
    'pods that end',
    {
      template: {
        metadata: { labels },
        spec: { ...pod, restartPolicy: 'OnFailure', activeDeadlineSeconds: 5 },
      },
    },
    [
      'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
    ],
  ],
  [
    'mounts of claims, which are no volumes of the template',
    {
      template: {
        metadata: { labels },
        spec: {
          containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'd', mountPath: '/d' }] }],
        },
      },
    },
    [],
  ],
])('%s', (_what, spec, errors) => {
  expect(create(statefulSets, body(spec)).errors).toEqual(errors);
});

test('its name becomes the name of hosts, so it is a label', () => {
  const { errors } = create(statefulSets, {
    ...body(),
    metadata: { name: 'a.b', namespace: 'default' },
  });
  expect(errors).toEqual([expect.stringMatching(/^metadata.name: Invalid value: "a.b": a lower/)]);
});

test('some fields may change, and count', () => {
  const { object, errors } = updated(statefulSets, created(statefulSets, body()), ({ spec }) => {
    spec.replicas = 3;
    spec.ordinals = { start: 1 };
    spec.template.spec.containers[0]!.image = 'j';
    spec.updateStrategy = { type: 'OnDelete' };
    spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete' };
    spec.minReadySeconds = 5;
  });
  expect(errors).toEqual([]);
  expect(object.metadata.generation).toBe(2);
});

test.each<[string, (object: StatefulSet) => void]>([
  ['selector', ({ spec }) => (spec.selector = { matchExpressions: [], matchLabels: {} })],
  ['serviceName', ({ spec }) => (spec.serviceName = 'other')],
  ['podManagementPolicy', ({ spec }) => (spec.podManagementPolicy = 'Parallel')],
  ['revisionHistoryLimit', ({ spec }) => (spec.revisionHistoryLimit = 1)],
])('%s may not change', (_field, change) => {
  expect(updated(statefulSets, created(statefulSets, body()), change).errors).toContain(
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  );
});

test.each<[string, { old?: object; new: object }, string[]]>([
  [
    'more of some than of all',
    {
      new: {
        replicas: 1,
        readyReplicas: 2,
        currentReplicas: 2,
        updatedReplicas: 2,
        availableReplicas: 3,
      },
    },
    [
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.readyReplicas',
    ],
  ],
  [
    'a negative count',
    { new: { replicas: 0, observedGeneration: -1 } },
    ['status.observedGeneration: Invalid value: -1: must be greater than or equal to 0'],
  ],
  [
    'collisions that are forgotten',
    { old: { replicas: 0, collisionCount: 2 }, new: { replicas: 0, collisionCount: 1 } },
    ['status.collisionCount: Invalid value: 1: cannot be decremented'],
  ],
])('a status with %s', (_what, statuses, errors) => {
  expect(statusErrors(statefulSets, body(), statuses)).toEqual(errors);
});

test('tables and scale', () => {
  const { object } = create(statefulSets, body({ replicas: 3 }));
  object.status.readyReplicas = 2;
  object.status.replicas = 3;
  expect(statefulSets.cells(object, wallTime + 5_000)).toEqual(['x', '2/3', '5s', 'c', 'i']);
  const scale = statefulSets.scale!;
  scale.setReplicas(object, 4);
  expect([scale.replicas(object), scale.statusReplicas(object)]).toEqual([4, 3]);
  expect(scale.selector(object)).toBe('app=db');
});
