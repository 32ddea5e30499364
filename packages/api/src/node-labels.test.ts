import { expect, test } from 'vitest';
import { forbiddenLabels } from './node-labels.ts';

test.each([
  ['disk', true],
  ['example.com/rack', true],
  ['kubernetes.io/hostname', true],
  ['topology.kubernetes.io/zone', true],
  ['node.kubernetes.io/anything', true],
  ['gpu.node.kubernetes.io/kind', true],
  ['kubelet.kubernetes.io/x', true],
  ['kubernetes.io/other', false],
  ['node-role.kubernetes.io/control-plane', false],
  ['k8s.io/x', false],
  ['node-restriction.kubernetes.io/pci', false],
  ['team.node-restriction.kubernetes.io/pci', false],
  ['notkubernetes.io/x', true],
])('%s', (label, isAllowed) => {
  expect(forbiddenLabels({ [label]: 'a' }, {})).toEqual(isAllowed ? [] : [label]);
});

test('what stays as it is may stay, what is changed or taken away is told', () => {
  const old = { 'k8s.io/a': '1', 'k8s.io/b': '1', 'k8s.io/c': '1', free: '1' };
  expect(forbiddenLabels({ 'k8s.io/c': '1', 'k8s.io/b': '2' }, old)).toEqual([
    'k8s.io/a',
    'k8s.io/b',
  ]);
});
