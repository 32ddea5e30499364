import { describe, expect, test } from 'vitest';
import {
  decodeObject,
  findResource,
  quotaEvaluatorOf,
  type KubernetesObject,
  type ResourceQuota,
} from '@drydock/api';
import { chargeQuota, purchaseOf } from './resource-quota.ts';

const quota = (
  status: ResourceQuota['status'],
  spec: ResourceQuota['spec'] = {},
): ResourceQuota => ({
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  metadata: { name: 'q' },
  spec,
  status,
});

function parse(resource: string, body: object): KubernetesObject {
  const kind = findResource('', resource)!;
  return decodeObject(JSON.stringify({ metadata: { name: 'x' }, ...body }), kind).object;
}

const pod = (requests: object = {}) =>
  parse('pods', { spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }] } });
const buy = (resource: string, object: KubernetesObject, old?: KubernetesObject) =>
  purchaseOf(quotaEvaluatorOf(findResource('', resource)!)!, { object, old }, 0);
const charge = (of: ResourceQuota, object = pod({ cpu: '500m' })) =>
  chargeQuota(of, buy('pods', object)!);

describe('what a write costs', () => {
  test('a new object costs all that it uses, an update of a pod nothing', () => {
    expect(buy('pods', pod({ cpu: '1' }))?.cost).toMatchObject({ pods: '1', 'requests.cpu': '1' });
    expect(buy('pods', pod({ cpu: '2' }), pod({ cpu: '1' }))).toBeUndefined();
  });

  test('an update of a service costs what it takes more', () => {
    const service = (type: string) => parse('services', { spec: { type, ports: [{ port: 80 }] } });
    expect(buy('services', service('NodePort'), service('ClusterIP'))?.cost).toEqual({
      'count/services': '0',
      services: '0',
      'services.loadbalancers': '0',
      'services.nodeports': '1',
    });
    expect(buy('services', service('ClusterIP'), service('NodePort'))).toBeUndefined();
  });
});

describe('a quota', () => {
  test('is charged with what it bounds', () => {
    const one = quota({
      hard: { pods: '2', 'requests.cpu': '1' },
      used: { pods: '1', 'requests.cpu': '500m' },
    });
    expect(charge(one)).toEqual({ kind: 'charged', used: { pods: '2', 'requests.cpu': '1' } });
  });

  test('is not concerned by what it does not bound, or whose scope it is not', () => {
    expect(charge(quota({ hard: { services: '0' }, used: { services: '0' } }))).toEqual({
      kind: 'none',
    });
    const scoped = quota({ hard: { pods: '0' }, used: { pods: '0' } }, { scopes: ['BestEffort'] });
    expect(charge(scoped)).toEqual({ kind: 'none' });
  });

  test.each<[string, ReturnType<typeof charge>, string]>([
    [
      'that is used up tells how much of what',
      charge(
        quota({
          hard: { pods: '2', 'requests.cpu': '1', 'requests.memory': '1' },
          used: { pods: '2', 'requests.cpu': '800m', 'requests.memory': '0' },
        }),
        pod({ cpu: '500m', memory: '1' }),
      ),
      'exceeded quota: q, requested: pods=1,requests.cpu=500m, used: pods=2,requests.cpu=800m, limited: pods=2,requests.cpu=1',
    ],
    [
      'on requests wants them said',
      charge(quota({ hard: { 'limits.cpu': '1', 'requests.cpu': '1' }, used: {} })),
      'failed quota: q: must specify limits.cpu for: c',
    ],
    [
      'that nobody has counted yet lets nothing in',
      charge(quota({ hard: { 'requests.cpu': '1', pods: '1' }, used: { pods: '0' } })),
      'status unknown for quota: q, resources: pods,requests.cpu',
    ],
    [
      'is not paid with less than nothing',
      charge(quota({ hard: { pods: '1' }, used: { pods: '0' } }), pod({ cpu: '-1' })),
      'quota usage is negative for resource(s): cpu,requests.cpu',
    ],
  ])('%s', (_what, answer, why) => {
    expect(answer).toEqual({ kind: 'refused', why });
  });
});
