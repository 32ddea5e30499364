/** Configurations of the runtime interface, in the words of the Docker engine's API. */
import type { ContainerCreateOptions, VolumeCreateOptions } from 'dockerode';
import type { ContainerConfig, MemoryVolume, PodIdentity, SandboxConfig } from '../runtime.ts';
import {
  containerLabels,
  containerName,
  memoryVolumeLabels,
  memoryVolumeName,
  sandboxLabels,
  type NodeIdentity,
} from './labels.ts';

/** Bounds what a container may write to the engine's disk: kubelet's 10 MiB in 5 files. */
const logConfig = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } };

const cpuPeriodMicros = 100_000;

export interface SandboxSurroundings {
  readonly node: NodeIdentity;
  readonly pauseImage: string;
  /** The mode of pods that use the node's network, or its namespace of shared memory. */
  readonly nodeNetworkMode: string;
}

/** Where a sandbox holds a volume, so that its memory lives on while containers come and go. */
const heldAt = (name: string) => `/drydock/memory/${name}`;

const memoryMount = (source: string, target: string, readOnly: boolean) => ({
  Type: 'volume' as const,
  Source: source,
  Target: target,
  ReadOnly: readOnly,
  VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
});

/** A volume of the engine that is a file system in memory. */
export function memoryVolumeBody(
  node: NodeIdentity,
  pod: PodIdentity,
  { name, sizeBytes, gid }: MemoryVolume,
): VolumeCreateOptions {
  const options = gid === undefined ? ['mode=0777'] : ['mode=2777', `gid=${gid}`];
  return {
    Name: memoryVolumeName(node.cluster, pod, name),
    Labels: { ...memoryVolumeLabels(node, pod, name) },
    Driver: 'local',
    DriverOpts: {
      type: 'tmpfs',
      device: 'tmpfs',
      o: [`size=${sizeBytes}`, ...options].join(','),
    },
  };
}

export function sandboxBody(
  config: SandboxConfig,
  { node, pauseImage, nodeNetworkMode }: SandboxSurroundings,
): ContainerCreateOptions {
  const onNodeNetwork = config.hostNetwork;
  const hosts = config.hostAliases.flatMap((alias) =>
    alias.hostnames.map((name) => `${name}:${alias.ip}`),
  );
  if (config.address !== undefined) hosts.unshift(`${config.hostname}:${config.address}`);
  // A container that joins another's network takes its names and resolver, and may set none.
  const joins = onNodeNetwork && nodeNetworkMode.startsWith('container:');
  return {
    name: containerName(node.cluster, config.pod, { attempt: config.attempt }),
    Image: pauseImage,
    Labels: { ...sandboxLabels(node, config) },
    ...(joins ? {} : { Hostname: config.hostname.slice(0, 63) }),
    HostConfig: {
      NetworkMode: onNodeNetwork ? nodeNetworkMode : 'none',
      IpcMode: config.hostIPC === true ? nodeNetworkMode : 'shareable',
      LogConfig: logConfig,
      CpuShares: 2,
      SecurityOpt: ['no-new-privileges'],
      Sysctls: { ...config.sysctls },
      Mounts: (config.memoryVolumes ?? []).map(({ name }) =>
        memoryMount(memoryVolumeName(node.cluster, config.pod, name), heldAt(name), true),
      ),
      ...(joins
        ? {}
        : {
            ExtraHosts: hosts,
            ...(config.dns === undefined
              ? {}
              : {
                  Dns: [...config.dns.servers],
                  DnsSearch: [...config.dns.searches],
                  DnsOptions: [...config.dns.options],
                }),
          }),
    },
  };
}

function processNamespace(
  { processNamespaceOf: target, shareProcessNamespace, hostPID }: ContainerConfig,
  inSandbox: string,
): { readonly PidMode?: string } {
  if (hostPID === true) return { PidMode: 'host' };
  // What shares with all sees the target already.
  if (shareProcessNamespace) return { PidMode: inSandbox };
  return target === undefined ? {} : { PidMode: `container:${target}` };
}

const propagations = {
  None: 'rprivate',
  HostToContainer: 'rslave',
  Bidirectional: 'rshared',
} as const;

export interface ContainerSurroundings {
  readonly node: NodeIdentity;
  readonly sandbox: { readonly id: string; readonly pod: PodIdentity };
  /** Where the engine finds what the agent calls `path`. */
  readonly hostPath: (path: string) => string;
  /** As of its sandbox. */
  readonly nodeNetworkMode?: string;
  /** What the file of its seccomp profile says, if it has one. */
  readonly seccompText?: string | undefined;
}

function securityOptions(
  { noNewPrivileges, seccomp, appArmor }: ContainerConfig['security'],
  seccompText: string | undefined,
): string[] {
  const options = noNewPrivileges ? ['no-new-privileges'] : [];
  if (seccomp?.kind === 'unconfined') options.push('seccomp=unconfined');
  if (seccompText !== undefined) options.push(`seccomp=${seccompText}`);
  if (appArmor !== undefined) {
    options.push(`apparmor=${appArmor === 'runtime-default' ? 'docker-default' : appArmor}`);
  }
  return options;
}

export function containerBody(
  config: ContainerConfig,
  { node, sandbox, hostPath, nodeNetworkMode = 'host', seccompText }: ContainerSurroundings,
): ContainerCreateOptions {
  const { resources, security } = config;
  const inSandbox = `container:${sandbox.id}`;
  return {
    name: containerName(node.cluster, sandbox.pod, config),
    Image: config.image,
    Labels: { ...containerLabels(node, sandbox, config) },
    Env: config.environment.map(({ name, value }) => `${name}=${value}`),
    // A command without arguments must not get the image's: both are always set together.
    ...(config.command.length > 0
      ? { Entrypoint: [...config.command], Cmd: [...config.args] }
      : config.args.length > 0
        ? { Cmd: [...config.args] }
        : {}),
    ...(config.workingDirectory === undefined ? {} : { WorkingDir: config.workingDirectory }),
    ...(security.user === undefined ? {} : { User: security.user }),
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    Tty: config.tty,
    HostConfig: {
      NetworkMode: inSandbox,
      IpcMode: config.hostIPC === true ? nodeNetworkMode : inSandbox,
      ...processNamespace(config, inSandbox),
      LogConfig: logConfig,
      // An engine that may not lower the score (one in a sandbox of its own) cannot start the process.
      OomScoreAdj: Math.max(0, resources.oomScoreAdjustment),
      ...(resources.cpuShares === undefined ? {} : { CpuShares: resources.cpuShares }),
      ...(resources.cpuQuotaMicros === undefined
        ? {}
        : { CpuQuota: resources.cpuQuotaMicros, CpuPeriod: cpuPeriodMicros }),
      // Memory and swap together have the same limit: there is no swap to take.
      ...(resources.memoryLimitBytes === undefined
        ? {}
        : { Memory: resources.memoryLimitBytes, MemorySwap: resources.memoryLimitBytes }),
      Mounts: config.mounts.map((mount) =>
        mount.memoryVolume === undefined
          ? {
              Type: 'bind',
              Source: hostPath(mount.source),
              Target: mount.target,
              ReadOnly: mount.readOnly,
              ...(mount.propagation === undefined
                ? {}
                : { BindOptions: { Propagation: propagations[mount.propagation] } }),
            }
          : memoryMount(
              memoryVolumeName(node.cluster, sandbox.pod, mount.memoryVolume),
              mount.target,
              mount.readOnly,
            ),
      ),
      Privileged: security.privileged,
      ReadonlyRootfs: security.readOnlyRootFilesystem,
      GroupAdd: security.supplementalGroups.map(String),
      CapAdd: [...security.capabilitiesAdded],
      CapDrop: [...security.capabilitiesDropped],
      SecurityOpt: securityOptions(security, seccompText),
      // Empty lists are no lists of the engine's own.
      ...(security.unmaskedProc === true ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    },
  };
}
