/** The whole agent on the simulated runtime, at twenty times the speed. */
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigMap, Pod, PodSpec } from '@drydock/api';
import { resources } from '@drydock/client';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNodeAgent, type NodeAgent } from './node-agent.ts';
import { createScriptedAsk } from './runtime/simulated/scripted-ask.ts';
import {
  createSimulatedRuntime,
  type SimulatedRuntime,
} from './runtime/simulated/simulated-runtime.ts';
import { createToyApi, type ToyApi } from './testing/toy-api.ts';
import { createVolumes, type Volumes } from './volumes/volumes.ts';

let clock = createSystemClock(0.05);
let volumes: Volumes | undefined;
const machine = {
  cpuCount: 4,
  memoryBytes: 8 * 1024 ** 3,
  diskBytes: 1e11,
  maxPods: 110,
  kernelVersion: '6.1',
  osImage: 'Debian',
  architecture: 'amd64',
  machineId: 'm',
  address: '172.20.0.3',
  kubeletPort: 10250,
};

let api: ToyApi;
let runtime: SimulatedRuntime;
let stop: AbortController;
let uids = 0;

function startAgent(bootId = 'boot-1'): NodeAgent {
  stop = new AbortController();
  const agent = createNodeAgent(
    { nodeName: 'node-1', labels: {}, bootId, clusterDns: [], clusterDomain: '', machine },
    {
      api: api.client,
      clock,
      log: silentLogger,
      recorder: api.recorder,
      runtime,
      ask: createScriptedAsk(runtime),
      volumes,
      network: undefined,
      services: () => [],
      signal: stop.signal,
    },
  );
  api.onPod((pod, isGone) => (isGone ? agent.removePod(pod) : agent.setPod(pod)));
  return agent;
}

async function startNode(): Promise<NodeAgent> {
  const agent = startAgent();
  await agent.start();
  const node = structuredClone(api.node('node-1')!);
  node.spec.podCIDR = '10.244.1.0/24';
  agent.setNodes([node]);
  return agent;
}

function bind(name: string, script: string, spec: Partial<PodSpec> = {}): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `00000000-${++uids}`,
      annotations: { 'simulation.drydock.dev/main': script },
    },
    spec: { containers: [{ name: 'main', image: 'web:1' }], nodeName: 'node-1', ...spec },
    status: { phase: 'Pending' },
  };
  api.put('pods', pod);
  return pod;
}

const main = (name: string) => api.pod(name)?.status.containerStatuses?.[0];
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 5_000, interval: 5 });

beforeEach(() => {
  clock = createSystemClock(0.05);
  volumes = undefined;
  api = createToyApi();
  runtime = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
});
afterEach(() => stop.abort());

describe('a node', () => {
  it('registers, says what it is, and becomes ready with its range of addresses', async () => {
    const agent = startAgent();
    await agent.start();
    const node = () => api.node('node-1')!;
    expect(node().metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node-1' });
    expect(node().status).toMatchObject({
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      nodeInfo: { containerRuntimeVersion: 'simulated://1.0.0', bootID: 'boot-1' },
    });
    const ready = () => node().status.conditions!.find((one) => one.type === 'Ready')!;
    expect(ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
    agent.setNodes([{ ...node(), spec: { podCIDR: '10.244.1.0/24' } }]);
    await eventually(() =>
      expect(ready()).toMatchObject({
        status: 'True',
        message: 'kubelet is posting ready status',
      }),
    );
    expect(api.events).toContain('NodeReady: Node node-1 status is now: NodeReady');
  });

  it('renews its lease', async () => {
    await startNode();
    const lease = () =>
      api.client.get(resources.leases, { namespace: 'kube-node-lease', name: 'node-1' });
    let first: string | undefined;
    await eventually(async () => {
      first = (await lease()).metadata.resourceVersion;
    });
    await vi.waitFor(
      async () => expect((await lease()).metadata.resourceVersion).not.toBe(first),
      5_000,
    );
  });
});

describe('a pod', () => {
  it('runs, with an address, events in kubelet’s words, and a status', async () => {
    await startNode();
    bind('web', '');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    expect(api.pod('web')!.status).toMatchObject({ podIP: '10.244.1.2', hostIP: '172.20.0.3' });
    expect(main('web')).toMatchObject({ ready: true, restartCount: 0 });
    const told = api.events.filter((event) => !event.startsWith('Node'));
    expect(told.slice(-3)).toEqual([
      'Pulled: Container image "web:1" already present on machine',
      'Created: Created container: main',
      'Started: Started container main',
    ]);
  });

  it('becomes ready when its probe succeeds, and restarts when its liveness fails', async () => {
    await startNode();
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
    bind('web', 'ready=3s', { containers: [{ name: 'main', image: 'web:1', readinessProbe }] });
    await eventually(() => expect(main('web')).toMatchObject({ ready: false, started: true }));
    await eventually(() => expect(main('web')).toMatchObject({ ready: true }));
    expect(api.events).toContain(
      'Unhealthy: Readiness probe failed: Get "http://10.244.1.2:80/": dial tcp 10.244.1.2:80: connect: connection refused',
    );
    const livenessProbe = { ...readinessProbe, failureThreshold: 2 };
    bind('ill', 'ready=1h', { containers: [{ name: 'main', image: 'web:1', livenessProbe }] });
    await eventually(() => expect(main('ill')!.restartCount).toBe(1));
    expect(api.events).toContain(
      'Killing: Container main failed liveness probe, will be restarted',
    );
  });

  it('that crashes is restarted, then backs off', async () => {
    await startNode();
    bind('crash', 'run=100ms,exit=3');
    await eventually(() =>
      expect(main('crash')).toMatchObject({
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      }),
    );
    await eventually(() => expect(main('crash')!.restartCount).toBe(2));
  });

  it('whose work is done ends as Succeeded and keeps its sandbox no longer', async () => {
    await startNode();
    bind('once', 'run=100ms', { restartPolicy: 'Never' });
    await eventually(() => expect(api.pod('once')!.status.phase).toBe('Succeeded'));
    await eventually(async () => {
      const [sandbox] = await runtime.listPodSandbox();
      expect(sandbox!.state).toBe('not-ready');
    });
  });

  it('gets a container to debug it with, which sees the processes of the one it names', async () => {
    await startNode();
    const pod = bind('web', '');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    const debug = (...names: string[]) => {
      const ephemeralContainers = names.map((name) => ({
        name,
        image: 'tools:1',
        targetContainerName: name === 'lost' ? 'nobody' : 'main',
      }));
      const debugged: Pod = { ...api.pod('web')!, spec: { ...pod.spec, ephemeralContainers } };
      api.put('pods', debugged);
    };
    debug('debugger');
    const states = () =>
      (api.pod('web')!.status.ephemeralContainerStatuses ?? []).map(({ name, state }) => [
        name,
        Object.keys(state ?? {})[0],
        state?.waiting?.reason,
      ]);
    await eventually(() => expect(states()).toEqual([['debugger', 'running', undefined]]));
    expect(main('web')).toMatchObject({ ready: true, restartCount: 0 });
    debug('debugger', 'lost');
    await eventually(() =>
      expect(states()).toEqual([
        ['debugger', 'running', undefined],
        ['lost', 'waiting', 'CreateContainerConfigError'],
      ]),
    );
    expect(api.events).toContain('Failed: Error: unable to find target container nobody');
  });

  it('waits for its ConfigMap, and starts when it is there', async () => {
    await startNode();
    const envFrom = [{ configMapRef: { name: 'settings' } }];
    bind('web', '', { containers: [{ name: 'main', image: 'web:1', envFrom }] });
    await eventually(() =>
      expect(main('web')!.state).toEqual({
        waiting: {
          reason: 'CreateContainerConfigError',
          message: 'configmap "settings" not found',
        },
      }),
    );
    const settings: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: {},
    };
    api.put('configmaps', settings);
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
  });

  it('that asks for more than there is fails, and says why', async () => {
    await startNode();
    const resources = { requests: { cpu: '5' } };
    bind('large', '', { containers: [{ name: 'main', image: 'web:1', resources }] });
    await eventually(() =>
      expect(api.pod('large')!.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' }),
    );
    expect(await runtime.listPodSandbox()).toEqual([]);
  });

  it('that outlives its deadline fails, and its containers end', async () => {
    await startNode();
    bind('slow', '', { activeDeadlineSeconds: 5 });
    await eventually(() => expect(api.pod('slow')!.status.phase).toBe('Running'));
    await eventually(() =>
      expect(api.pod('slow')!.status).toMatchObject({
        phase: 'Failed',
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      }),
    );
    expect(main('slow')!.state!.terminated!.exitCode).toBe(143);
  });

  it('has volumes that follow their ConfigMaps, within about a minute', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-agent-'));
    clock = createSystemClock(0.005);
    runtime = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
    volumes = createVolumes(folder.path);
    const settings = (text: string): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { 'a.txt': text },
    });
    api.put('configmaps', settings('one'));
    await startNode();
    const { uid = '' } = bind('web', '', {
      containers: [{ name: 'main', image: 'web:1' }],
      volumes: [{ name: 'conf', configMap: { name: 'settings' } }],
    }).metadata;
    const read = () =>
      readFile(join(folder.path, 'pods', uid, 'volumes/conf/a.txt'), { encoding: 'utf8' });
    await eventually(async () => expect(await read()).toBe('one'));
    api.put('configmaps', settings('two'));
    await eventually(async () => expect(await read()).toBe('two'));
  });

  it('without its image says so and backs off', async () => {
    await startNode();
    bind('web', '', { containers: [{ name: 'main', image: 'missing:1' }] });
    await eventually(() => expect(main('web')!.state!.waiting!.reason).toBe('ErrImagePull'));
    expect(api.events).toContain('Failed: Error: ErrImagePull');
    await eventually(() => expect(main('web')!.state!.waiting!.reason).toBe('ImagePullBackOff'));
    expect(api.events).toContain('BackOff: Back-off pulling image "missing:1"');
  });
});

describe('deletion', () => {
  it('lets containers end, then lets the object go', async () => {
    await startNode();
    bind('web', 'stop=1s');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    api.deletePod('web', 30);
    await eventually(() => expect(api.pod('web')).toBeUndefined());
    expect(await runtime.listPodSandbox()).toEqual([]);
    expect(api.events).toContain('Killing: Stopping container main');
  });

  it('kills what does not listen when the grace is over, or sooner when it is cut', async () => {
    await startNode();
    bind('deaf', 'stop=never');
    await eventually(() => expect(api.pod('deaf')!.status.phase).toBe('Running'));
    const begin = clock.now();
    api.deletePod('deaf', 600);
    await eventually(() => expect(api.events).toContain('Killing: Stopping container main'));
    expect(await runtime.listContainers()).toMatchObject([{ state: 'running' }]);
    api.deletePod('deaf', 2);
    await eventually(() => expect(api.pod('deaf')).toBeUndefined());
    expect(clock.now() - begin).toBeLessThan(300_000);
  });

  it('ends the containers of a pod that vanished', async () => {
    const agent = await startNode();
    const pod = bind('web', '');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    agent.removePod(pod);
    await eventually(async () => expect(await runtime.listPodSandbox()).toEqual([]));
  });
});

describe('the token of a pod', () => {
  const access = (name: string): Partial<PodSpec> => ({
    serviceAccountName: 'robot',
    containers: [
      {
        name: 'main',
        image: 'web:1',
        volumeMounts: [{ name, mountPath: '/token', readOnly: true }],
      },
    ],
    volumes: [
      {
        name,
        projected: {
          sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 600 } }],
          defaultMode: 0o644,
        },
      },
    ],
  });

  it('is in its volume before it starts, renewed while it runs, and gone with it', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-agent-'));
    clock = createSystemClock(0.005);
    runtime = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
    volumes = createVolumes(folder.path);
    // Its tokens are old when they come, so that each look at them renews them.
    api = createToyApi(() => Date.now() - 500_000);
    await startNode();
    const pod = bind('web', '', access('access'));
    const file = join(folder.path, 'pods', pod.metadata.uid!, 'volumes/access/token');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    const first = await readFile(file, 'utf8');
    expect(first).toMatch(/^token-\d+$/);
    expect(api.tokenRequests[0]).toMatchObject({
      serviceAccount: 'default/robot',
      spec: { boundObjectRef: { kind: 'Pod', name: 'web', uid: pod.metadata.uid } },
    });
    await eventually(async () => {
      const now = await readFile(file, 'utf8');
      expect(now).toMatch(/^token-\d+$/);
      expect(now).not.toBe(first);
    });
    api.deletePod('web', 0);
    await eventually(() => expect(api.pod('web')).toBeUndefined());
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('that is refused keeps the pod from starting, and it is told why', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-agent-'));
    volumes = createVolumes(folder.path);
    api.refuseTokens('serviceaccounts "robot" not found');
    await startNode();
    bind('web', '', access('access'));
    await eventually(() =>
      expect(api.events).toContain(
        'FailedMount: MountVolume.SetUp failed for volume "access" : failed to fetch token: serviceaccounts "robot" not found',
      ),
    );
    expect(api.pod('web')!.status.phase).toBe('Pending');
    api.refuseTokens(undefined);
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
  });

  it('is not asked for on a node without volumes', async () => {
    await startNode();
    bind('web', '', access('access'));
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    expect(api.tokenRequests).toEqual([]);
  });
});

describe('an agent that starts anew', () => {
  it('adopts running pods untouched, and they stay ready', async () => {
    await startNode();
    const readinessProbe = { httpGet: { port: 80 } };
    bind('web', '', { containers: [{ name: 'main', image: 'web:1', readinessProbe }] });
    await eventually(() => expect(main('web')).toMatchObject({ ready: true }));
    const before = await runtime.listContainers();
    const version = api.pod('web')!.metadata.resourceVersion;
    stop.abort();
    const agent = startAgent();
    agent.setPod(api.pod('web')!);
    await agent.start();
    agent.setNodes([{ ...api.node('node-1')!, spec: { podCIDR: '10.244.1.0/24' } }]);
    await eventually(() => expect(agent.pods()).toHaveLength(1));
    bind('next', '');
    await eventually(() => expect(api.pod('next')!.status.phase).toBe('Running'));
    expect((await runtime.listContainers()).slice(0, 1)).toEqual(before);
    expect(api.pod('next')!.status.podIP).toBe('10.244.1.3');
    expect(api.pod('web')!.metadata.resourceVersion).toBe(version);
  });

  it('ends containers whose pods are bound here no more', async () => {
    await startNode();
    bind('web', '');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    stop.abort();
    await startAgent().start();
    await eventually(async () => expect(await runtime.listPodSandbox()).toEqual([]));
  });

  it('after a reboot starts its pods anew', async () => {
    await startNode();
    bind('web', '');
    await eventually(() => expect(api.pod('web')!.status.phase).toBe('Running'));
    const [before] = await runtime.listContainers();
    stop.abort();
    const agent = startAgent('boot-2');
    agent.setNodes([{ ...api.node('node-1')!, spec: { podCIDR: '10.244.1.0/24' } }]);
    agent.setPod(api.pod('web')!);
    runtime.reboot('boot-2');
    await agent.start();
    await eventually(() => expect(main('web')).toMatchObject({ restartCount: 1, ready: true }));
    expect(await runtime.containerStatus(before!.id)).toBeUndefined();
    expect(api.events).toContain('Rebooted: Node node-1 has been rebooted, boot id: boot-2');
  });
});
