/** Containers of a CRI runtime: made, listed, removed. */
import type { Logger } from '@drydock/ports';
import { criRuntimeService as service } from '@drydock/proto/cri';
import {
  RuntimeError,
  type ContainerConfig,
  type ContainerStatus,
  type RuntimeFilter,
  type RuntimeService,
  type SandboxStatus,
} from '../runtime.ts';
import {
  containerMessage,
  logPath,
  podLogFolder,
  sandboxReference,
  type Surroundings,
} from './configs.ts';
import type { CriConnection } from './connection.ts';
import { unlessGone } from './errors.ts';
import { annotation, selector } from './labels.ts';
import { removeLog } from './log-files.ts';
import type { PodFiles } from './pod-files.ts';
import { forgetAllBut, type Sandboxes } from './sandboxes.ts';
import { containerStatusOf } from './status.ts';

/** What the interface does not tell of a container, and never changes. */
interface ContainerDetails {
  readonly logPath: string;
  readonly stdin: boolean;
  readonly tty: boolean;
}

export interface Containers {
  readonly create: (sandbox: SandboxStatus, config: ContainerConfig) => Promise<string>;
  readonly remove: (id: string) => Promise<void>;
  readonly list: (filter?: RuntimeFilter) => Promise<ContainerStatus[]>;
  readonly status: (id: string) => Promise<ContainerStatus | undefined>;
  /** @throws RuntimeError when it is gone */
  readonly details: (id: string) => Promise<ContainerDetails>;
}

export interface ContainersPowers {
  readonly sandboxes: Sandboxes;
  readonly imageStatus: RuntimeService['imageStatus'];
  readonly files: PodFiles;
  readonly log: Logger;
}

export function createContainers(
  connection: CriConnection,
  { node, podLogRoot }: Surroundings,
  { sandboxes, imageStatus, files, log }: ContainersPowers,
): Containers {
  /** By id; of one that has exited nothing changes any more. */
  const statuses = new Map<string, ContainerStatus>();
  const details = new Map<string, ContainerDetails>();

  const learnContainer = async (id: string, sandboxId: string) => {
    const answer = await unlessGone(connection.call(service.ContainerStatus, { containerId: id }));
    if (!answer?.status) return undefined;
    const status = containerStatusOf(answer.status, sandboxId);
    statuses.set(id, status);
    const { annotations } = answer.status;
    details.set(id, {
      logPath: answer.status.logPath === '' ? logOf(status) : answer.status.logPath,
      stdin: annotations[annotation.stdin] === 'true',
      tty: annotations[annotation.tty] === 'true',
    });
    return status;
  };
  const listContainers = async (filter?: RuntimeFilter): Promise<ContainerStatus[]> => {
    const labelSelector = selector(node, filter?.podUid);
    const { containers } = await connection.call(service.ListContainers, {
      filter: { labelSelector },
    });
    if (filter?.podUid === undefined) {
      forgetAllBut(statuses, containers);
      forgetAllBut(details, containers);
    }
    const found = await Promise.all(
      containers.map(({ id, podSandboxId, state }) => {
        const known = statuses.get(id);
        return known !== undefined && state === `CONTAINER_${known.state.toUpperCase()}`
          ? Promise.resolve(known)
          : learnContainer(id, podSandboxId);
      }),
    );
    return found.filter((one) => one !== undefined);
  };
  const sandboxIdOf = async (id: string): Promise<string> => {
    const { containers } = await connection.call(service.ListContainers, { filter: { id } });
    return containers[0]?.podSandboxId ?? '';
  };
  const containerStatus = async (id: string): Promise<ContainerStatus | undefined> => {
    const known = statuses.get(id);
    if (known?.state === 'exited') {
      const { containers } = await connection.call(service.ListContainers, { filter: { id } });
      return containers.length > 0 ? known : undefined;
    }
    return learnContainer(id, known?.sandboxId ?? (await sandboxIdOf(id)));
  };

  const logOf = ({ pod, name, attempt }: Pick<ContainerStatus, 'pod' | 'name' | 'attempt'>) =>
    `${podLogFolder(podLogRoot, pod)}/${logPath({ name, attempt })}`;

  const removeContainer = async (id: string): Promise<void> => {
    const known = statuses.get(id) ?? (await containerStatus(id));
    await unlessGone(connection.call(service.RemoveContainer, { containerId: id }));
    statuses.delete(id);
    details.delete(id);
    if (known !== undefined) await removeLog(logOf(known));
  };
  const create = async (sandbox: SandboxStatus, config: ContainerConfig): Promise<string> => {
    const image = await imageStatus(config.image);
    if (image === undefined) {
      throw new RuntimeError('IMAGE_NOT_FOUND', `No such image: ${config.image}`);
    }
    const known = await sandboxes.details(sandbox.id);
    const hasHosts = config.mounts.some(({ target }) => target === '/etc/hosts');
    const mounts =
      known === undefined || hasHosts
        ? []
        : [
            {
              source: await files.hosts(sandbox, known.hosts),
              target: '/etc/hosts',
              readOnly: config.security.readOnlyRootFilesystem,
            },
          ];
    const { containerId } = await connection.call(service.CreateContainer, {
      podSandboxId: sandbox.id,
      config: containerMessage(config, { node, sandbox, imageId: image.id, mounts }),
      sandboxConfig: sandboxReference(sandbox, {
        isPrivileged: config.security.privileged,
        podLogRoot,
      }),
    });
    return containerId;
  };
  const replaceContainer = async (
    sandbox: SandboxStatus,
    config: ContainerConfig,
    failure: unknown,
  ) => {
    const found = await listContainers({ podUid: sandbox.pod.uid });
    const leftovers = found.filter(
      ({ name, attempt, state }) =>
        name === config.name && attempt === config.attempt && state === 'created',
    );
    if (leftovers.length === 0) throw failure;
    log.warn({ ...sandbox.pod }, 'replacing a container left behind by an earlier try');
    for (const { id } of leftovers) await removeContainer(id);
    return create(sandbox, config);
  };

  return {
    create: (sandbox, config) =>
      create(sandbox, config).catch((error: unknown) => replaceContainer(sandbox, config, error)),
    remove: removeContainer,
    list: listContainers,
    status: containerStatus,
    details: async (id) => {
      if (!details.has(id)) await containerStatus(id);
      const found = details.get(id);
      if (found !== undefined) return found;
      throw new RuntimeError(
        'NOT_FOUND',
        `an error occurred when try to find container "${id}": not found`,
      );
    },
  };
}
