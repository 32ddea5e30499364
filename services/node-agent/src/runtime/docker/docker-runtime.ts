/**
 * The runtime interface on a Docker engine: a sandbox is a container of the pause image with a
 * network that the agent makes, and app containers join its network and IPC namespaces.
 *
 * 1. The engine's own networks, restart policies and health checks are not used: the agent decides.
 * 2. A container is started once and never again, so a known exit is never asked for twice.
 * 3. A sandbox that has no network yet is not handed out; one that could not get it is removed.
 */
import type Docker from 'dockerode';
import type { Clock, Logger } from '@drydock/ports';
import type { PodNetwork } from '../../cni/pod-network.ts';
import {
  RuntimeError,
  type ContainerStatus,
  type ImageStatus,
  type RuntimeCondition,
  type RuntimeFilter,
  type RuntimeService,
  type SandboxConfig,
} from '../runtime.ts';
import { containerBody, sandboxBody } from './bodies.ts';
import { createEngine } from './engine.ts';
import { toRuntimeError, unlessGone } from './errors.ts';
import { watchEngine } from './events.ts';
import { execInside } from './exec.ts';
import { isSandbox, label, podOf, type NodeIdentity } from './labels.ts';
import { stopContainer } from './stop.ts';
import { readLogs } from './logs.ts';
import { inspectSettled } from './oom.ts';
import { createMemoryVolumes } from './memory-volumes.ts';
import { createPortForwarder } from './port-forwarder.ts';
import { attachTo, openExec } from './process-streams.ts';
import { pullImage } from './pull.ts';
import { readSeccompProfile } from './seccomp.ts';
import { readStats } from './stats.ts';
import { readImageFilesystem, removeImage } from './images.ts';
import { containerStatusOf, sandboxStatusOf, type Inspected } from './status.ts';

export interface DockerRuntimeOptions {
  readonly socketPath: string;
  readonly node: NodeIdentity;
  readonly pauseImage: string;
  /** The mode of pods with hostNetwork or hostIPC: `container:<the node's container>` or `host`. */
  readonly nodeNetworkMode: string;
}

export interface DockerRuntimePowers {
  readonly network: PodNetwork;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the engine finds what the agent calls `path`. */
  readonly hostPath: (path: string) => string;
}

/** An engine that answers can run containers; their network is the agent's own work. */
const readyConditions: readonly RuntimeCondition[] = ['RuntimeReady', 'NetworkReady'].map(
  (type) => ({
    type,
    status: true,
    reason: '',
    message: '',
  }),
);

export function createDockerRuntime(
  options: DockerRuntimeOptions,
  { network, clock, log, hostPath }: DockerRuntimePowers,
): RuntimeService {
  const docker = createEngine(options.socketPath, clock);
  const { node } = options;
  const ours = [`${label.cluster}=${node.cluster}`, `${label.node}=${node.node}`];
  /** Inspections by id: what one says cannot change while the container's state is the same. */
  const inspections = new Map<string, Inspected>();

  const sandboxOf = kept(sandboxStatusOf);
  const containerOf = kept(containerStatusOf);

  const inspect = async (id: string): Promise<Inspected | undefined> => {
    const known = inspections.get(id);
    if (known?.State.Status === 'exited') return known;
    const ask = () => unlessGone(docker.getContainer(id).inspect());
    const inspected = await inspectSettled(ask, clock);
    if (inspected !== undefined) inspections.set(id, inspected);
    return inspected;
  };

  /** A relist asks for sandboxes and for containers in one breath: that is one question to the engine. */
  let together: Promise<Inspected[]> | undefined;
  const list = (filter: RuntimeFilter | undefined): Promise<Inspected[]> => {
    if (filter?.podUid !== undefined) return listNow(filter);
    if (together === undefined) {
      together = listNow(filter);
      queueMicrotask(() => {
        together = undefined;
      });
    }
    return together;
  };
  const listNow = async (filter: RuntimeFilter | undefined): Promise<Inspected[]> => {
    const labels = filter?.podUid === undefined ? ours : [...ours, `${label.uid}=${filter.podUid}`];
    const found = await docker
      .listContainers({ all: true, filters: { label: labels } })
      .catch((error: unknown) => Promise.reject(toRuntimeError(error)));
    if (filter?.podUid === undefined) forgetAllBut(new Set(found.map((one) => one.Id)));
    const inspected = await Promise.all(
      found
        .filter((one) => one.State !== 'removing')
        .map((one) => {
          const known = inspections.get(one.Id);
          return known?.State.Status === one.State ? Promise.resolve(known) : inspect(one.Id);
        }),
    );
    return inspected.filter((one) => one !== undefined);
  };
  const forgetAllBut = (ids: ReadonlySet<string>) => {
    for (const id of inspections.keys()) if (!ids.has(id)) inspections.delete(id);
  };

  const remove = async (id: string): Promise<void> => {
    await unlessGone(docker.getContainer(id).remove({ force: true, v: true }));
    inspections.delete(id);
  };

  /** A crash may have left a container of this very name behind, created and never started. */
  const create = async (body: Docker.ContainerCreateOptions): Promise<Docker.Container> => {
    try {
      return await docker.createContainer(body);
    } catch (error) {
      const failure = toRuntimeError(error);
      if (!/is already in use by container/.test(failure.message)) throw failure;
      const leftover = await unlessGone(docker.getContainer(body.name!).inspect());
      if (leftover?.Config.Labels[label.node] !== node.node) throw failure;
      log.warn({ container: body.name }, 'replacing a container left behind by an earlier try');
      await remove(leftover.Id);
      return await docker
        .createContainer(body)
        .catch((again: unknown) => Promise.reject(toRuntimeError(again)));
    }
  };

  const startSandbox = async (container: Docker.Container, config: SandboxConfig) => {
    await container.start();
    const inspected = (await container.inspect()) as Inspected;
    if (config.address !== undefined) {
      await network.attach({
        sandboxId: inspected.Id,
        pid: inspected.State.Pid!,
        address: config.address,
      });
    }
    return sandboxStatusOf(inspected);
  };

  const volumes = createMemoryVolumes(docker, node);
  const ports = createPortForwarder({
    clock,
    enter: async (sandboxId) => {
      const sandbox = (await unlessGone(docker.getContainer(sandboxId).inspect())) as
        | Inspected
        | undefined;
      if (sandbox?.State.Running !== true) {
        throw new RuntimeError('NOT_FOUND', `the sandbox ${sandboxId} is not running`);
      }
      return { command: 'nsenter', args: [`--net=/proc/${sandbox.State.Pid!}/ns/net`] };
    },
  });

  return {
    name: 'docker',
    network: 'agent',
    status: async () => {
      await docker.ping().catch((error: unknown) => Promise.reject(toRuntimeError(error)));
      return readyConditions;
    },
    version: async () => {
      const version = await docker
        .version()
        .catch((error: unknown) => Promise.reject(toRuntimeError(error)));
      return version.Version;
    },

    runPodSandbox: async (config) => {
      await volumes.create(config);
      const container = await create(sandboxBody(config, options));
      try {
        return await startSandbox(container, config);
      } catch (error) {
        await remove(container.id);
        throw toRuntimeError(error);
      }
    },
    stopPodSandbox: async (id) => {
      await unlessGone(docker.getContainer(id).kill({ signal: 'SIGKILL' }));
    },
    removePodSandbox: async (id) => {
      const members = await docker.listContainers({
        all: true,
        filters: { label: [`${label.sandbox}=${id}`] },
      });
      await Promise.all(members.map((one) => remove(one.Id)));
      const sandbox = await inspect(id);
      await remove(id);
      if (sandbox !== undefined) await volumes.remove(podOf(sandbox.Config.Labels).uid);
    },
    listPodSandbox: async (filter) =>
      (await list(filter)).filter((one) => isSandbox(one.Config.Labels)).map(sandboxOf),

    createContainer: async (sandbox, config) => {
      const body = containerBody(config, {
        node,
        sandbox,
        hostPath,
        nodeNetworkMode: options.nodeNetworkMode,
        seccompText: await readSeccompProfile(config.security.seccomp),
      });
      return (await create(body)).id;
    },
    startContainer: async (id) => {
      await docker
        .getContainer(id)
        .start()
        .catch((error: unknown) => Promise.reject(toRuntimeError(error)));
    },
    stopContainer: (id, graceMillis) =>
      stopContainer(docker.getContainer(id), graceMillis, { inspect: () => inspect(id), clock }),
    removeContainer: remove,
    listContainers: async (filter) =>
      (await list(filter)).filter((one) => !isSandbox(one.Config.Labels)).map(containerOf),
    containerStatus: async (id): Promise<ContainerStatus | undefined> => {
      const inspected = await inspect(id);
      return inspected === undefined ? undefined : containerStatusOf(inspected);
    },

    execSync: (id, command, timeoutMillis) =>
      execInside(docker, clock, { id, command, timeoutMillis }),
    exec: (id, options) => openExec(docker, clock, { id, options }),
    attach: (id, streams) => attachTo(docker, clock, { id, streams }),
    portForward: (sandboxId, port) => ports.connect(sandboxId, port),
    containerStats: (id) => readStats(docker, id),
    logs: (id, query, signal) => readLogs(docker.getContainer(id), query, signal),

    imageStatus: async (image) => {
      const found = await unlessGone(docker.getImage(image).inspect());
      return found === undefined ? undefined : imageStatusOf(found);
    },
    pullImage: async (image, credential): Promise<ImageStatus> => {
      await pullImage(docker, clock, { image, credential });
      const found = await docker
        .getImage(image)
        .inspect()
        .catch((error: unknown) => Promise.reject(toRuntimeError(error)));
      return imageStatusOf(found);
    },
    listImages: async () =>
      (await docker.listImages()).map((image) => ({
        id: image.Id,
        names: [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])].filter(
          (name) => !name.includes('<none>'),
        ),
        sizeBytes: image.Size,
      })),
    removeImage: (image) => removeImage(docker, image),
    imageFsInfo: () => readImageFilesystem(docker),

    getContainerEvents: (onEvent, signal) =>
      watchEngine(docker, { clock, log, filterLabels: ours }, onEvent, signal),
  };
}

/** Of an inspection that is kept, what was read off it is kept too: each relist asks again for all. */
function kept<Status>(read: (inspected: Inspected) => Status): (inspected: Inspected) => Status {
  const known = new WeakMap<Inspected, Status>();
  return (inspected) => {
    const before = known.get(inspected);
    if (before !== undefined) return before;
    const status = read(inspected);
    known.set(inspected, status);
    return status;
  };
}

const imageStatusOf = ({ Id, RepoTags, Size, Config }: Docker.ImageInspectInfo): ImageStatus => ({
  id: Id,
  names: RepoTags ?? [],
  sizeBytes: Size,
  user: Config?.User ?? '',
});
