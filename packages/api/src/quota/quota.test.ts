/** What objects cost, which quotas they cost it of, and what errors say of amounts. */
import { describe, expect, test } from 'vitest';
import type { Pod, ResourceQuota, Service } from '../generated/types.ts';
import { configMaps, deployments, events, namespaces, pods, services } from '../registry.ts';
import { decoded } from '../testing/writes.ts';
import { addAmounts, exceededNames, formatAmounts, increase, isNothing } from './amounts.ts';
import { claimEvaluator } from './claims.ts';
import { quotaEvaluatorOf, quotaMatches, quotaUsage } from './evaluators.ts';
import { podEvaluator } from './pods.ts';
import { serviceEvaluator } from './services.ts';

const container = (name: string, requests: object = {}, limits: object = {}) => ({
  name,
  image: 'i',
  resources: { requests, limits },
});
const pod = (spec: object, more: object = {}): Pod =>
  decoded(pods, { spec: { containers: [container('c')], ...spec }, ...more });
const quota = (
  spec: ResourceQuota['spec'],
  status: ResourceQuota['status'] = {},
): ResourceQuota => ({
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  metadata: { name: 'q' },
  spec,
  status,
});

describe('amounts', () => {
  test('are added by resource, in the suffixes that they have', () => {
    const sum = addAmounts({ cpu: '500m', memory: '1Gi' }, { cpu: '1500m', pods: '1' });
    expect(sum).toEqual({ cpu: '2', memory: '1Gi', pods: '1' });
    expect(formatAmounts(sum)).toBe('cpu=2,memory=1Gi,pods=1');
  });

  test('an increase is never negative', () => {
    expect(increase({ a: '3', b: '1', c: '2' }, { a: '1', b: '4' })).toEqual({
      a: '2',
      b: '0',
      c: '2',
    });
    expect(isNothing({ a: '0' })).toBe(true);
    expect(isNothing({ a: '0', b: '1m' })).toBe(false);
  });

  test('only what has a bound can exceed it', () => {
    expect(
      exceededNames({ cpu: '1', memory: '2Gi', pods: '9' }, { cpu: '1', memory: '1Gi' }),
    ).toEqual(['memory']);
  });
});

describe('kinds', () => {
  test('are counted under their resource and group, some under an older name too', () => {
    const usageOf = (kind: typeof configMaps | typeof deployments) =>
      quotaEvaluatorOf(kind)!.usage({} as never, 0);
    expect(usageOf(configMaps)).toEqual({ 'count/configmaps': '1', configmaps: '1' });
    expect(usageOf(deployments)).toEqual({ 'count/deployments.apps': '1' });
  });

  test('of the whole cluster, and events, are not', () => {
    expect(quotaEvaluatorOf(namespaces)).toBeUndefined();
    expect(quotaEvaluatorOf(events)).toBeUndefined();
  });

  test('that are measured have their own evaluators', () => {
    expect(quotaEvaluatorOf(pods)).toBe(podEvaluator);
    expect(quotaEvaluatorOf(services)).toBe(serviceEvaluator);
  });
});

describe('pods', () => {
  test('cost the sum of their containers, or the peak of their initialisation', () => {
    const usage = podEvaluator.usage(
      pod({
        containers: [
          container('a', { cpu: '100m', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }),
          container('b', { cpu: '200m', 'example.com/gpu': '1', 'hugepages-2Mi': '4Mi' }),
        ],
        initContainers: [
          { ...container('sidecar', { cpu: '50m' }), restartPolicy: 'Always' },
          container('setup', { cpu: '900m' }),
        ],
        overhead: { cpu: '10m', memory: '1Mi' },
      }),
      0,
    );
    expect(usage).toEqual({
      'count/pods': '1',
      pods: '1',
      cpu: '960m',
      'requests.cpu': '960m',
      'limits.cpu': '1010m',
      memory: '1025Mi',
      'requests.memory': '1025Mi',
      'limits.memory': '1025Mi',
      'hugepages-2Mi': '4Mi',
      'requests.hugepages-2Mi': '4Mi',
      'requests.example.com/gpu': '1',
    });
  });

  test('that have ended, or should have long ago, are only counted', () => {
    const ended = { ...pod({}), status: { phase: 'Succeeded' } } as Pod;
    expect(podEvaluator.usage(ended, 0)).toEqual({ 'count/pods': '1' });
    const ending = pod({});
    ending.metadata.deletionTimestamp = '1970-01-01T00:00:10Z';
    ending.metadata.deletionGracePeriodSeconds = 5;
    expect(podEvaluator.usage(ending, 15_000)).toMatchObject({ pods: '1' });
    expect(podEvaluator.usage(ending, 15_001)).toEqual({ 'count/pods': '1' });
  });

  test.each<[string, boolean]>([
    ['pods', true],
    ['count/pods', true],
    ['limits.ephemeral-storage', true],
    ['requests.hugepages-2Mi', true],
    ['requests.example.com/gpu', true],
    ['example.com/gpu', false],
    ['requests.storage', false],
    ['services', false],
  ])('a quota on %s concerns them: %s', (name, expected) => {
    expect(podEvaluator.counts(name)).toBe(expected);
  });

  test('must say what a quota bounds, container by container', () => {
    const one = pod({
      containers: [container('b', { cpu: '1' }), container('a', {}, { memory: '1Gi' })],
      initContainers: [container('i', { cpu: '1', memory: '1' }, { cpu: '1', memory: '1' })],
    });
    const bounded = ['requests.cpu', 'limits.cpu', 'pods', 'limits.memory'];
    expect(podEvaluator.missing(bounded, one)).toBe(
      'must specify limits.cpu for: a,b; limits.memory for: b; requests.cpu for: a',
    );
    expect(podEvaluator.missing(['pods', 'limits.ephemeral-storage'], one)).toBeUndefined();
  });

  const bestEffort = pod({});
  const burstable = pod({
    containers: [container('c', { cpu: '1' })],
    activeDeadlineSeconds: 5,
    priorityClassName: 'high',
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'a', namespaces: ['other'] } },
        ],
      },
    },
  });

  test.each([
    [{ scopeName: 'BestEffort', operator: 'Exists' }, true, false],
    [{ scopeName: 'NotBestEffort', operator: 'Exists' }, false, true],
    [{ scopeName: 'Terminating', operator: 'Exists' }, false, true],
    [{ scopeName: 'NotTerminating', operator: 'Exists' }, true, false],
    [{ scopeName: 'CrossNamespacePodAffinity', operator: 'Exists' }, false, true],
    [{ scopeName: 'PriorityClass', operator: 'Exists' }, false, true],
    [{ scopeName: 'PriorityClass', operator: 'DoesNotExist' }, true, false],
    [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }, false, true],
    [{ scopeName: 'PriorityClass', operator: 'NotIn', values: ['high'] }, true, false],
  ] as const)('scope %j', (scope, ofBestEffort, ofBurstable) => {
    const requirement = { ...scope, values: 'values' in scope ? [...scope.values] : [] };
    expect(podEvaluator.matchesScope(requirement, bestEffort)).toBe(ofBestEffort);
    expect(podEvaluator.matchesScope(requirement, burstable)).toBe(ofBurstable);
  });

  test('a quota applies when it bounds something of them and all its scopes hold', () => {
    const spec: ResourceQuota['spec'] = {
      scopes: ['NotTerminating'],
      scopeSelector: { matchExpressions: [{ scopeName: 'BestEffort', operator: 'Exists' }] },
    };
    const status = { hard: { pods: '1' } };
    expect(quotaMatches(podEvaluator, quota(spec, status), bestEffort)).toBe(true);
    expect(quotaMatches(podEvaluator, quota(spec, status), burstable)).toBe(false);
    expect(quotaMatches(podEvaluator, quota({}, { hard: { services: '1' } }), bestEffort)).toBe(
      false,
    );
  });

  test('together use what the controller writes into the status', () => {
    const bounds = {
      hard: { pods: '5', 'requests.cpu': '2', 'requests.memory': '1Gi', services: '1' },
    };
    const all = [bestEffort, burstable];
    expect(quotaUsage(podEvaluator, quota(bounds), all, 0)).toEqual({
      pods: '2',
      'requests.cpu': '1',
      'requests.memory': '0',
    });
    const scoped = quota({ ...bounds, scopes: ['Terminating'] });
    expect(quotaUsage(podEvaluator, scoped, all, 0)).toMatchObject({ pods: '1' });
  });
});

describe('services', () => {
  const service = (spec: object): Service => decoded(services, { spec });
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 81, nodePort: 30_001 },
  ];

  test.each<[string, object, string, string]>([
    ['ClusterIP', { ports }, '0', '0'],
    ['NodePort', { type: 'NodePort', ports }, '2', '0'],
    ['LoadBalancer', { type: 'LoadBalancer', ports }, '2', '1'],
    [
      'LoadBalancer without node ports but those that are named',
      { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports },
      '1',
      '1',
    ],
  ])('%s', (_what, spec, nodePorts, loadBalancers) => {
    expect(serviceEvaluator.usage(service(spec), 0)).toEqual({
      'count/services': '1',
      services: '1',
      'services.nodeports': nodePorts,
      'services.loadbalancers': loadBalancers,
    });
  });
});

describe('claims', () => {
  const claim = (spec: object, allocated?: string) =>
    ({
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c' },
      spec,
      status: allocated === undefined ? {} : { allocatedResources: { storage: allocated } },
    }) as never;

  test('cost storage, in all and of their class', () => {
    const spec = { storageClassName: 'gold', resources: { requests: { storage: '1Gi' } } };
    expect(claimEvaluator.usage(claim(spec), 0)).toEqual({
      'count/persistentvolumeclaims': '1',
      persistentvolumeclaims: '1',
      'requests.storage': '1Gi',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'gold.storageclass.storage.k8s.io/requests.storage': '1Gi',
    });
    expect(claimEvaluator.counts('silver.storageclass.storage.k8s.io/requests.storage')).toBe(true);
    expect(claimEvaluator.counts('requests.cpu')).toBe(false);
  });

  test('cost whole bytes, and what they grow to', () => {
    const spec = { resources: { requests: { storage: '1500m' } } };
    expect(claimEvaluator.usage(claim(spec), 0)).toMatchObject({ 'requests.storage': '2' });
    expect(claimEvaluator.usage(claim(spec, '5'), 0)).toMatchObject({ 'requests.storage': '5' });
  });
});
