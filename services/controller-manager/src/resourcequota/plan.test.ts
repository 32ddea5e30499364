import { quotaEvaluatorOf, type KubernetesObject, type ResourceQuota } from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { meta, podOf, timeAt } from '../testing/builders.ts';
import { isCounted, plan } from './plan.ts';

const evaluatorOf = (resource: string) =>
  quotaEvaluatorOf({ group: '', resource, namespaced: true })!;
const pods = evaluatorOf('pods');
const configMaps = evaluatorOf('configmaps');
const now = Date.parse(timeAt(100));

function quotaOf(
  hard: Record<string, string>,
  status: ResourceQuota['status'] = {},
): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: meta('q'), spec: { hard }, status };
}

function planOf(quota: ResourceQuota, podList: readonly KubernetesObject[] = []) {
  const counted = [{ evaluator: pods, objects: podList }];
  return plan({ quota, counted, wallTime: now });
}

describe('the status of a quota', () => {
  test('is counted for a new quota, also where there is nothing', () => {
    expect(planOf(quotaOf({ pods: '5' }))).toEqual({ hard: { pods: '5' }, used: { pods: '0' } });
    expect(planOf(quotaOf({}))).toEqual({ hard: {}, used: {} });
  });

  test('does not count pods that have ended', () => {
    const list = [podOf('a'), podOf('b', { phase: 'Failed' })];
    expect(planOf(quotaOf({ pods: '5', 'count/pods': '5' }), list)?.used).toEqual({
      pods: '1',
      'count/pods': '2',
    });
  });

  test('is left alone when it is right, however it is written', () => {
    const hard = { pods: '5' };
    expect(planOf(quotaOf(hard, { hard, used: { pods: '1' } }), [podOf('a')])).toBeUndefined();
    expect(planOf(quotaOf({}, { hard: {}, used: {} }))).toBeUndefined();
  });

  test('loses what the quota no longer bounds, and keeps what nobody counts', () => {
    const status = {
      hard: { pods: '5', secrets: '2', 'count/toys.example.com': '3' },
      used: { pods: '1', secrets: '1', 'count/toys.example.com': '2' },
    };
    const hard = { pods: '6', 'count/toys.example.com': '3' };
    expect(planOf(quotaOf(hard, status), [podOf('a'), podOf('b')])).toEqual({
      hard,
      used: { pods: '2', 'count/toys.example.com': '2' },
    });
  });
});

test('a quota concerns the kinds that it bounds', () => {
  const quota = quotaOf({ 'requests.cpu': '1', services: '1' });
  expect(isCounted(quota, pods)).toBe(true);
  expect(isCounted(quota, configMaps)).toBe(false);
});
