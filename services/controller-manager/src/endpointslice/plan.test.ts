import type { EndpointSlice, Pod, Service } from '@drydock/api';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meta, nodeOf, podOf } from '../testing/builders.ts';
import { plan, type EndpointSliceSnapshot } from './plan.ts';

function serviceOf(spec: Partial<Service['spec']> = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta('web', { labels: { tier: 'front' } }),
    spec: {
      selector: { app: 'web' },
      clusterIP: '10.96.0.10',
      ipFamilies: ['IPv4'],
      ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      ...spec,
    },
    status: {},
  };
}

const node = nodeOf('node-1', { labels: { 'topology.kubernetes.io/zone': 'a' } });
const nodes = (name: string) => (name === 'node-1' ? node : undefined);

function run(
  slices: readonly EndpointSlice[],
  pods: readonly Pod[],
  more: Partial<EndpointSliceSnapshot> = {},
) {
  const actions = plan({
    service: serviceOf(),
    pods,
    nodes,
    slices,
    endpointsPerSliceMax: 100,
    ...more,
  });
  const result = new Map(slices.map((slice) => [slice.metadata.uid, slice]));
  for (const { kind, slice } of actions) {
    if (kind === 'delete') result.delete(slice.metadata.uid);
    else if (kind === 'update') result.set(slice.metadata.uid, slice);
    else {
      const metadata = { ...meta('slice'), ...slice.metadata };
      result.set(metadata.uid, { ...slice, metadata });
    }
  }
  return { actions, slices: [...result.values()] };
}

const readyPod = (ip: string) => podOf(`pod-${ip}`, { node: 'node-1', ready: true, ip });
const service = serviceOf();

describe('endpoints', () => {
  const endpointOf = (pod: Pod, more: Partial<EndpointSliceSnapshot> = {}) =>
    run([], [pod], { service, ...more }).slices[0]?.endpoints[0];

  test('a ready pod is ready, serving and not terminating, with node, zone and target', () => {
    const pod = readyPod('10.244.0.5');
    expect(endpointOf(pod)).toEqual({
      addresses: ['10.244.0.5'],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'node-1',
      zone: 'a',
      targetRef: {
        kind: 'Pod',
        namespace: 'default',
        name: pod.metadata.name,
        uid: pod.metadata.uid,
      },
    });
  });

  test('a terminating pod still serves, but is not ready', () => {
    const pod = podOf('p', { node: 'node-1', ready: true, ip: '10.244.0.5', deleted: true });
    expect(endpointOf(pod)?.conditions).toEqual({ ready: false, serving: true, terminating: true });
  });

  test('publishNotReadyAddresses makes every pod ready', () => {
    const pod = podOf('p', { node: 'node-1', ready: false, ip: '10.244.0.5' });
    expect(endpointOf(pod)?.conditions).toEqual({
      ready: false,
      serving: false,
      terminating: false,
    });
    const published = serviceOf({ publishNotReadyAddresses: true });
    expect(endpointOf(pod, { service: published })?.conditions?.ready).toBe(true);
  });

  test.each([
    ['has ended', podOf('p', { node: 'node-1', phase: 'Succeeded', ip: '10.244.0.5' })],
    ['has no address', podOf('p', { node: 'node-1' })],
    ['is on a node that is gone', podOf('p', { node: 'gone', ready: true, ip: '10.244.0.5' })],
  ])('a pod that %s is no endpoint', (_, pod) => {
    expect(endpointOf(pod)).toBeUndefined();
  });

  test('a named target port is looked up in the pod, by name and protocol', () => {
    const named = serviceOf({ ports: [{ port: 80, targetPort: 'web', protocol: 'TCP' }] });
    const pod = readyPod('10.244.0.5');
    const ports = [{ name: 'web', containerPort: 8081, protocol: 'TCP' as const }];
    const withPort = { ...pod, spec: { containers: [{ name: 'app', ports }], nodeName: 'node-1' } };
    const [slice] = run([], [withPort], { service: named }).slices;
    expect(slice?.ports).toEqual([{ name: '', port: 8081, protocol: 'TCP' }]);
  });
});

describe('slices', () => {
  test('carry the labels of the service and of the manager', () => {
    const [slice] = run([], [readyPod('10.244.0.5')], { service }).slices;
    expect(slice?.metadata.labels).toEqual({
      tier: 'front',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(slice?.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'Service', name: 'web' });
  });

  test('are absent without a selector and for ExternalName', () => {
    const { selector: _, ...spec } = service.spec;
    const pods = [readyPod('10.244.0.5')];
    expect(run([], pods, { service: { ...service, spec } }).actions).toEqual([]);
    expect(run([], pods, { service: serviceOf({ type: 'ExternalName' }) }).actions).toEqual([]);
  });

  test('an empty one stays as long as there are no endpoints', () => {
    const empty = run([], [], { service });
    expect(empty.slices).toMatchObject([{ endpoints: [], ports: [] }]);
    expect(run(empty.slices, [], { service }).actions).toEqual([]);
    const filled = run(empty.slices, [readyPod('10.244.0.5')], { service });
    expect(filled.slices).toHaveLength(1);
    expect(filled.slices[0]?.endpoints).toHaveLength(1);
  });

  test('pods with different named ports are in different slices', () => {
    const named = serviceOf({ ports: [{ port: 80, targetPort: 'web', protocol: 'TCP' }] });
    const at = (ip: string, containerPort: number): Pod => {
      const ports = [{ name: 'web', containerPort, protocol: 'TCP' as const }];
      return {
        ...readyPod(ip),
        spec: { nodeName: 'node-1', containers: [{ name: 'app', ports }] },
      };
    };
    const { slices } = run([], [at('10.244.0.5', 1), at('10.244.0.6', 2)], { service: named });
    expect(new Set(slices.map((slice) => slice.ports?.[0]?.port))).toEqual(new Set([1, 2]));
  });

  test('one change in a thousand endpoints is one write', () => {
    const pods = Array.from({ length: 1000 }, (_, index) =>
      readyPod(`10.244.${index >> 8}.${index & 255}`),
    );
    const { slices } = run([], pods, { service });
    expect(slices).toHaveLength(10);
    const fewer = run(slices, pods.slice(1), { service });
    expect(fewer.actions).toMatchObject([{ kind: 'update' }]);
    const more = run(fewer.slices, [...pods.slice(1), readyPod('10.245.0.1')], { service });
    expect(more.actions).toMatchObject([{ kind: 'update' }]);
  });

  test('whatever came before, every endpoint is in exactly one slice, none too large, and a second pass writes nothing', () => {
    const pool = Array.from({ length: 40 }, (_, index) => readyPod(`10.244.0.${index}`));
    const choice = fc.subarray(pool);
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 6 }), (rounds) => {
        let slices: EndpointSlice[] = [];
        for (const pods of rounds) {
          slices = run(slices, pods, { service, endpointsPerSliceMax: 7 }).slices;
          const found = slices.flatMap((slice) => slice.endpoints.map((one) => one.addresses[0]));
          expect(new Set(found)).toEqual(new Set(pods.map((pod) => pod.status.podIP)));
          expect(found).toHaveLength(pods.length);
          for (const slice of slices) expect(slice.endpoints.length).toBeLessThanOrEqual(7);
          expect(run(slices, pods, { service, endpointsPerSliceMax: 7 }).actions).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
