/** Eviction and garbage collection by the whole agent, on the simulated runtime at twenty times the speed. */
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, Pod, PodSpec } from '@drydock/api';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseThresholds, type EvictionFlags } from '../eviction/thresholds.ts';
import { createImageLedger } from '../gc/image-ledger.ts';
import { createNodeAgent } from '../node-agent.ts';
import { createScriptedAsk } from '../runtime/simulated/scripted-ask.ts';
import {
  createSimulatedRuntime,
  type SimulatedRuntime,
} from '../runtime/simulated/simulated-runtime.ts';
import { createToyApi, type ToyApi } from '../testing/toy-api.ts';
import { createVolumes, type Volumes } from '../volumes/volumes.ts';
import { createSimulatedObserver } from './resources.ts';
import type { UpkeepOptions } from './upkeep.ts';

const gibibyte = 2 ** 30;
let clock = createSystemClock(0.05);
const machine = {
  cpuCount: 4,
  memoryBytes: 8 * gibibyte,
  diskBytes: 100 * gibibyte,
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

function optionsOf(
  flags: Partial<EvictionFlags>,
  more: Partial<Omit<UpkeepOptions, 'eviction'>> = {},
): UpkeepOptions {
  const none = { hard: [], soft: [], softGracePeriod: [], minimumReclaim: [] };
  return {
    eviction: {
      thresholds: parseThresholds({ ...none, ...flags }),
      transitionMillis: 30_000,
      maxPodGraceSeconds: 0,
    },
    containers: { ageMillisMin: 0, perContainerMax: 1, totalMax: -1 },
    images: {
      highThresholdPercent: 85,
      lowThresholdPercent: 80,
      ageMillisMin: 0,
      ageMillisMax: 0,
    },
    ...more,
  };
}

async function startNode(upkeep: UpkeepOptions, volumes?: Volumes) {
  const { memoryBytes, diskBytes } = machine;
  const totals = () => runtime.totals();
  const agent = createNodeAgent(
    {
      nodeName: 'node-1',
      labels: {},
      bootId: 'boot-1',
      clusterDns: [],
      clusterDomain: '',
      machine,
      upkeep,
    },
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
      upkeep: {
        observe: createSimulatedObserver({ memoryBytes, diskBytes, totals }),
        housekeeping: runtime.housekeeping,
        ledger: createImageLedger(undefined),
      },
      signal: stop.signal,
    },
  );
  api.onPod((pod, isGone) => (isGone ? agent.removePod(pod) : agent.setPod(pod)));
  await agent.start();
  const node = structuredClone(api.node('node-1')!);
  node.spec.podCIDR = '10.244.1.0/24';
  agent.setNodes([node]);
}

function bind(
  name: string,
  script: string,
  main: Partial<Container> = {},
  spec: Partial<PodSpec> = {},
): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `00000000-${++uids}`,
      annotations: { 'simulation.drydock.dev/main': script },
    },
    spec: { containers: [{ name: 'main', image: 'web:1', ...main }], nodeName: 'node-1', ...spec },
    status: { phase: 'Pending' },
  };
  api.put('pods', pod);
  return pod;
}

const phase = (name: string) => api.pod(name)?.status.phase;
const condition = (type: string) =>
  api.node('node-1')!.status.conditions!.find((one) => one.type === type)!;
const eventually = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });
const requests = (memory: string) => ({ resources: { requests: { memory } } });

beforeEach(() => {
  clock = createSystemClock(0.05);
  stop = new AbortController();
  api = createToyApi();
  runtime = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
});
afterEach(() => stop.abort());

describe('a node that runs out of memory', () => {
  const flags = { hard: ['memory.available<1Gi'] };

  it('evicts who uses more than was asked for, says so, and recovers', async () => {
    await startNode(optionsOf(flags));
    bind('modest', 'memory=3Gi', requests('3Gi'));
    await eventually(() => expect(phase('modest')).toBe('Running'));
    bind('greedy', 'memory=4608Mi,stop=never', requests('1Gi'));
    await eventually(() => expect(phase('greedy')).toBe('Failed'));
    const message =
      'The node was low on resource: memory. Threshold quantity: 1Gi, available: 512Mi. ' +
      'Container main was using 4608Mi, request is 1Gi, has larger consumption of memory. ';
    expect(api.pod('greedy')!.status).toMatchObject({ reason: 'Evicted', message });
    expect(api.pod('greedy')!.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'TerminationByKubelet',
        message,
      }),
    );
    expect(api.events).toContain(`Evicted: ${message}`);
    expect(api.events).toContain('EvictionThresholdMet: Attempting to reclaim memory');
    expect(phase('modest')).toBe('Running');
    await eventually(() =>
      expect(condition('MemoryPressure')).toMatchObject({
        status: 'True',
        reason: 'KubeletHasInsufficientMemory',
        message: 'kubelet has insufficient memory available',
      }),
    );
    expect(api.events).toContain(
      'NodeHasInsufficientMemory: Node node-1 status is now: NodeHasInsufficientMemory',
    );

    bind('refused', '');
    await eventually(() =>
      expect(api.pod('refused')!.status).toMatchObject({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
      }),
    );
    expect(api.events).toContain('Evicted: The node had condition: [MemoryPressure]. ');
    bind('asking', '', requests('1Mi'));
    await eventually(() => expect(phase('asking')).toBe('Running'));

    await eventually(() =>
      expect(condition('MemoryPressure')).toMatchObject({
        status: 'False',
        reason: 'KubeletHasSufficientMemory',
      }),
    );
    bind('late', '');
    await eventually(() => expect(phase('late')).toBe('Running'));
  });

  it('evicts by priority among those beyond their request, and no critical pod', async () => {
    await startNode(optionsOf(flags));
    bind('critical', 'memory=3Gi', {}, { priority: 2_000_000_000 });
    bind('high', 'memory=3Gi', {}, { priority: 100 });
    await eventually(() =>
      expect([phase('critical'), phase('high')]).toEqual(['Running', 'Running']),
    );
    bind('low', 'memory=1280Mi', {}, { priority: 1 });
    await eventually(() => expect(phase('low')).toBe('Failed'));
    expect([phase('critical'), phase('high')]).toEqual(['Running', 'Running']);
  });

  it('waits for the grace of a soft threshold, and gives the pod its own', async () => {
    const soft = {
      soft: ['memory.available<1Gi'],
      softGracePeriod: ['memory.available=20s'],
    };
    const options = optionsOf(soft);
    await startNode({ ...options, eviction: { ...options.eviction, maxPodGraceSeconds: 60 } });
    bind('greedy', 'memory=7680Mi,stop=5s');
    await eventually(() => expect(condition('MemoryPressure').status).toBe('True'));
    expect(phase('greedy')).toBe('Running');
    await eventually(() => expect(phase('greedy')).toBe('Failed'));
    // It heard SIGTERM and had the time to end by itself.
    expect(api.pod('greedy')!.status.containerStatuses![0]!.state!.terminated!.exitCode).toBe(143);
  });
});

describe('a node that runs out of disk', () => {
  const flags = { hard: ['nodefs.available<10Gi'] };

  it('removes dead containers and unused images first, and evicts nobody if that is enough', async () => {
    await startNode(optionsOf(flags));
    bind('done', 'run=1s,disk=50Gi', { image: 'remote-tool:1' }, { restartPolicy: 'Never' });
    await eventually(() => expect(phase('done')).toBe('Succeeded'));
    bind('web', 'disk=45Gi', { image: 'remote-web:1' });
    await eventually(() =>
      expect(api.events).toContain('EvictionThresholdMet: Attempting to reclaim ephemeral-storage'),
    );
    await eventually(async () =>
      expect((await runtime.listContainers()).map(({ pod }) => pod.name)).toEqual(['web']),
    );
    await eventually(async () =>
      expect(await runtime.imageStatus('remote-tool:1')).toBeUndefined(),
    );
    expect(await runtime.imageStatus('remote-web:1')).toBeDefined();
    await eventually(() => expect(condition('DiskPressure').reason).toBe('KubeletHasDiskPressure'));
    await eventually(() => expect(condition('DiskPressure').status).toBe('False'));
    expect(phase('web')).toBe('Running');
    // What became of the pod is known without its containers.
    expect(api.pod('done')!.status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    });
  });

  it('then evicts who has written the most', async () => {
    await startNode(optionsOf(flags));
    bind('small', 'disk=20Gi');
    await eventually(() => expect(phase('small')).toBe('Running'));
    bind('large', 'disk=75Gi');
    await eventually(() => expect(phase('large')).toBe('Failed'));
    expect(api.pod('large')!.status.message).toBe(
      'The node was low on resource: ephemeral-storage. Threshold quantity: 10Gi, available: 5Gi. ' +
        'Container main was using 75Gi, request is 0, has larger consumption of ephemeral-storage. ',
    );
    expect(phase('small')).toBe('Running');
  });
});

it('a node that runs out of processes evicts who has the most', async () => {
  await startNode(optionsOf({ hard: ['pid.available<1k'] }));
  bind('small', 'pids=100');
  await eventually(() => expect(phase('small')).toBe('Running'));
  bind('bomb', 'pids=32000');
  await eventually(() => expect(phase('bomb')).toBe('Failed'));
  expect(api.pod('bomb')!.status.message).toBe(
    'The node was low on resource: pids. Threshold quantity: 1k, available: 668. ',
  );
  await eventually(() => expect(condition('PIDPressure').reason).toBe('KubeletHasInsufficientPID'));
});

describe('the storage of a pod', () => {
  const limits = (limit: string) => ({ resources: { limits: { 'ephemeral-storage': limit } } });

  it('beyond the limit of its container ends the pod, which is not a disruption', async () => {
    await startNode(optionsOf({}));
    bind('writer', 'disk=2Gi', limits('1Gi'));
    await eventually(() => expect(phase('writer')).toBe('Failed'));
    const { status } = api.pod('writer')!;
    expect(status).toMatchObject({
      reason: 'Evicted',
      message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
    });
    expect(status.conditions!.map(({ type }) => type)).not.toContain('DisruptionTarget');
  });

  it('beyond the limit of an emptyDir ends the pod, and what it wrote goes', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-upkeep-'));
    await startNode(optionsOf({}), createVolumes(folder.path));
    const volumes = [{ name: 'cache', emptyDir: { sizeLimit: '1Mi' } }];
    const volumeMounts = [{ name: 'cache', mountPath: '/cache' }];
    const { metadata } = bind('writer', '', { volumeMounts }, { volumes });
    await eventually(() => expect(phase('writer')).toBe('Running'));
    const file = join(folder.path, 'pods', metadata.uid!, 'volumes/cache/a');
    await writeFile(file, Buffer.alloc(2 ** 21, 1));
    await eventually(() =>
      expect(api.pod('writer')!.status).toMatchObject({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "cache" exceeds the limit "1Mi". ',
      }),
    );
    await eventually(async () => expect(readFile(file)).rejects.toThrow('ENOENT'));
  });
});

describe('images', () => {
  const roomy = optionsOf({});

  it('that an agent pulled go when the disk is full and nobody uses them', async () => {
    clock = createSystemClock(0.005);
    runtime = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
    await startNode(roomy);
    bind('web', 'run=1s', { image: 'remote-web:1' }, { restartPolicy: 'Never' });
    await eventually(() => expect(phase('web')).toBe('Succeeded'));
    // Fills the disk to 90 %.
    bind('full', 'disk=90Gi');
    await eventually(() => expect(phase('full')).toBe('Running'));
    api.deletePod('web', 0);
    await eventually(async () => expect(await runtime.imageStatus('remote-web:1')).toBeUndefined());
    // There is not enough that may go: the owner's images are not ours.
    await eventually(() =>
      expect(api.events.join('\n')).toMatch(
        /FreeDiskSpaceFailed: Failed to garbage collect required amount of images. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free./,
      ),
    );
    expect(await runtime.imageStatus('web:1')).toBeDefined();
    // Only the second failure in a row is told of.
    await eventually(() =>
      expect(api.events.join('\n')).toContain('ImageGCFailed: Failed to garbage collect'),
    );
  });
});
