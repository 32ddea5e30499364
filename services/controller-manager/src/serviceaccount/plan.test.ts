import type { Namespace, ServiceAccount } from '@drydock/api';
import { expect, test } from 'vitest';
import { meta, timeAt } from '../testing/builders.ts';
import { plan } from './plan.ts';

const namespace: Namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { ...meta('shop'), namespace: '' },
  spec: {},
  status: {},
};
const serviceAccount: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: meta('default'),
};

test('a new namespace gets its default account', () => {
  expect(plan({ namespace, serviceAccount: undefined })?.metadata).toEqual({
    namespace: 'shop',
    name: 'default',
  });
});

test('an account that is there stays as it is', () => {
  expect(plan({ namespace, serviceAccount })).toBeUndefined();
});

test('a namespace that is going gets nothing', () => {
  const metadata = { ...namespace.metadata, deletionTimestamp: timeAt(0) };
  expect(plan({ namespace: { ...namespace, metadata }, serviceAccount: undefined })).toBe(
    undefined,
  );
  const status = { phase: 'Terminating' } as const;
  expect(plan({ namespace: { ...namespace, status }, serviceAccount: undefined })).toBe(undefined);
});
