import { describe, expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { containerConfig, sandboxConfig } from './container-config.ts';
import { environmentOf, type EnvironmentInput } from './environment.ts';
import { expand } from './expansion.ts';
import { formatGoDuration } from './go-duration.ts';
import { oomScoreAdjustment, qosClass } from './qos.ts';
import { serviceVariables } from './service-variables.ts';

const environment = (input: Partial<EnvironmentInput>) =>
  Object.fromEntries(
    environmentOf({
      pod: pod(),
      container: container('main'),
      podIP: '10.244.1.5',
      nodeAddress: '172.20.0.3',
      serviceVariables: {},
      lookUp: () => undefined,
      allocatable: { cpuMillis: 4000, memoryBytes: 1024 ** 3 },
      ...input,
    }),
  );

describe('environment', () => {
  it('reads the pod, the container’s resources and the objects that it names', () => {
    const main = container('main', {
      resources: { limits: { memory: '64Mi' }, requests: { cpu: '250m' } },
      envFrom: [{ prefix: 'C_', configMapRef: { name: 'settings' } }],
      env: [
        { name: 'POD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        { name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
        {
          name: 'APP',
          valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['app']" } },
        },
        {
          name: 'MEM',
          valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } },
        },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } },
        { name: 'URL', value: 'http://$(POD):$(C_port)/$$(POD)/$(NONE)' },
      ],
    });
    const of = pod({ containers: [main] });
    of.metadata.labels = { app: 'shop' };
    const lookUp: EnvironmentInput['lookUp'] = (kind, name) =>
      ({ 'configmap/settings': { port: '80' }, 'secret/keys': { k: 's3' } })[
        `${kind}/${name}` as 'secret/keys'
      ];
    expect(environment({ pod: of, container: main, lookUp })).toEqual({
      C_port: '80',
      POD: 'web',
      IP: '10.244.1.5',
      APP: 'shop',
      MEM: '64',
      CPU: '4',
      KEY: 's3',
      URL: 'http://web:80/$(POD)/$(NONE)',
    });
  });

  it('stops a container whose reference leads nowhere, unless it is optional', () => {
    const from = (optional: boolean) =>
      container('main', { envFrom: [{ configMapRef: { name: 'none', optional } }] });
    expect(() => environment({ container: from(false) })).toThrow('configmap "none" not found');
    expect(environment({ container: from(true) })).toEqual({});
    const env = [{ name: 'K', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } }];
    expect(() =>
      environment({ container: container('main', { env }), lookUp: () => ({}) }),
    ).toThrow("couldn't find key k in Secret shop/keys");
  });

  it('tells of the services of its namespace (docker links style)', () => {
    const service = (namespace: string, name: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { clusterIP: '10.96.0.9', ports: [{ name: 'http', port: 80 }] },
      status: {},
    });
    const all = [
      service('shop', 'my-db'),
      service('other', 'db'),
      service('default', 'kubernetes'),
    ];
    const linked = serviceVariables(all, { namespace: 'shop', enableServiceLinks: true });
    expect(linked).toMatchObject({
      MY_DB_SERVICE_HOST: '10.96.0.9',
      MY_DB_SERVICE_PORT_HTTP: '80',
      MY_DB_PORT_80_TCP: 'tcp://10.96.0.9:80',
      KUBERNETES_SERVICE_HOST: '10.96.0.9',
    });
    expect(linked).not.toHaveProperty('DB_SERVICE_HOST');
    const unlinked = serviceVariables(all, { namespace: 'shop', enableServiceLinks: false });
    expect(Object.keys(unlinked).every((name) => name.startsWith('KUBERNETES_'))).toBe(true);
  });
});

describe('a container’s configuration', () => {
  const configOf = (more: Parameters<typeof container>[1]) => {
    const main = container('main', more);
    return containerConfig({
      pod: pod({ containers: [main], securityContext: { runAsUser: 1000, fsGroup: 2000 } }),
      container: main,
      attempt: 2,
      environment: new Map([['A', 'x']]),
      mounts: [],
      nodeMemoryBytes: 1024 ** 3,
    });
  };

  it('has shares, quota and limit from its resources (cgroup arithmetic of kubelet)', () => {
    expect(
      configOf({
        resources: { requests: { cpu: '100m' }, limits: { cpu: '500m', memory: '64Mi' } },
      }).resources,
    ).toMatchObject({ cpuShares: 102, cpuQuotaMicros: 50_000, memoryLimitBytes: 64 * 1024 ** 2 });
    expect(configOf({}).resources).toMatchObject({ cpuShares: 2, cpuQuotaMicros: undefined });
  });

  it('runs as its own user before the pod’s, with variables put into its command', () => {
    const config = configOf({ command: ['run', '$(A)'], securityContext: { runAsGroup: 3 } });
    expect(config).toMatchObject({
      command: ['run', 'x'],
      security: { user: '1000:3', supplementalGroups: [2000] },
    });
    expect(configOf({ securityContext: { runAsUser: 5 } }).security.user).toBe('5');
    expect(() => configOf({ securityContext: { runAsUser: 0, runAsNonRoot: true } })).toThrow(
      "container's runAsUser breaks non-root policy",
    );
  });

  it('runs with a group of its own as the image’s user', () => {
    const userOf = (imageUser: string | undefined) =>
      containerConfig({
        pod: pod({ securityContext: { runAsGroup: 3 } }),
        container: container('main'),
        attempt: 0,
        environment: new Map(),
        mounts: [],
        nodeMemoryBytes: 1024 ** 3,
        imageUser,
      }).security.user;
    expect([userOf(undefined), userOf(''), userOf('web:web'), userOf('7')]).toEqual([
      '0:3',
      '0:3',
      'web:3',
      '7:3',
    ]);
  });

  it.each([
    ['', 'container has runAsNonRoot and image will run as root'],
    ['0:5', 'container has runAsNonRoot and image will run as root'],
    ['web', 'container has runAsNonRoot and image has non-numeric user (web), cannot verify user'],
    ['1000:web', undefined],
  ])('does not run as root where it must not, by the image’s user "%s"', (imageUser, words) => {
    const run = () =>
      containerConfig({
        pod: pod({ securityContext: { runAsNonRoot: true } }),
        container: container('main'),
        attempt: 0,
        environment: new Map(),
        mounts: [],
        nodeMemoryBytes: 1e9,
        imageUser,
      });
    if (words === undefined) expect(run().security.user).toBeUndefined();
    else expect(run).toThrow(words);
  });
});

it('a sandbox resolves names in the cluster when the cluster has a resolver', () => {
  const config = (clusterDns: string[], dnsPolicy?: 'Default') =>
    sandboxConfig({
      pod: pod(dnsPolicy === undefined ? {} : { dnsPolicy }),
      attempt: 0,
      address: '10.244.1.5',
      clusterDns,
      clusterDomain: 'cluster.local',
    });
  expect(config(['10.96.0.10']).dns).toEqual({
    servers: ['10.96.0.10'],
    searches: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    options: ['ndots:5'],
  });
  expect(config([]).dns).toBeUndefined();
  expect(config(['10.96.0.10'], 'Default').dns).toBeUndefined();
});

it('quality of service follows requests and limits', () => {
  const of = (resources: NonNullable<Parameters<typeof container>[1]>['resources']) => {
    const main = container('main', resources === undefined ? {} : { resources });
    const one = pod({ containers: [main] });
    return [qosClass(one), oomScoreAdjustment(one, main, 1024 ** 3)];
  };
  expect(of(undefined)).toEqual(['BestEffort', 1000]);
  expect(of({ requests: { memory: '512Mi' } })).toEqual(['Burstable', 500]);
  expect(of({ limits: { cpu: '1', memory: '1Gi' } })).toEqual(['Guaranteed', -997]);
  expect(of({ limits: { cpu: '1' } })[0]).toBe('Burstable');
});

it('variables are replaced once, unknown ones stay', () => {
  const known: Record<string, string> = { A: '$(B)', B: 'b' };
  expect(expand('$(A) $(B) $(C) $$(A) $', (name) => known[name])).toBe('$(B) b $(C) $(A) $');
});

it('durations are written as Go writes them', () => {
  expect([0, 250, 10_000, 80_000, 300_000, 3_661_500].map(formatGoDuration)).toEqual([
    '0s',
    '250ms',
    '10s',
    '1m20s',
    '5m0s',
    '1h1m1.5s',
  ]);
});
