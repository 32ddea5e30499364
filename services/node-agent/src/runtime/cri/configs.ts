/** Configurations of the runtime interface, in the messages of the CRI. Pure. */
import type { CriMessages as Cri } from '@drydock/proto/cri';
import type {
  ContainerConfig,
  Mount,
  PodIdentity,
  SandboxConfig,
  SandboxStatus,
  SeccompProfile,
} from '../runtime.ts';
import {
  containerAnnotations,
  containerLabels,
  sandboxAnnotations,
  sandboxLabels,
  type NodeIdentity,
} from './labels.ts';

const cpuPeriodMicros = 100_000;

/** What a container shall not see of the kernel, and what it shall not change: the list of every runtime. */
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

const unconfined = { profileType: 'Unconfined' } as const;

/** The folder of a pod's logs, as kubelet names it. */
export const podLogFolder = (root: string, { namespace, name, uid }: PodIdentity) =>
  `${root}/${namespace}_${name}_${uid}`;

/** Below the pod's folder. */
export const logPath = ({ name, attempt }: { readonly name: string; readonly attempt: number }) =>
  `${name}/${attempt}.log`;

export interface Surroundings {
  readonly node: NodeIdentity;
  readonly podLogRoot: string;
}

export function sandboxMessage(
  config: SandboxConfig,
  { node, podLogRoot }: Surroundings,
): Cri['PodSandboxConfig'] {
  return {
    metadata: { ...config.pod, attempt: config.attempt },
    // A pod in the node's network has the node's name.
    ...(config.hostNetwork ? {} : { hostname: config.hostname.slice(0, 63) }),
    logDirectory: podLogFolder(podLogRoot, config.pod),
    ...(config.dns === undefined
      ? {}
      : {
          dnsConfig: {
            servers: [...config.dns.servers],
            searches: [...config.dns.searches],
            options: [...config.dns.options],
          },
        }),
    labels: { ...sandboxLabels(node, config) },
    annotations: { ...sandboxAnnotations(node, config) },
    linux: {
      securityContext: {
        namespaceOptions: {
          network: config.hostNetwork ? 'NODE' : 'POD',
          pid: 'CONTAINER',
          ipc: config.hostIPC === true ? 'NODE' : 'POD',
        },
        privileged: config.privileged,
        seccomp: unconfined,
      },
      sysctls: { ...config.sysctls },
    },
  };
}

/** Of the sandbox, as much as a runtime reads when a container is created in it. */
export function sandboxReference(
  { pod, attempt, address }: SandboxStatus,
  { isPrivileged, podLogRoot }: { readonly isPrivileged: boolean; readonly podLogRoot: string },
): Cri['PodSandboxConfig'] {
  return {
    metadata: { ...pod, attempt },
    logDirectory: podLogFolder(podLogRoot, pod),
    linux: {
      securityContext: {
        namespaceOptions: { network: address === undefined ? 'NODE' : 'POD', ipc: 'POD' },
        privileged: isPrivileged,
        seccomp: unconfined,
      },
    },
  };
}

export interface ContainerSurroundings {
  readonly node: NodeIdentity;
  readonly sandbox: SandboxStatus;
  /** Where the image is found by its id. */
  readonly imageId: string;
  /** Added to those of the config. */
  readonly mounts: readonly Mount[];
}

export function containerMessage(
  config: ContainerConfig,
  { node, sandbox, imageId, mounts }: ContainerSurroundings,
): Cri['ContainerConfig'] {
  const { name, attempt } = config;
  return {
    metadata: { name, attempt },
    image: { image: imageId, userSpecifiedImage: config.image },
    command: [...config.command],
    args: [...config.args],
    ...(config.workingDirectory === undefined ? {} : { workingDir: config.workingDirectory }),
    envs: config.environment.map((one) => ({ key: one.name, value: one.value })),
    mounts: [...config.mounts, ...mounts].map((mount) => ({
      containerPath: mount.target,
      hostPath: mount.source,
      readonly: mount.readOnly,
      propagation: propagations[mount.propagation ?? 'None'],
    })),
    labels: { ...containerLabels(node, sandbox.pod, name) },
    annotations: { ...containerAnnotations(config) },
    logPath: logPath(config),
    stdin: config.stdin,
    stdinOnce: config.stdinOnce,
    tty: config.tty,
    linux: { resources: resourcesOf(config), securityContext: securityOf(config, sandbox) },
  };
}

const propagations = {
  None: 'PROPAGATION_PRIVATE',
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
} as const;

function resourcesOf({ resources }: ContainerConfig): Cri['LinuxContainerResources'] {
  const { cpuShares = 0, cpuQuotaMicros, memoryLimitBytes = 0, oomScoreAdjustment } = resources;
  return {
    cpuShares,
    ...(cpuQuotaMicros === undefined
      ? {}
      : { cpuQuota: cpuQuotaMicros, cpuPeriod: cpuPeriodMicros }),
    memoryLimitInBytes: memoryLimitBytes,
    oomScoreAdj: oomScoreAdjustment,
  };
}

function securityOf(
  config: ContainerConfig,
  sandbox: SandboxStatus,
): Cri['LinuxContainerSecurityContext'] {
  const { security } = config;
  return {
    capabilities: {
      addCapabilities: [...security.capabilitiesAdded],
      dropCapabilities: [...security.capabilitiesDropped],
    },
    privileged: security.privileged,
    namespaceOptions: {
      network: sandbox.address === undefined ? 'NODE' : 'POD',
      ipc: config.hostIPC === true ? 'NODE' : 'POD',
      ...processNamespaceOf(config),
    },
    ...userOf(security.user),
    readonlyRootfs: security.readOnlyRootFilesystem,
    supplementalGroups: [...security.supplementalGroups],
    noNewPrivs: security.noNewPrivileges,
    ...(security.privileged || security.unmaskedProc === true
      ? {}
      : { maskedPaths, readonlyPaths }),
    seccomp: seccompOf(security.seccomp),
  };
}

/** Absent is unconfined, as for kubelet. */
function seccompOf(profile: SeccompProfile | undefined): Cri['SecurityProfile'] {
  if (profile === undefined || profile.kind === 'unconfined') return unconfined;
  return profile.kind === 'localhost'
    ? { profileType: 'Localhost', localhostRef: profile.path }
    : { profileType: 'RuntimeDefault' };
}

function processNamespaceOf({
  hostPID,
  shareProcessNamespace,
  processNamespaceOf: target,
}: ContainerConfig): Cri['NamespaceOption'] {
  if (hostPID === true) return { pid: 'NODE' };
  // What shares with all sees the target already.
  if (shareProcessNamespace) return { pid: 'POD' };
  return target === undefined ? { pid: 'CONTAINER' } : { pid: 'TARGET', targetId: target };
}

/** `uid`, `uid:gid` or a name. */
function userOf(text: string | undefined): Cri['LinuxContainerSecurityContext'] {
  if (text === undefined) return {};
  const [user = '', group] = text.split(':');
  return {
    ...(/^\d+$/.test(user) ? { runAsUser: { value: Number(user) } } : { runAsUsername: user }),
    ...(group === undefined ? {} : { runAsGroup: { value: Number(group) } }),
  };
}
