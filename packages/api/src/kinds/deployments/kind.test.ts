/** The rules of a Deployment's own, in upstream's words; kinds/validation.test.ts has the rest. */
import { expect, test } from 'vitest';
import { create, statusErrors } from '../../testing/writes.ts';
import { deployments } from './kind.ts';

const labels = { app: 'web' };
const pod = { containers: [{ name: 'c', image: 'i' }] };
const body = (spec: object = {}) => ({
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
    ...spec,
  },
});

test.each<[string, object, string[]]>([
  [
    'a selector that cannot be looked for',
    { selector: { matchExpressions: [{ key: 'app', operator: 'Near' }] } },
    [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Near", Values:[]string(nil)}}}: invalid label selector',
    ],
  ],
  [
    'labels and annotations of the template',
    {
      template: {
        metadata: { labels: { ...labels, '-': '' }, annotations: { '': '' } },
        spec: pod,
      },
    },
    [
      `spec.template.labels: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.template.annotations: Invalid value: "": name part must be non-empty',
      `spec.template.annotations: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ],
  [
    'ephemeral containers in the template',
    {
      template: {
        metadata: { labels },
        spec: { ...pod, ephemeralContainers: [{ name: 'd', image: 'i' }] },
      },
    },
    [
      'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    ],
  ],
  [
    'an unknown strategy',
    { strategy: { type: 'Sometimes' } },
    [
      'spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Sometimes", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'an unknown strategy with numbers',
    { strategy: { type: 'Sometimes', rollingUpdate: {} } },
    [
      'spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Sometimes", RollingUpdate:(*apps.RollingUpdateDeployment)(...)}: supported values: "Recreate", "RollingUpdate"',
    ],
  ],
  [
    'negative shares',
    { strategy: { rollingUpdate: { maxUnavailable: -1, maxSurge: -2 } } },
    [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: -2: must be greater than or equal to 0',
    ],
  ],
  [
    'text for shares comes to nothing',
    { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 'few' } } },
    [
      `spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"few"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
    ],
  ],
  [
    'more than all',
    { strategy: { rollingUpdate: { maxUnavailable: '101%', maxSurge: '200%' } } },
    [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"101%"}: must not be greater than 100%',
    ],
  ],
  [
    'negative numbers, in the order of upstream',
    { replicas: -1, minReadySeconds: -2, revisionHistoryLimit: -3, progressDeadlineSeconds: -4 },
    [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -3: must be greater than or equal to 0',
      'spec.progressDeadlineSeconds: Invalid value: -4: must be greater than or equal to 0',
      'spec.progressDeadlineSeconds: Invalid value: -4: must be greater than minReadySeconds',
    ],
  ],
])('%s', (_what, spec, errors) => {
  expect(create(deployments, body(spec)).errors).toEqual(errors);
});

test.each<[string, { old?: object; new: object }, string[]]>([
  [
    'more of some than of all',
    { new: { replicas: 1, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 3 } },
    [
      'status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
      'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
    ],
  ],
  [
    'negative counts',
    { new: { observedGeneration: -1, unavailableReplicas: -1, collisionCount: -1 } },
    [
      'status.observedGeneration: Invalid value: -1: must be greater than or equal to 0',
      'status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0',
      'status.collisionCount: Invalid value: -1: must be greater than or equal to 0',
      'status.collisionCount: Invalid value: -1: cannot be decremented',
    ],
  ],
  [
    'collisions that are forgotten',
    { old: { collisionCount: 2 }, new: {} },
    ['status.collisionCount: Invalid value: 0: cannot be decremented'],
  ],
])('a status with %s', (_what, statuses, errors) => {
  expect(statusErrors(deployments, body(), statuses)).toEqual(errors);
});
