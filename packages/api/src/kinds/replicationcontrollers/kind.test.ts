/** The rules of a ReplicationController, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, statusErrors, updated, wallTime } from '../../testing/writes.ts';
import { replicationControllers } from './kind.ts';

const labels = { app: 'web' };
const pod = { containers: [{ name: 'c', image: 'i' }] };
const body = (spec: object = {}) => ({
  spec: { template: { metadata: { labels }, spec: pod }, ...spec },
});

test('selector and labels come from the template', () => {
  const { object, errors } = create(replicationControllers, body());
  expect(errors).toEqual([]);
  expect(object).toMatchObject({
    metadata: { labels, generation: 1 },
    spec: { selector: labels, replicas: 1, template: { spec: { restartPolicy: 'Always' } } },
    status: { replicas: 0 },
  });
});

test.each<[string, object, string[]]>([
  [
    'nothing to select and nothing to make',
    { template: null },
    ['spec.selector: Required value', 'spec.template: Required value'],
  ],
  [
    'a selector of other pods',
    { selector: { app: 'db' } },
    [
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
    ],
  ],
  [
    'negative numbers',
    { replicas: -1, minReadySeconds: -2 },
    [
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
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
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
  ],
])('%s', (_what, spec, errors) => {
  expect(create(replicationControllers, body(spec)).errors).toEqual(errors);
});

test('the selector may change with the template, and the change counts', () => {
  const { object, errors } = updated(
    replicationControllers,
    created(replicationControllers, body()),
    ({ spec }) => {
      spec.selector = { app: 'db' };
      spec.template!.metadata = { labels: { app: 'db' } };
    },
  );
  expect(errors).toEqual([]);
  expect(object.metadata.generation).toBe(2);
});

test('no part of the pods is more than all of them', () => {
  const status = { replicas: 1, fullyLabeledReplicas: 2, readyReplicas: 1, availableReplicas: 2 };
  expect(statusErrors(replicationControllers, body(), { new: status })).toEqual([
    'status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas',
  ]);
});

test('tables, scale and field selectors', () => {
  const { object } = create(replicationControllers, body({ replicas: 3 }));
  object.status = { replicas: 2, readyReplicas: 1 };
  const cells = ['x', 3, 2, 1, '5s', 'c', 'i', 'app=web'];
  expect(replicationControllers.cells(object, wallTime + 5_000)).toEqual(cells);
  const scale = replicationControllers.scale!;
  scale.setReplicas(object, 4);
  expect([scale.replicas(object), scale.statusReplicas(object)]).toEqual([4, 2]);
  expect(scale.selector(object)).toBe('app=web');
  expect(replicationControllers.fieldSelectors['status.replicas']!(object)).toBe('2');
});
