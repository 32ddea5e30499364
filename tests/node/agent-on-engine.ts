/** One agent on the real engine, with the API of a test, and a proxy between it and the engine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod, PodSpec } from '@drydock/api';
import {
  createAsk,
  createDockerRuntime,
  createNodeAgent,
  createVolumes,
} from '@drydock/node-agent';
import {
  createToyApi,
  startEngineProxy,
  type EngineProxy,
  type ToyApi,
} from '@drydock/node-agent/testing';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { importTestImages, removeLeftovers, testImage, testPauseImage } from './images.ts';

export interface AgentOnEngine extends AsyncDisposable {
  readonly api: ToyApi;
  readonly engine: EngineProxy;
  /** A pod with one container of the test's image, bound to the node. */
  run(name: string, script: string, container?: object, spec?: Partial<PodSpec>): void;
  pod(name: string): Pod;
  /** Why its container waits: reason and message. */
  waiting(name: string): string;
}

/** Real seconds are so many of the agent's. */
const timeScale = 0.2;

const machine = {
  cpuCount: 2,
  memoryBytes: 8 * 1024 ** 3,
  diskBytes: 1e11,
  maxPods: 110,
  kernelVersion: '6.1',
  osImage: 'Debian',
  architecture: 'amd64',
  machineId: 'm',
  address: '127.0.0.1',
  kubeletPort: 10250,
};

/** @param rootFolder of the agent; default: one of its own */
export async function startAgentOnEngine(rootFolder?: string): Promise<AgentOnEngine> {
  await using stack = new AsyncDisposableStack();
  await importTestImages();
  // Of two agents in one test neither is to take the other's containers for orphans.
  const cluster = `faults-${crypto.randomUUID().slice(0, 8)}`;
  // Last of all, when the agent, which is in this process, cannot make any more.
  stack.defer(() => removeLeftovers(cluster));
  const engine = stack.use(await startEngineProxy());
  const root = rootFolder ?? (await mkdtemp(join(tmpdir(), 'drydock-agent-')));
  if (rootFolder === undefined) stack.defer(() => rm(root, { recursive: true, force: true }));
  const stop = new AbortController();
  stack.defer(() => stop.abort(new Error('the test is over')));
  const clock = createSystemClock(timeScale);
  const api = createToyApi();
  const runtime = createDockerRuntime(
    {
      socketPath: engine.socketPath,
      node: { cluster, node: 'node-1', bootId: 'boot' },
      pauseImage: testPauseImage,
      nodeNetworkMode: 'none',
    },
    {
      clock,
      log: silentLogger,
      hostPath: (path) => path,
      network: { attach: () => Promise.resolve() },
    },
  );
  const agent = createNodeAgent(
    {
      nodeName: 'node-1',
      labels: {},
      bootId: 'boot',
      clusterDns: [],
      clusterDomain: '',
      machine,
    },
    {
      api: api.client,
      clock,
      log: silentLogger,
      recorder: api.recorder,
      runtime,
      ask: createAsk({ runtime, clock }),
      volumes: createVolumes(root),
      network: undefined,
      services: () => [],
      signal: stop.signal,
    },
  );
  api.onPod((pod, isGone) => (isGone ? agent.removePod(pod) : agent.setPod(pod)));
  await agent.start();
  agent.setNodes([{ ...api.node('node-1')!, spec: { podCIDR: '10.244.1.0/24' } }]);
  const running = stack.move();
  const pod = (name: string): Pod => {
    const found = api.pod(name);
    if (found === undefined) throw new Error(`there is no pod ${name}`);
    return found;
  };
  return {
    api,
    engine,
    pod,
    waiting: (name) => {
      const { reason = '', message = '' } =
        pod(name).status.containerStatuses?.[0]?.state?.waiting ?? {};
      return `${reason}: ${message}`;
    },
    run: (name, script, container = {}, spec = {}) => {
      const main = { name: 'main', image: testImage, command: ['/bin/sh', '-c', script] };
      api.put('pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default', uid: crypto.randomUUID() },
        spec: {
          nodeName: 'node-1',
          terminationGracePeriodSeconds: 1,
          containers: [{ ...main, ...container }],
          ...spec,
        },
        status: { phase: 'Pending' },
      } as Pod);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
