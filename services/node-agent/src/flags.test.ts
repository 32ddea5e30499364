import { expect, it } from 'vitest';
import { parseLabels } from './flags.ts';

it('--node-labels are pairs, and none that only those who run the cluster may give', () => {
  expect(parseLabels(['zone=a', 'node.kubernetes.io/disk=ssd'])).toEqual({
    zone: 'a',
    'node.kubernetes.io/disk': 'ssd',
  });
  expect(() => parseLabels(['zone'])).toThrow('--node-labels: expected key=value, got "zone"');
  expect(() => parseLabels(['node-role.kubernetes.io/worker=', 'zone=a'])).toThrow(
    '--node-labels: a node may not label itself node-role.kubernetes.io/worker:',
  );
});
