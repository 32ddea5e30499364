/** The rules of a ReplicaSet, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, statusErrors, updated } from '../../testing/writes.ts';
import { replicaSets } from './kind.ts';

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
    'negative numbers',
    { replicas: -1, minReadySeconds: -2 },
    [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0',
    ],
  ],
  [
    'an empty selector, which upstream calls that of a deployment',
    { selector: {} },
    [
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment',
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
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
  ],
])('%s', (_what, spec, errors) => {
  expect(create(replicaSets, body(spec)).errors).toEqual(errors);
});

test('the selector stays', () => {
  const { errors } = updated(replicaSets, created(replicaSets, body()), ({ spec }) => {
    spec.selector = { matchLabels: labels, matchExpressions: [{ key: 'app', operator: 'Exists' }] };
  });
  expect(errors).toEqual([
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"web"}, MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"app", Operator:"Exists", Values:[]string(nil)}}}: field is immutable',
  ]);
});

test('no part of the pods is more than all of them', () => {
  const status = {
    replicas: 1,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 3,
    observedGeneration: -1,
  };
  expect(statusErrors(replicaSets, body(), { new: status })).toEqual([
    'status.observedGeneration: Invalid value: -1: must be greater than or equal to 0',
    'status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
  ]);
});
