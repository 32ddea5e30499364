import type { ConfigMap, Namespace, ServiceAccount } from '@drydock/api';
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
const account: ServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: meta('default'),
};
const configMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: meta('kube-root-ca.crt'),
  data: { 'ca.crt': 'old' },
};
const kinds = (given: Partial<Parameters<typeof plan>[0]>) =>
  plan({
    namespace,
    serviceAccount: account,
    rootCaConfigMap: configMap,
    rootCa: 'old',
    ...given,
  }).map((action) => action.kind);

test('a new namespace gets both', () => {
  expect(kinds({ serviceAccount: undefined, rootCaConfigMap: undefined })).toEqual([
    'createServiceAccount',
    'createConfigMap',
  ]);
});

test('what is right stays, and a changed CA is written', () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ rootCa: 'new' })).toEqual(['updateConfigMap']);
  expect(kinds({ rootCa: undefined, rootCaConfigMap: undefined })).toEqual([]);
});

test('a namespace that is going gets nothing', () => {
  const metadata = { ...namespace.metadata, deletionTimestamp: timeAt(0) };
  expect(kinds({ namespace: { ...namespace, metadata }, serviceAccount: undefined })).toEqual([]);
});
