import type { ConfigMap, Namespace } from '@drydock/api';
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
const created = plan({ namespace, configMap: undefined, rootCa: 'old' });
const published: ConfigMap = {
  ...created!.configMap,
  metadata: { ...meta('kube-root-ca.crt'), ...created!.configMap.metadata, namespace: 'shop' },
};

test('a new namespace gets the CA, and is told what it is good for', () => {
  expect(created).toMatchObject({
    kind: 'create',
    configMap: {
      metadata: {
        namespace: 'shop',
        name: 'kube-root-ca.crt',
        annotations: { 'kubernetes.io/description': expect.stringContaining('CA bundle') },
      },
      data: { 'ca.crt': 'old' },
    },
  });
});

test('what is right stays', () => {
  expect(plan({ namespace, configMap: published, rootCa: 'old' })).toBeUndefined();
});

test('a changed CA and changed data are put right, and other annotations kept', () => {
  const annotations = { ...published.metadata.annotations, mine: 'yes' };
  const configMap = { ...published, metadata: { ...published.metadata, annotations } };
  expect(plan({ namespace, configMap, rootCa: 'new' })).toMatchObject({
    kind: 'update',
    configMap: { data: { 'ca.crt': 'new' }, metadata: { annotations } },
  });
  const extra = { ...published, data: { ...published.data, extra: 'x' } };
  expect(plan({ namespace, configMap: extra, rootCa: 'old' })?.configMap.data).toEqual({
    'ca.crt': 'old',
  });
  const bare = { ...published, metadata: { ...published.metadata, annotations: {} } };
  expect(plan({ namespace, configMap: bare, rootCa: 'old' })?.kind).toBe('update');
});

test('a namespace that is going gets nothing', () => {
  const metadata = { ...namespace.metadata, deletionTimestamp: timeAt(0) };
  const going = { ...namespace, metadata };
  expect(plan({ namespace: going, configMap: undefined, rootCa: 'old' })).toBeUndefined();
});
