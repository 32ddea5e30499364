/** Ephemeral containers (ValidatePodEphemeralContainersUpdate, validateEphemeralContainers). */
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../generated/types.ts';
import { createErrors, created, updated } from '../../../testing/writes.ts';
import { pods } from '../kind.ts';

const containers = [{ name: 'app', image: 'i' }];
const volumes = [{ name: 'v', emptyDir: {} }];
const spec = { containers, initContainers: [{ name: 'first', image: 'i' }], volumes };
const pod = created(pods, { spec });
const debug = { name: 'debug', image: 'busybox' };
const part = 'ephemeralcontainers';

const add = (old: Pod, ...added: object[]) =>
  updated(
    pods,
    old,
    ({ spec: now }) => {
      now.ephemeralContainers = [
        ...(now.ephemeralContainers ?? []),
        ...(added as (typeof debug)[]),
      ];
    },
    part,
  );

test('no pod is created with them, and no update of the pod adds one', () => {
  expect(createErrors(pods, { spec: { ...spec, ephemeralContainers: [debug] } })).toEqual([
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
  ]);
  const { errors } = updated(pods, pod, ({ spec: now }) => (now.ephemeralContainers = [debug]));
  expect(errors).toEqual([
    expect.stringMatching(/^spec: Forbidden: pod updates may not change fields other than/),
  ]);
});

test('one is added, with the defaults of a container, and nothing else changes', () => {
  const { object, errors } = updated(
    pods,
    pod,
    (now) => {
      now.spec.ephemeralContainers = [{ ...debug, targetContainerName: 'app' }];
      now.spec.containers = [];
      now.metadata.labels = { a: 'b' };
      now.status.phase = 'Running';
    },
    part,
  );
  expect(errors).toEqual([]);
  expect(object).toEqual({
    ...pod,
    spec: {
      ...pod.spec,
      ephemeralContainers: [
        {
          ...debug,
          targetContainerName: 'app',
          imagePullPolicy: 'Always',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
    },
  });
});

test.each([
  [
    'its name is taken by another container',
    { ...debug, name: 'first' },
    'name: Duplicate value: "first"',
  ],
  ['no name', { name: '', image: 'i' }, 'name: Required value'],
  ['no image', { name: 'debug' }, 'image: Required value'],
  [
    'a target that is not there',
    { ...debug, targetContainerName: 'other' },
    'targetContainerName: Not found: "other"',
  ],
  ...Object.entries({
    ports: [{ containerPort: 80, protocol: 'TCP' }],
    resources: { limits: { cpu: '1' } },
    resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
    restartPolicy: 'Always',
    livenessProbe: { exec: { command: ['a'] } },
    readinessProbe: { exec: { command: ['a'] } },
    startupProbe: { exec: { command: ['a'] } },
    lifecycle: { preStop: { exec: { command: ['a'] } } },
  }).map(([key, value]) => [
    `${key} of its own`,
    { ...debug, [key]: value },
    `${key}: Forbidden: cannot be set for an Ephemeral Container`,
  ]),
  [
    'a part of a volume',
    { ...debug, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'p' }] },
    'volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container',
  ],
  [
    'a volume that is not there',
    { ...debug, volumeMounts: [{ name: 'w', mountPath: '/v' }] },
    'volumeMounts[0].name: Not found: "w"',
  ],
] as readonly [string, object, string][])('refused: %s', (_name, container, error) => {
  expect(add(pod, container).errors).toEqual([`spec.ephemeralContainers[0].${error}`]);
});

test('a pod that has some is updated as any other', () => {
  const old = add(pod, debug).object;
  const { object, errors } = updated(pods, old, ({ metadata }) => (metadata.labels = { a: 'b' }));
  expect(errors).toEqual([]);
  expect(object.spec).toEqual(old.spec);
});

describe('what was added', () => {
  const old = add(pod, debug, { ...debug, name: 'second' }).object;
  const field = 'spec.ephemeralContainers: Forbidden:';
  const change = (edit: (now: NonNullable<Pod['spec']['ephemeralContainers']>) => object[]) =>
    updated(
      pods,
      old,
      ({ spec: now }) => {
        now.ephemeralContainers = edit(now.ephemeralContainers!) as (typeof debug)[];
      },
      part,
    ).errors;

  test('stays when more come, in whatever order', () => {
    expect(change((now) => [{ ...debug, name: 'third' }, ...now.toReversed()])).toEqual([]);
  });
  test('is not taken away', () => {
    expect(change(([first]) => [first!])).toEqual([
      `${field} existing ephemeral containers "second" may not be removed\n`,
    ]);
  });
  test('is not changed', () => {
    expect(change(([first, second]) => [{ ...first, image: 'other' }, second!])).toEqual([
      `${field} existing ephemeral containers "debug" may not be changed\n  image\n`,
    ]);
  });
});

test('the pods that a node runs of itself take none', () => {
  const annotations = { 'kubernetes.io/config.mirror': 'x' };
  const mirror = created(pods, {
    metadata: { name: 'x', namespace: 'default', annotations },
    spec: { ...spec, nodeName: 'n' },
  });
  expect(add(mirror, debug).errors).toEqual([
    'Forbidden: static pods do not support ephemeral containers',
  ]);
});
