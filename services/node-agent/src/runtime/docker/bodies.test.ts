import type { AppArmorProfile, Container, PodSpec } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import { container, pod } from '../../testing/builders.ts';
import { containerConfig, sandboxConfig } from '../../pod-lifecycle/container-config.ts';
import { containerBody, memoryVolumeBody, sandboxBody } from './bodies.ts';
import { merge } from './multiplexed-stream.ts';
import { containerStatusOf, type Inspected } from './status.ts';

const node = { cluster: 'demo', node: 'node-1', bootId: 'boot-1' };

describe('a sandbox for the engine', () => {
  const body = (address: string | undefined) =>
    sandboxBody(
      sandboxConfig({
        pod: pod({
          hostNetwork: address === undefined,
          hostAliases: [{ ip: '10.0.0.1', hostnames: ['db'] }],
        }),
        attempt: 1,
        address,
        clusterDns: ['10.96.0.10'],
        clusterDomain: 'cluster.local',
      }),
      { node, pauseImage: 'pause:1', nodeNetworkMode: 'container:abc' },
    );

  it('has no network of the engine’s, knows its name, and says whose it is', () => {
    expect(body('10.244.1.5')).toMatchObject({
      name: 'demo_shop_web_POD_u-1_1',
      Image: 'pause:1',
      Hostname: 'web',
      Labels: {
        'drydock.cluster': 'demo',
        'drydock.node': 'node-1',
        'drydock.uid': 'u-1',
        'drydock.boot': 'boot-1',
        'drydock.address': '10.244.1.5',
      },
      HostConfig: {
        NetworkMode: 'none',
        IpcMode: 'shareable',
        Dns: ['10.96.0.10'],
        ExtraHosts: ['web:10.244.1.5', 'db:10.0.0.1'],
      },
    });
  });

  it('on the node’s network takes everything from the node’s container', () => {
    const { HostConfig, Hostname } = body(undefined);
    expect(HostConfig!.NetworkMode).toBe('container:abc');
    expect([Hostname, HostConfig!.ExtraHosts, HostConfig!.Dns]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it('a container for the engine sees the processes of its own, of another, or of the whole pod', () => {
  const pidMode = (shareProcessNamespace: boolean, processNamespaceOf?: string) => {
    const config = containerConfig({
      pod: pod({ shareProcessNamespace }),
      container: container('main'),
      attempt: 0,
      environment: new Map(),
      mounts: [],
      nodeMemoryBytes: 2 ** 30,
      processNamespaceOf,
    });
    const surroundings = {
      node,
      sandbox: { id: 's-1', pod: { namespace: 'shop', name: 'web', uid: 'u-1' } },
      hostPath: (path: string) => path,
    };
    return containerBody(config, surroundings).HostConfig!.PidMode;
  };
  expect(pidMode(false)).toBeUndefined();
  expect(pidMode(false, 'c-1')).toBe('container:c-1');
  expect(pidMode(true, 'c-1')).toBe('container:s-1');
});

it('a container for the engine joins its sandbox, with its limits and mounts', () => {
  const main = container('main', {
    command: ['serve'],
    resources: { limits: { cpu: '500m', memory: '64Mi' } },
  });
  const config = containerConfig({
    pod: pod({ containers: [main] }),
    container: main,
    attempt: 0,
    environment: new Map([['A', 'b']]),
    mounts: [{ source: '/root/pods/x', target: '/data', readOnly: true }],
    nodeMemoryBytes: 1024 ** 3,
  });
  const identity = { namespace: 'shop', name: 'web', uid: 'u-1' };
  const body = containerBody(config, {
    node,
    sandbox: { id: 'sandbox-0', pod: identity },
    hostPath: (path) => `/host${path}`,
  });
  expect(body).toMatchObject({
    Image: 'main:1',
    Env: ['A=b'],
    Entrypoint: ['serve'],
    Cmd: [],
    HostConfig: {
      NetworkMode: 'container:sandbox-0',
      IpcMode: 'container:sandbox-0',
      CpuQuota: 50_000,
      CpuPeriod: 100_000,
      Memory: 64 * 1024 ** 2,
      MemorySwap: 64 * 1024 ** 2,
      Mounts: [{ Source: '/host/root/pods/x', Target: '/data', ReadOnly: true }],
    },
  });
});

describe('the engine’s facts', () => {
  const inspected = (state: Partial<Inspected['State']>): Inspected => ({
    Id: 'x',
    Created: '2026-01-01T00:00:00Z',
    Image: 'sha256:i',
    HostConfig: {},
    Config: { Labels: {}, Image: 'main:1' },
    State: {
      Status: 'exited',
      Running: false,
      ExitCode: 0,
      OOMKilled: false,
      StartedAt: '0001-01-01T00:00:00Z',
      FinishedAt: '0001-01-01T00:00:00Z',
      ...state,
    },
  });

  it('of a container that could not start say exited, and why', () => {
    const Error = 'exec: "nosuch": executable file not found in $PATH';
    const failed = containerStatusOf(inspected({ Status: 'created', ExitCode: 127, Error }));
    expect(failed).toMatchObject({ state: 'exited', exitCode: 127, error: Error });
    expect(failed.finishedAt).toBe(Date.UTC(2026, 0, 1));
  });

  it('never let a container end before it began', () => {
    const quick = containerStatusOf(
      inspected({ StartedAt: '2026-01-01T00:00:01.002Z', FinishedAt: '2026-01-01T00:00:01.001Z' }),
    );
    expect(quick.finishedAt).toBe(quick.startedAt);
  });
});

it('interleaved output is put together however it was cut', async () => {
  const frame = (text: string) => {
    const header = Buffer.alloc(8);
    header[0] = 1;
    header.writeUInt32BE(text.length, 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const whole = Buffer.concat([frame('one\n'), frame(''), frame('two\n')]);
  for (const size of [1, 3, 8, 100]) {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
      whole.subarray(index * size, (index + 1) * size),
    );
    let text = '';
    for await (const piece of merge(streamOf(chunks))) text += Buffer.from(piece).toString();
    expect(text).toBe('one\ntwo\n');
  }
});

async function* streamOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

describe('what a container may see and do', () => {
  const bodyOf = (
    spec: Partial<PodSpec>,
    security: NonNullable<Container['securityContext']> = {},
    more: { seccompText?: string; isDefault?: boolean } = {},
  ) =>
    containerBody(
      containerConfig({
        pod: pod(spec),
        container: container('main', { securityContext: security }),
        attempt: 0,
        environment: new Map(),
        mounts: [{ source: '', target: '/fast', readOnly: false, memoryVolume: 'fast' }],
        nodeMemoryBytes: 1e9,
        seccomp: { isDefault: more.isDefault ?? false, folder: '/root/seccomp' },
      }),
      {
        node,
        sandbox: { id: 'sandbox-id', pod: { namespace: 'shop', name: 'web', uid: 'u-1' } },
        hostPath: (path) => `/host${path}`,
        nodeNetworkMode: 'container:abc',
        seccompText: more.seccompText,
      },
    ).HostConfig!;

  it('is filtered as asked, by default not at all or as the engine does', () => {
    const options = (...args: Parameters<typeof bodyOf>) => bodyOf(...args).SecurityOpt;
    expect(options({})).toEqual(['seccomp=unconfined']);
    expect(options({}, {}, { isDefault: true })).toEqual([]);
    expect(options({}, { seccompProfile: { type: 'RuntimeDefault' } })).toEqual([]);
    const unconfined = { seccompProfile: { type: 'Unconfined' } as const };
    expect(options({ securityContext: unconfined }, {}, { isDefault: true })).toEqual([
      'seccomp=unconfined',
    ]);
    const localhost = {
      seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } as const,
    };
    expect(options({ securityContext: unconfined }, localhost, { seccompText: '{}' })).toEqual([
      'seccomp={}',
    ]);
  });

  it('is confined by AppArmor as asked', () => {
    const options = (profile: AppArmorProfile) =>
      bodyOf({}, { appArmorProfile: profile }, { isDefault: true }).SecurityOpt;
    expect(options({ type: 'RuntimeDefault' })).toEqual(['apparmor=docker-default']);
    expect(options({ type: 'Unconfined' })).toEqual(['apparmor=unconfined']);
    expect(options({ type: 'Localhost', localhostProfile: 'strict' })).toEqual(['apparmor=strict']);
  });

  it('are the processes and the shared memory of the node when the pod says so', () => {
    expect(bodyOf({ hostPID: true, hostIPC: true })).toMatchObject({
      PidMode: 'host',
      IpcMode: 'container:abc',
    });
    expect(bodyOf({})).toMatchObject({ IpcMode: 'container:sandbox-id' });
  });

  it('is all of /proc when nothing is to be masked', () => {
    expect(bodyOf({}, { procMount: 'Unmasked' })).toMatchObject({
      MaskedPaths: [],
      ReadonlyPaths: [],
    });
    expect(bodyOf({})).not.toHaveProperty('MaskedPaths');
  });

  it('is the volume in memory that its sandbox holds', () => {
    expect(bodyOf({}).Mounts).toMatchObject([
      { Type: 'volume', Source: 'demo_shop_web_u-1_fast', Target: '/fast', ReadOnly: false },
    ]);
    const held = sandboxBody(
      sandboxConfig({
        pod: pod({ hostIPC: true }),
        attempt: 0,
        address: '10.244.1.5',
        clusterDns: [],
        clusterDomain: '',
        memoryVolumes: [{ name: 'fast', sizeBytes: 1024, gid: 5 }],
      }),
      { node, pauseImage: 'pause:1', nodeNetworkMode: 'container:abc' },
    ).HostConfig!;
    expect(held.IpcMode).toBe('container:abc');
    expect(held.Mounts).toMatchObject([
      { Source: 'demo_shop_web_u-1_fast', Target: '/drydock/memory/fast', ReadOnly: true },
    ]);
  });
});

it('a volume in memory is one of the engine, with its size, its group and whose it is', () => {
  const identity = { namespace: 'shop', name: 'web', uid: 'u-1' };
  const of = (gid: number | undefined) =>
    memoryVolumeBody(node, identity, { name: 'fast', sizeBytes: 1024, gid });
  expect(of(undefined)).toMatchObject({
    Name: 'demo_shop_web_u-1_fast',
    Labels: { 'drydock.cluster': 'demo', 'drydock.uid': 'u-1', 'drydock.volume': 'fast' },
    Driver: 'local',
    DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1024,mode=0777' },
  });
  expect(of(2000).DriverOpts!['o']).toBe('size=1024,mode=2777,gid=2000');
});
