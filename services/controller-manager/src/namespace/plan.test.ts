import type { Namespace } from '@drydock/api';
import { expect, test } from 'vitest';
import { meta, momentAt, podOf, timeAt } from '../testing/builders.ts';
import { plan } from './plan.ts';

const namespace: Namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { ...meta('shop'), deletionTimestamp: timeAt(0) },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Terminating' },
};
const messages = (status: Namespace['status']) =>
  Object.fromEntries(
    (status.conditions ?? []).map((one) => [one.type, `${one.status} ${one.message}`]),
  );

test('an empty namespace may go', () => {
  const result = plan(namespace, { remainders: [], failures: [] }, momentAt(0));
  expect(result.kind).toBe('finalize');
});

test('what is left, and its finalizers, are told in the words of upstream', () => {
  const pods = ['a', 'b'].map((name) => {
    const pod = podOf(name, { deleted: true });
    const metadata = { ...pod.metadata, finalizers: ['x/y'], deletionGracePeriodSeconds: 30 };
    return { ...pod, metadata };
  });
  const remainders = [
    { group: '', resource: 'pods', objects: pods },
    { group: 'apps', resource: 'replicasets', objects: [] },
  ];
  const result = plan(namespace, { remainders, failures: [] }, momentAt(0));
  expect(messages(result.status)).toEqual({
    NamespaceDeletionDiscoveryFailure: 'False All resources successfully discovered',
    NamespaceDeletionGroupVersionParsingFailure: 'False All legacy kube types successfully parsed',
    NamespaceDeletionContentFailure:
      'False All content successfully deleted, may be waiting on finalization',
    NamespaceContentRemaining: 'True Some resources are remaining: pods. has 2 resource instances',
    NamespaceFinalizersRemaining:
      'True Some content in the namespace has finalizers remaining: x/y in 2 resource instances',
  });
  expect(result).toMatchObject({ kind: 'wait', isNews: true, lookAgainAfter: 16_000 });
  const told = { ...namespace, status: result.status };
  expect(plan(told, { remainders, failures: [] }, momentAt(9))).toMatchObject({
    isNews: false,
    status: result.status,
  });
});

test('a kind that could not be emptied keeps the namespace', () => {
  const failures = [{ resource: 'secrets', message: 'no' }];
  const result = plan(namespace, { remainders: [], failures }, momentAt(0));
  expect(result.kind).toBe('wait');
  expect(messages(result.status)['NamespaceDeletionContentFailure']).toBe(
    'True Failed to delete all resource types, 1 remaining: no',
  );
});
