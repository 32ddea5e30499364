import { describe, expect, test } from 'vitest';
import type { ConfigMap, KubernetesObject, Namespace, Pod } from '@drydock/api';
import { isRemovedBy, planDeletion } from './deletion.ts';
import type { DeleteAsk } from './requests.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const ask = (more: Partial<DeleteAsk> = {}): DeleteAsk => ({
  gracePeriodSeconds: undefined,
  propagationPolicy: undefined,
  uid: undefined,
  resourceVersion: undefined,
  ...more,
});
const configMap = (metadata: object = {}): ConfigMap => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'c', ...metadata },
});
const pod = (spec: object = {}, metadata: object = {}, status: object = {}): Pod =>
  ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'p', ...metadata },
    spec: { nodeName: 'n', terminationGracePeriodSeconds: 30, ...spec },
    status,
  }) as unknown as Pod;
const marked = (plan: ReturnType<typeof planDeletion>): KubernetesObject => {
  if (plan.kind !== 'mark') throw new Error(`expected a mark, not ${plan.kind}`);
  return plan.object;
};

describe('planDeletion', () => {
  test('nothing that holds an object: it is removed', () => {
    expect(planDeletion(configMap(), ask(), now)).toEqual({ kind: 'remove' });
  });

  test('finalizers hold it, and a second delete changes nothing', () => {
    const object = configMap({ finalizers: ['example.com/x'] });
    const first = marked(planDeletion(object, ask(), now));
    expect(first.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    });
    expect(planDeletion(first, ask(), now + 5_000)).toEqual({ kind: 'unchanged' });
  });

  test('the policy puts its finalizer in, and Background takes both out', () => {
    const foreground = marked(
      planDeletion(configMap(), ask({ propagationPolicy: 'Foreground' }), now),
    );
    expect(foreground.metadata.finalizers).toEqual(['foregroundDeletion']);
    const orphan = marked(planDeletion(foreground, ask({ propagationPolicy: 'Orphan' }), now));
    expect(orphan.metadata.finalizers).toEqual(['orphan']);
    expect(planDeletion(orphan, ask({ propagationPolicy: 'Background' }), now)).toEqual({
      kind: 'remove',
    });
  });

  test.each([
    ['batch/v1', 'Job'],
    ['v1', 'ReplicationController'],
  ])('without a policy a %s %s leaves its pods behind', (apiVersion, kind) => {
    const object = (metadata: object = {}) => ({ ...configMap(metadata), apiVersion, kind });
    const orphan = marked(planDeletion(object(), ask(), now));
    expect(orphan.metadata.finalizers).toEqual(['orphan']);
    expect(planDeletion(orphan, ask(), now)).toEqual({ kind: 'unchanged' });
    const finalizers = ['foregroundDeletion'];
    const foreground = marked(planDeletion(object({ finalizers }), ask(), now));
    expect(foreground.metadata.finalizers).toEqual(finalizers);
    const background = ask({ propagationPolicy: 'Background' });
    expect(planDeletion(object(), background, now)).toEqual({ kind: 'remove' });
  });

  test('a pod on a node gets its grace period, one without a node none', () => {
    const running = marked(planDeletion(pod(), ask(), now));
    expect(running.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    expect(planDeletion(pod({ nodeName: '' }), ask(), now).kind).toBe('remove');
    expect(planDeletion(pod({}, {}, { phase: 'Succeeded' }), ask(), now).kind).toBe('remove');
    expect(planDeletion(pod(), ask({ gracePeriodSeconds: 0 }), now).kind).toBe('remove');
  });

  test('a second delete may shorten the grace, never lengthen it', () => {
    const first = marked(planDeletion(pod(), ask(), now));
    const longer = planDeletion(structuredClone(first), ask({ gracePeriodSeconds: 60 }), now);
    expect(longer).toEqual({ kind: 'unchanged' });
    const shorter = marked(
      planDeletion(structuredClone(first), ask({ gracePeriodSeconds: 5 }), now + 1_000),
    );
    expect(shorter.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:05Z',
      deletionGracePeriodSeconds: 5,
    });
  });

  test('a namespace waits for its own finalizers and shows that it is ending', () => {
    const namespace = {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: 'n' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    } as Namespace;
    const ending = marked(planDeletion(namespace, ask(), now)) as Namespace;
    expect(ending.status.phase).toBe('Terminating');
    expect(isRemovedBy(ending)).toBe(false);
    ending.spec = {};
    expect(isRemovedBy(ending)).toBe(true);
  });

  test('an update removes only what is marked and waits for nothing', () => {
    expect(isRemovedBy(configMap())).toBe(false);
    const graceful = marked(planDeletion(pod(), ask(), now));
    expect(isRemovedBy(graceful)).toBe(false);
  });
});
