/** A container's spec as the runtime takes it. */
import { quantityMilliValue, quantityValue, type Container, type Pod } from '@drydock/api';
import type {
  ContainerConfig,
  ContainerResources,
  ContainerSecurity,
  DnsConfig,
  MemoryVolume,
  Mount,
  SandboxConfig,
} from '../runtime/runtime.ts';
import { ContainerConfigError } from './environment.ts';
import { expand } from './expansion.ts';
import { allContainersOf, describePod, identityOf, specHashOf } from './pod-facts.ts';
import { oomScoreAdjustment } from './qos.ts';
import { appArmorOf, seccompOf, type SeccompSettings } from './profiles.ts';

/** Kubelet's limits: the kernel takes no less. */
const cpuSharesMin = 2;
const cpuSharesPerCpu = 1024;
const cpuQuotaMicrosMin = 1_000;
const cpuPeriodMicros = 100_000;

export interface ContainerConfigInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly environment: ReadonlyMap<string, string>;
  readonly mounts: readonly Mount[];
  readonly nodeMemoryBytes: number;
  /** The image's user, for runAsNonRoot. */
  readonly imageUser?: string | undefined;
  /** Id of the container that an ephemeral one is to look into. */
  readonly processNamespaceOf?: string | undefined;
  readonly seccomp?: SeccompSettings | undefined;
}

export function containerConfig(input: ContainerConfigInput): ContainerConfig {
  const { pod, container, environment } = input;
  const expanded = (texts: readonly string[] = []) =>
    texts.map((text) => expand(text, (name) => environment.get(name)));
  return {
    name: container.name,
    attempt: input.attempt,
    image: container.image ?? '',
    command: expanded(container.command),
    args: expanded(container.args),
    environment: [...environment].map(([name, value]) => ({ name, value })),
    workingDirectory: container.workingDir === '' ? undefined : container.workingDir,
    mounts: input.mounts,
    resources: resourcesOf(pod, container, input.nodeMemoryBytes),
    security: securityOf(input),
    shareProcessNamespace: pod.spec.shareProcessNamespace === true,
    hostPID: pod.spec.hostPID === true,
    hostIPC: pod.spec.hostIPC === true,
    processNamespaceOf: input.processNamespaceOf,
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    specHash: specHashOf(container),
  };
}

function resourcesOf(pod: Pod, container: Container, nodeMemoryBytes: number): ContainerResources {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const cpuRequest = requests.cpu ?? limits.cpu;
  const shares = cpuRequest === undefined ? 0 : quantityMilliValue(cpuRequest) * cpuSharesPerCpu;
  return {
    cpuShares: Math.max(cpuSharesMin, Math.floor(shares / 1000)),
    cpuQuotaMicros:
      limits.cpu === undefined
        ? undefined
        : Math.max(
            cpuQuotaMicrosMin,
            Math.floor((quantityMilliValue(limits.cpu) * cpuPeriodMicros) / 1000),
          ),
    memoryLimitBytes: limits.memory === undefined ? undefined : quantityValue(limits.memory),
    oomScoreAdjustment: oomScoreAdjustment(pod, container, nodeMemoryBytes),
  };
}

function securityOf({
  pod,
  container,
  imageUser,
  seccomp,
}: ContainerConfigInput): ContainerSecurity {
  const ofPod = pod.spec.securityContext ?? {};
  const own = container.securityContext ?? {};
  const uid = own.runAsUser ?? ofPod.runAsUser;
  const gid = own.runAsGroup ?? ofPod.runAsGroup;
  const nonRoot = own.runAsNonRoot ?? ofPod.runAsNonRoot;
  const complaint = nonRoot === true ? rootComplaint(uid, imageUser) : undefined;
  if (complaint !== undefined) {
    const where = `(pod: "${describePod(identityOf(pod))}", container: ${container.name})`;
    throw new ContainerConfigError(`${complaint} ${where}`);
  }
  return {
    user: userOf(uid, gid, imageUser),
    supplementalGroups: [
      ...(ofPod.supplementalGroups ?? []),
      ...(ofPod.fsGroup === undefined ? [] : [ofPod.fsGroup]),
    ],
    privileged: own.privileged === true,
    readOnlyRootFilesystem: own.readOnlyRootFilesystem === true,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    capabilitiesAdded: own.capabilities?.add ?? [],
    capabilitiesDropped: own.capabilities?.drop ?? [],
    unmaskedProc: own.procMount === 'Unmasked',
    ...(seccomp === undefined ? {} : { seccomp: seccompOf(pod, container, seccomp) }),
    ...appArmorOf(pod, container),
  };
}

/** A group alone goes with the image's user. */
function userOf(
  uid: number | undefined,
  gid: number | undefined,
  imageUser: string | undefined,
): string | undefined {
  if (gid === undefined) return uid === undefined ? undefined : `${uid}`;
  const [name = ''] = (imageUser ?? '').split(':');
  return `${uid ?? (name === '' ? 0 : name)}:${gid}`;
}

/** Why runAsNonRoot cannot be kept (kubelet's verifyRunAsNonRoot); undefined: it is. */
function rootComplaint(uid: number | undefined, imageUser: string | undefined): string | undefined {
  if (uid !== undefined) {
    return uid === 0 ? "container's runAsUser breaks non-root policy" : undefined;
  }
  // Whether a runtime that does not tell of users runs it as root, nobody knows.
  if (imageUser === undefined) return undefined;
  const [user = ''] = imageUser.split(':');
  if (user === '' || Number(user) === 0) {
    return 'container has runAsNonRoot and image will run as root';
  }
  return /^\d+$/.test(user)
    ? undefined
    : `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root`;
}

export interface SandboxConfigInput {
  readonly pod: Pod;
  readonly attempt: number;
  readonly address: string | undefined;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly memoryVolumes?: readonly MemoryVolume[];
}

export function sandboxConfig({
  pod,
  attempt,
  address,
  memoryVolumes = [],
  ...dns
}: SandboxConfigInput): SandboxConfig {
  const { hostname = '', securityContext = {} } = pod.spec;
  const shortName = pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '');
  return {
    pod: identityOf(pod),
    attempt,
    hostname: hostname === '' ? shortName : hostname,
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    dns: dnsOf(pod, dns),
    hostAliases: (pod.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => ({ ip, hostnames })),
    hostNetwork: pod.spec.hostNetwork === true,
    address,
    privileged: allContainersOf(pod).some((one) => one.securityContext?.privileged === true),
    sysctls: Object.fromEntries(
      (securityContext.sysctls ?? []).map(({ name, value }) => [name.replaceAll('/', '.'), value]),
    ),
    hostIPC: pod.spec.hostIPC === true,
    memoryVolumes,
  };
}

/** Undefined: what the engine gives, which is dnsPolicy Default. */
function dnsOf(
  pod: Pod,
  { clusterDns, clusterDomain }: { clusterDns: readonly string[]; clusterDomain: string },
): DnsConfig | undefined {
  const { dnsPolicy = 'ClusterFirst', dnsConfig = {}, hostNetwork } = pod.spec;
  const asked: DnsConfig = {
    servers: dnsConfig.nameservers ?? [],
    searches: dnsConfig.searches ?? [],
    options: (dnsConfig.options ?? []).map(({ name = '', value }) =>
      value === undefined || value === '' ? name : `${name}:${value}`,
    ),
  };
  const toCluster =
    clusterDns.length > 0 &&
    (dnsPolicy === 'ClusterFirstWithHostNet' ||
      (dnsPolicy === 'ClusterFirst' && hostNetwork !== true));
  if (!toCluster) {
    const empty = asked.servers.length + asked.searches.length + asked.options.length === 0;
    return empty ? undefined : asked;
  }
  const { namespace = 'default' } = pod.metadata;
  return {
    servers: [...clusterDns, ...asked.servers],
    searches: [
      `${namespace}.svc.${clusterDomain}`,
      `svc.${clusterDomain}`,
      clusterDomain,
      ...asked.searches,
    ],
    options: ['ndots:5', ...asked.options],
  };
}
