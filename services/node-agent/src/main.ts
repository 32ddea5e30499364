/** The node-agent process: flags to parts, for one real node or many simulated ones. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '@drydock/api';
import {
  createApiClient,
  createEventRecorder,
  createInformer,
  resources,
  type InformerPowers,
} from '@drydock/client';
import { runMain, type ProcessContext } from '@drydock/process';
import { createChannelSet, readTls } from '@drydock/rpc';
import { createNodeNetwork, type NodeNetwork } from './cni/node-network.ts';
import { flags, nodeNames, parseLabels, type AgentConfig } from './flags.ts';
import { reservations, securityOptions, upkeepOptions } from './flags-upkeep.ts';
import { createImageLedger } from './gc/image-ledger.ts';
import { createNodeAgent, type NodeAgent } from './node-agent.ts';
import { allocatableOf } from './node/allocatable.ts';
import { hasAppArmor, readMachine } from './node/machine.ts';
import { capacityOf } from './node/node-status.ts';
import { findOwnContainer } from './node/own-container.ts';
import { createMachineObserver, createSimulatedObserver, type Observe } from './node/resources.ts';
import { createAsk, type Ask } from './pod-worker/requests.ts';
import { createDockerHousekeeping } from './runtime/docker/housekeeping.ts';
import { createCriHousekeeping } from './runtime/cri/housekeeping.ts';
import { createCriRuntime } from './runtime/cri/cri-runtime.ts';
import { createDockerRuntime } from './runtime/docker/docker-runtime.ts';
import type { RuntimeHousekeeping } from './runtime/housekeeping.ts';
import type { ContainerStats, RuntimeService } from './runtime/runtime.ts';
import { createScriptedAsk } from './runtime/simulated/scripted-ask.ts';
import { createSimulatedRuntime } from './runtime/simulated/simulated-runtime.ts';
import { createNodeApi } from './server/node-api.ts';
import type { ServedNode } from './server/served.ts';
import { createStreamCounts } from './server/stream-counts.ts';
import { readProcessUsage } from './stats/process-usage.ts';
import { watchStaticPods } from './static-pods/folder.ts';
import { createStatsSampler } from './stats/sampler.ts';
import { createVolumes, type Volumes } from './volumes/volumes.ts';

/** Of a machine that is no container. */
const kernelBootId = '/proc/sys/kernel/random/boot_id';

type Context = ProcessContext<AgentConfig>;

interface NodeParts {
  readonly runtime: RuntimeService;
  /** Of what runs on the node beside its containers. */
  readonly ownUsage: () => Promise<ContainerStats | undefined>;
  readonly ask: Ask;
  readonly volumes: Volumes | undefined;
  readonly network: NodeNetwork | undefined;
  /** Of the node's container. */
  readonly memoryLimitBytes?: number | undefined;
  readonly housekeeping: RuntimeHousekeeping;
  /** What the node has left, given what is sampled of its use. */
  readonly observer: (machine: Machine, used: () => ContainerStats | undefined) => Observe;
}

type Machine = ReturnType<typeof readMachine>;

await runMain({
  name: 'node-agent',
  description: 'runs the pods of a node',
  flags,
  start,
});

async function start(context: Context): Promise<void> {
  const { config, clock, random, log, signal, stack } = context;
  const names = nodeNames(config);
  const tls = readTls({
    certFile: config['tls-cert-file'],
    keyFile: config['tls-private-key-file'],
    caFile: config['ca-file'],
  });
  const channels = stack.use(
    createChannelSet({ endpoints: config.apiservers, tls, clock, random }),
  );
  const api = createApiClient({ channels, clock, random });
  const informers: InformerPowers = { api, clock, random, log };
  const services = createInformer({ resource: resources.services }, informers);
  const nodes = createInformer({ resource: resources.nodes }, informers);
  // Many simulated nodes share one watch of all pods; a real node watches its own.
  const pods = createInformer(
    names.length === 1
      ? { resource: resources.pods, fieldSelector: `spec.nodeName=${names[0]!}` }
      : { resource: resources.pods },
    informers,
  );
  const bootId = readBootId(config);
  const agents = new Map<string, NodeAgent>();
  const served = new Map<string, ServedNode>();
  const upkeep = upkeepOptions(config);
  const reserved = reservations(config);
  const security = securityOptions(config, config['root-dir']);
  for (const name of names) {
    const recorder = stack.use(
      createEventRecorder({ component: 'kubelet', host: name }, informers),
    );
    const parts = await createParts(name, bootId, context);
    const { runtime, ownUsage, housekeeping, volumes } = parts;
    const sampler = createStatsSampler({ runtime, ownUsage, clock, log });
    const machine = readMachine({
      nodeName: name,
      rootFolder: config['root-dir'],
      maxPods: config['max-pods'],
      kubeletPort: config.port,
      address: addressOf(config),
      memoryLimitBytes: parts.memoryLimitBytes,
    });
    const { thresholds } = upkeep.eviction;
    const used = () => sampler.usage().node?.last;
    const ledger = volumes === undefined ? undefined : join(config['root-dir'], 'images.json');
    const agent = createNodeAgent(
      {
        nodeName: name,
        labels: parseLabels(config['node-labels']),
        bootId,
        clusterDns: config['cluster-dns'],
        clusterDomain: config['cluster-domain'],
        machine: {
          ...machine,
          imagesMax: config['node-status-max-images'],
          allocatable: allocatableOf(capacityOf(machine), reserved, thresholds),
        },
        upkeep,
        security: { ...security, hasAppArmor: hasAppArmor() },
      },
      {
        api,
        clock,
        log,
        recorder,
        signal,
        services: () => services.store.list(),
        ...parts,
        upkeep: {
          observe: parts.observer(machine, used),
          housekeeping,
          ledger: createImageLedger(ledger),
        },
      },
    );
    agents.set(name, agent);
    await followStaticPods(agent, name, context);
    void sampler.run(signal);
    served.set(name, { name, runtime, pods: () => agent.pods(), usage: () => sampler.usage() });
  }
  stack.use(
    await createNodeApi(
      {
        host: config['container-runtime'] === 'simulated' ? '127.0.0.1' : '0.0.0.0',
        port: config.port,
        tls,
      },
      {
        clock,
        log,
        streams: createStreamCounts(context.metrics),
        metrics: context.metrics,
        nodes: served,
      },
    ),
  );
  pods.addHandler({
    onAdd: (pod) => agents.get(pod.spec.nodeName ?? '')?.setPod(pod),
    onUpdate: (pod) => agents.get(pod.spec.nodeName ?? '')?.setPod(pod),
    onDelete: (pod) => agents.get(pod.spec.nodeName ?? '')?.removePod(pod),
  });
  const tellNodes = () => {
    const all = nodes.store.list();
    for (const agent of agents.values()) agent.setNodes(all);
  };
  nodes.addHandler({
    onAdd: (node) => tellNode(agents, node, tellNodes),
    onUpdate: (node, old) => {
      if (factsOf(node) !== factsOf(old)) tellNode(agents, node, tellNodes);
    },
    onDelete: tellNodes,
  });
  for (const informer of [services, nodes, pods]) void informer.run(signal);
  context.health.addReadinessCheck('pods', () =>
    pods.hasSynced() ? undefined : 'the pods of this node are not known yet',
  );
  shutDownOnSignal([...agents.values()], context);
  void startAgents(context, [...agents.values()], () => pods.synced(signal));
}

/** With many simulated nodes, a node is told of itself only: it has no routes to others. */
function tellNode(agents: ReadonlyMap<string, NodeAgent>, node: Node, tellNodes: () => void): void {
  if (agents.size === 1) tellNodes();
  else agents.get(node.metadata.name)?.setNodes([node]);
}

function factsOf(node: Node): string {
  return JSON.stringify([node.spec.podCIDR, node.status.addresses, node.metadata.labels]);
}

/** Of many simulated nodes each has a folder of its own, named after it. */
async function followStaticPods(
  agent: NodeAgent,
  nodeName: string,
  { config, clock, log, signal }: Context,
): Promise<void> {
  const path = config['pod-manifest-path'];
  if (path === '') return;
  await watchStaticPods(
    { path: config['node-name-prefix'] === '' ? path : join(path, nodeName), nodeName },
    { clock, log, signal, onPods: (pods) => agent.setStaticPods(pods) },
  );
}

/** The init of the machine says with this signal, which Linux has for failing power, that it goes down. */
function shutDownOnSignal(agents: readonly NodeAgent[], { config, log, stack }: Context): void {
  const periods = {
    totalMillis: config['shutdown-grace-period'],
    criticalMillis: config['shutdown-grace-period-critical-pods'],
  };
  const shutDown = () => {
    Promise.all(agents.map((agent) => agent.shutDown(periods))).then(
      () => process.kill(process.pid, 'SIGTERM'),
      (error: unknown) => {
        log.error({ err: error }, 'the shutdown failed; stopping at once');
        process.kill(process.pid, 'SIGTERM');
      },
    );
  };
  process.once('SIGPWR', shutDown);
  stack.defer(() => void process.off('SIGPWR', shutDown));
}

/** Neither registration nor static pods wait for the API's first list of pods. */
async function startAgents(
  { signal, log }: Context,
  agents: readonly NodeAgent[],
  podsSynced: () => Promise<void>,
): Promise<void> {
  try {
    const known = podsSynced();
    await Promise.all(agents.map((agent) => agent.start(known)));
  } catch (error) {
    if (!signal.aborted) throw error;
    log.debug({}, 'stopped before all nodes were registered');
  }
}

async function createParts(name: string, bootId: string, context: Context): Promise<NodeParts> {
  const { config, clock, log, signal } = context;
  if (config['container-runtime'] === 'simulated') {
    const runtime = createSimulatedRuntime({ bootId }, { clock });
    return {
      runtime,
      ownUsage: () => Promise.resolve(undefined),
      ask: createScriptedAsk(runtime),
      volumes: undefined,
      network: undefined,
      housekeeping: runtime.housekeeping,
      observer: ({ memoryBytes, diskBytes }) =>
        createSimulatedObserver({ memoryBytes, diskBytes, totals: () => runtime.totals() }),
    };
  }
  if (config['container-runtime'] === 'remote') return createRemoteParts(name, bootId, context);
  const socketPath = config['docker-socket'];
  const own = await findOwnContainer(socketPath);
  mkdirSync(config['root-dir'], { recursive: true });
  const network = createNodeNetwork({ nodeName: name, signal }, { clock, log });
  const runtime = createDockerRuntime(
    {
      socketPath,
      node: { cluster: config['cluster-name'], node: name, bootId },
      pauseImage: config['pause-image'],
      nodeNetworkMode: own.id === undefined ? 'host' : `container:${own.id}`,
    },
    { network, clock, log, hostPath: own.hostPath },
  );
  const ask = createAsk({ runtime, clock });
  const volumes = createVolumes(config['root-dir'], { inMemory: true });
  // The node's container is the machine: what runs in it is the node's own.
  const { id } = own;
  const ownUsage = () =>
    id === undefined ? Promise.resolve(readProcessUsage(clock)) : runtime.containerStats(id);
  const { memoryLimitBytes } = own;
  const rootFolder = config['root-dir'];
  return {
    runtime,
    ownUsage,
    ask,
    volumes,
    network,
    memoryLimitBytes,
    housekeeping: createDockerHousekeeping(
      { socketPath, node: { cluster: config['cluster-name'], node: name, bootId } },
      { clock },
    ),
    observer: (_machine, used) => createMachineObserver({ rootFolder, memoryLimitBytes, used }),
  };
}

/** The agent runs on the machine itself, beside a runtime that has its own network plugins. */
function createRemoteParts(
  name: string,
  bootId: string,
  { config, clock, log, signal }: Context,
): NodeParts {
  const rootFolder = config['root-dir'];
  mkdirSync(rootFolder, { recursive: true });
  const runtime = createCriRuntime(
    {
      endpoint: config['container-runtime-endpoint'],
      node: { cluster: config['cluster-name'], node: name, bootId },
      podLogRoot: config['pod-logs-dir'],
      stateFolder: join(rootFolder, 'sandboxes'),
    },
    { clock, log, signal },
  );
  return {
    runtime,
    ownUsage: () => Promise.resolve(readProcessUsage(clock)),
    ask: createAsk({ runtime, clock }),
    volumes: createVolumes(rootFolder),
    network: undefined,
    housekeeping: createCriHousekeeping(
      { endpoint: config['container-runtime-endpoint'] },
      { clock, signal },
    ),
    observer: (_machine, used) =>
      createMachineObserver({ rootFolder, memoryLimitBytes: undefined, used }),
  };
}

/** Simulated nodes are reached on this machine. */
function addressOf(config: AgentConfig): string {
  if (config['node-ip'] !== '') return config['node-ip'];
  return config['container-runtime'] === 'simulated' ? '127.0.0.1' : '';
}

/** A simulated runtime dies with its process, which is therefore a boot of its own. */
function readBootId(config: AgentConfig): string {
  if (config['container-runtime'] === 'simulated') return randomUUID();
  const ofNode = config['container-runtime'] === 'remote' ? kernelBootId : '/run/drydock/boot-id';
  const file = config['boot-id-file'] === '' ? ofNode : config['boot-id-file'];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(
      `cannot read the boot id ${file}, which the init of the node's container writes: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
