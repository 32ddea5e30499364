/**
 * One node: its object and heartbeat, its pods, its network. Everything that it does is decided by
 * the pure core in pod-lifecycle/, and carried out through the runtime interface.
 */
import type { Node, Pod, Service } from '@drydock/api';
import type { ApiClient, EventRecorder } from '@drydock/client';
import type { Clock, Logger } from '@drydock/ports';
import type { NodeNetwork } from './cni/node-network.ts';
import { keptByPlan } from './gc/containers.ts';
import { createNodeKeeper } from './node/node-keeper.ts';
import { capacityOf, type MachineFacts } from './node/node-status.ts';
import { createUpkeep, type UpkeepOptions, type UpkeepPorts } from './node/upkeep.ts';
import { appArmorRefusal, type SeccompSettings } from './pod-lifecycle/profiles.ts';
import { sysctlRefusal } from './pod-lifecycle/sysctls.ts';
import { createEndings } from './pod-worker/endings.ts';
import { createImages } from './pod-worker/images.ts';
import { createPodEvents } from './pod-worker/pod-events.ts';
import { createPodManager } from './pod-worker/pod-manager.ts';
import { createProber } from './pod-worker/prober.ts';
import type { Ask } from './pod-worker/requests.ts';
import { createPullSecrets } from './pod-worker/pull-secrets.ts';
import { createRuntimeCache } from './pod-worker/runtime-cache.ts';
import { createStarter, type NodeFacts } from './pod-worker/starter.ts';
import { createStatusWriter } from './pod-worker/status-writer.ts';
import { createPodTokens } from './pod-worker/tokens.ts';
import type { RuntimeCondition, RuntimeService } from './runtime/runtime.ts';
import { createShutdown, type ShutdownPeriods } from './node/shutdown.ts';
import { createPodSources } from './pod-sources.ts';
import { createMirrors } from './static-pods/mirrors.ts';
import type { Volumes } from './volumes/volumes.ts';

export interface NodeAgentOptions {
  readonly nodeName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bootId: string;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** The machine, but for what the runtime knows. */
  readonly machine: Omit<MachineFacts, 'bootId' | 'runtimeVersion' | 'images'>;
  /** Undefined: nothing is evicted and no garbage collected. */
  readonly upkeep?: UpkeepOptions;
  /** Undefined: containers have the profiles of the engine. */
  readonly security?: SecurityOptions;
}

export interface SecurityOptions {
  readonly seccomp: SeccompSettings;
  /** Whether the kernel confines by AppArmor. */
  readonly hasAppArmor: boolean;
  readonly allowedUnsafeSysctls: readonly string[];
}

export interface NodeAgentPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  readonly runtime: RuntimeService;
  readonly ask: Ask;
  /** Undefined: containers get no files from their node. */
  readonly volumes: Volumes | undefined;
  /** Undefined: pods are not connected, addresses are numbers only. */
  readonly network: NodeNetwork | undefined;
  readonly services: () => readonly Service[];
  readonly upkeep?: UpkeepPorts;
  readonly signal: AbortSignal;
}

export interface NodeAgent {
  /** A pod of the API. */
  setPod(pod: Pod): void;
  removePod(pod: Pod): void;
  /** All pods that the node runs of itself. */
  setStaticPods(pods: readonly Pod[]): void;
  /** The cluster's nodes have changed; this node's own object is among them. */
  setNodes(nodes: readonly Node[]): void;
  /**
   * Begins with static pods and registers the node; when that is done and the API has told of all its pods,
   * begins with these, and ends what else runs.
   */
  start(apiKnown?: Promise<void>): Promise<void>;
  /** The machine goes down: ends its pods within these periods. */
  shutDown(periods: ShutdownPeriods): Promise<void>;
  pods(): readonly Pod[];
  /** Why the node cannot run pods; none: it can. */
  problems(): readonly string[];
}

export function createNodeAgent(options: NodeAgentOptions, powers: NodeAgentPowers): NodeAgent {
  const { machine, nodeName, bootId, security } = options;
  const { api, clock, runtime, network, signal } = powers;
  const log = powers.log.child({ node: nodeName });
  const events = createPodEvents(powers.recorder);
  const pullSecrets = createPullSecrets({ api, events });
  const onPulled = powers.upkeep?.ledger.note;
  const images = createImages({ runtime, pullSecrets, clock, events, onPulled });
  const allocatable = machine.allocatable ?? capacityOf(machine);
  const cache = createRuntimeCache(runtime);
  let runtimeVersion = '';
  let runtimeProblem: string | undefined;
  let conditions: readonly RuntimeCondition[] = [];
  let simulatedRange: string | undefined;
  let nodeLabels: Readonly<Record<string, string>> = {};

  const nodeFacts = (): NodeFacts => ({
    address: machine.address,
    memoryBytes: machine.memoryBytes,
    labels: nodeLabels,
    allocatable,
    seccomp: security?.seccomp,
  });
  const podRange = () => (network === undefined ? simulatedRange : network.podRange);
  const problems = () => {
    const found = [runtimeProblem, shutdown.problem()].filter((one) => one !== undefined);
    found.push(...conditionProblems(conditions));
    if (runtime.network === 'runtime') return found;
    const networkProblem =
      network === undefined
        ? podRange() === undefined
          ? 'the node has no podCIDR yet'
          : undefined
        : network.problem;
    if (networkProblem !== undefined) {
      found.push(
        `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${networkProblem}`,
      );
    }
    return found;
  };
  const facts = async (): Promise<MachineFacts> => {
    try {
      const version = await runtime.version();
      runtimeVersion = `${runtime.name}://${version}`;
      conditions = await runtime.status();
      runtimeProblem = undefined;
      const listed = await runtime.listImages();
      return { ...machine, bootId, runtimeVersion, images: listed, pressures: pressures() };
    } catch (error) {
      runtimeProblem = `container runtime is down: ${(error as Error).message}`;
      return { ...machine, bootId, runtimeVersion, images: [], pressures: pressures() };
    }
  };

  const upkeep =
    options.upkeep === undefined || powers.upkeep === undefined
      ? undefined
      : createUpkeep(options.upkeep, {
          ...powers.upkeep,
          nodeName,
          runtime,
          volumes: powers.volumes,
          clock,
          log,
          recorder: powers.recorder,
          manager: () => manager,
          onChange: () => keeper.refresh(),
        });
  const pressures = () => upkeep?.pressures() ?? [];
  const keeper = createNodeKeeper(
    { nodeName, labels: options.labels },
    { api, clock, log, recorder: powers.recorder, facts, problems },
  );
  const statuses = createStatusWriter({ api, clock, log, signal });
  const mirrors = createMirrors({ api, statuses, clock, log, signal });
  const manager = createPodManager({
    mirrors,
    api,
    runtime,
    cache,
    clock,
    log,
    events,
    images,
    bootId,
    nodeFacts,
    podRange,
    allocatable: {
      ...allocatable,
      others: { 'ephemeral-storage': allocatable.diskBytes, ...allocatable.hugepages },
    },
    refuses: (pod) =>
      shutdown.refusal() ??
      upkeep?.refusal(pod) ??
      sysctlRefusal(pod, security?.allowedUnsafeSysctls ?? []) ??
      appArmorRefusal(pod, security?.hasAppArmor ?? false),
    deadInstancesKept:
      options.upkeep === undefined ? undefined : keptByPlan(options.upkeep.containers),
    ask: powers.ask,
    volumes: powers.volumes,
    clusterDns: options.clusterDns,
    clusterDomain: options.clusterDomain,
    endings: createEndings({ runtime, clock, ask: powers.ask, events, log }),
    prober: createProber({ ask: powers.ask, clock, events }),
    statuses,
    starter: createStarter({
      runtime,
      images,
      events,
      api,
      clock,
      volumes: powers.volumes,
      tokens: createPodTokens({ api, clock, log }),
      services: powers.services,
      nodeFacts,
    }),
  });

  const shutdown = createShutdown({
    nodeName,
    pods: () => manager.pods(),
    end: (uid, failure) => manager.end(uid, failure),
    over: (uid) => manager.over(uid),
    recorder: powers.recorder,
    clock,
    log,
    onBegin: () => keeper.refresh(),
  });
  const sources = createPodSources({ manager, mirrors });

  /** A sandbox whose agent died before its cable was plugged in: it is made anew. */
  const stopUncabled = async () => {
    if (network === undefined) return;
    const sandboxes = await runtime.listPodSandbox();
    const live = sandboxes.filter(
      (one) => one.state === 'ready' && one.bootId === bootId && one.address !== undefined,
    );
    const cabled = await network.cabled(live.map((one) => one.id));
    for (const sandbox of live) {
      if (cabled.has(sandbox.id)) continue;
      log.warn({ ...sandbox.pod }, 'stopping a sandbox that never got its network');
      await runtime.stopPodSandbox(sandbox.id);
    }
  };

  const beginWithStaticPods = async () => {
    for (;;) {
      try {
        await stopUncabled();
        await manager.start(signal);
        void upkeep?.run(signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        log.error({ err: error }, 'the container runtime does not answer; will try again');
        await clock.sleep(1_000, { signal });
      }
    }
  };

  // Readiness is told of at once: the next look at the status may be ten seconds away.
  network?.onProblemChange(() => keeper.refresh());

  return {
    setPod: (pod) => sources.setApiPod(pod),
    removePod: (pod) => sources.removeApiPod(pod),
    setStaticPods: (pods) => sources.setStaticPods(pods),
    setNodes: (nodes) => {
      const before = podRange();
      network?.setNodes(nodes);
      const own = nodes.find((node) => node.metadata.name === nodeName);
      simulatedRange = own?.spec.podCIDR ?? simulatedRange;
      nodeLabels = own?.metadata.labels ?? nodeLabels;
      if (own !== undefined) mirrors.setNode({ name: nodeName, uid: own.metadata.uid ?? '' });
      if (before === podRange()) return;
      keeper.refresh();
      manager.wakeAll();
    },
    start: async (apiKnown = Promise.resolve()) => {
      const registered = keeper.start(signal);
      await Promise.all([registered, apiKnown, beginWithStaticPods()]);
      await sources.apiKnown();
    },
    shutDown: (periods) => shutdown.run(periods),
    pods: () => manager.pods(),
    problems,
  };
}

/** What a runtime must be able to do, and says that it is not; in kubelet's words. */
const required: Readonly<Record<string, string>> = {
  RuntimeReady: 'container runtime not ready',
  NetworkReady: 'container runtime network not ready',
};

function conditionProblems(conditions: readonly RuntimeCondition[]): string[] {
  return conditions.flatMap(({ type, status, reason, message }) => {
    const problem = required[type];
    if (status || problem === undefined) return [];
    return [`${problem}: ${type}=${status} reason:${reason} message:${message}`];
  });
}
