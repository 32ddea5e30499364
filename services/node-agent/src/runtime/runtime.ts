/**
 * What runs containers: the CRI's RuntimeService and ImageService, with its names for calls, in types of
 * our own. Three implementations pass one suite (testing/conformance.ts): a Docker engine, any server of
 * the CRI, and containers simulated as state machines.
 *
 * 1. Every call is safe to repeat: stopping what is stopped and removing what is gone succeed.
 * 2. States are facts of the runtime and survive the agent's death; nothing is remembered elsewhere.
 * 3. Wall times are milliseconds since the Unix epoch.
 */
import type { Millis } from '@drydock/ports';
import type { RegistryCredential } from '../pod-lifecycle/registry-keyring.ts';

export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface SandboxConfig {
  readonly pod: PodIdentity;
  readonly attempt: number;
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Undefined: the engine's own resolver settings. */
  readonly dns: DnsConfig | undefined;
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  /** The pod uses the network of its node. */
  readonly hostNetwork: boolean;
  /** What the agent gives it, where that is the agent's to give (`RuntimeService.network`). */
  readonly address: string | undefined;
  /** Some container of the pod will be privileged. */
  readonly privileged: boolean;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Uses the node's namespace of shared memory, semaphores and message queues. */
  readonly hostIPC?: boolean;
  /** Volumes in memory that live as long as the sandbox, for its containers to mount. */
  readonly memoryVolumes?: readonly MemoryVolume[];
}

export interface MemoryVolume {
  /** The name of the pod's volume. */
  readonly name: string;
  /** What it can hold at most; it counts as memory of who writes to it. */
  readonly sizeBytes: number;
  /** The group to which all in it belongs. */
  readonly gid: number | undefined;
}

export interface SandboxStatus {
  readonly id: string;
  readonly pod: PodIdentity;
  readonly attempt: number;
  readonly state: 'ready' | 'not-ready';
  readonly createdAt: number;
  /** Undefined in the network of the node. */
  readonly address: string | undefined;
  /** The boot of the node in which it was made. */
  readonly bootId: string;
}

export interface Mount {
  /** As the agent sees it. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Of the sandbox: mounted instead of `source`, which is then empty. */
  readonly memoryVolume?: string;
  /** Whether later mounts below it are seen on the other side; in the pod's words. None if not given. */
  readonly propagation?: 'None' | 'HostToContainer' | 'Bidirectional';
}

export interface ContainerResources {
  /** Relative weight; 1024 is one CPU. */
  readonly cpuShares: number | undefined;
  /** CPU time in microseconds for each 100,000 of wall time. */
  readonly cpuQuotaMicros: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly oomScoreAdjustment: number;
}

/** How its system calls are filtered: not at all, as the engine has it, or by a file of the node. */
export type SeccompProfile =
  | { readonly kind: 'unconfined' }
  | { readonly kind: 'runtime-default' }
  | { readonly kind: 'localhost'; readonly path: string };

export interface ContainerSecurity {
  /** `uid`, `uid:gid` or undefined for the image's user. */
  readonly user: string | undefined;
  readonly supplementalGroups: readonly number[];
  readonly privileged: boolean;
  readonly readOnlyRootFilesystem: boolean;
  readonly noNewPrivileges: boolean;
  readonly capabilitiesAdded: readonly string[];
  readonly capabilitiesDropped: readonly string[];
  /** Absent: as the engine has it. */
  readonly seccomp?: SeccompProfile;
  /** `unconfined`, `runtime-default` or the name of a profile; absent: as the engine has it. */
  readonly appArmor?: string;
  /** Sees all of /proc, and may write where the kernel lets it. */
  readonly unmaskedProc?: boolean;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  /** Replaces the image's entrypoint; empty keeps it. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly workingDirectory: string | undefined;
  readonly mounts: readonly Mount[];
  readonly resources: ContainerResources;
  readonly security: ContainerSecurity;
  /** Shares the sandbox's process namespace, and so that of the pod's other containers. */
  readonly shareProcessNamespace: boolean;
  /** Sees the processes of the node. */
  readonly hostPID?: boolean;
  /** Uses the node's namespace of shared memory, instead of the sandbox's. */
  readonly hostIPC?: boolean;
  /** Id of a container of the pod whose processes it sees; undefined: as said above. */
  readonly processNamespaceOf?: string | undefined;
  readonly stdin: boolean;
  /** Its stdin ends when the first client that is attached to it goes. */
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  /** Names the container's spec; a change of it means another container. */
  readonly specHash: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly pod: PodIdentity;
  readonly name: string;
  readonly attempt: number;
  readonly specHash: string;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly exitCode: number | undefined;
  readonly oomKilled: boolean;
  /** Why it could not start. */
  readonly error: string | undefined;
  /** Its last words, when the agent has collected them. */
  readonly terminationMessage?: string;
  readonly image: string;
  readonly imageId: string;
}

export interface ImageStatus {
  readonly id: string;
  readonly names: readonly string[];
  readonly sizeBytes: number;
  /** As whom its processes run unless told otherwise: `uid`, `name`, either with `:group`; '' is root. */
  readonly user?: string;
}

export interface RuntimeEvent {
  readonly kind: 'started' | 'died' | 'removed';
  readonly podUid: string;
  readonly containerId: string;
}

export interface LogQuery {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Only lines at or after this wall time. */
  readonly sinceWallTime: number | undefined;
  /** Only this many of the last lines. */
  readonly tailLines: number | undefined;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
}

/** In columns and rows. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** Which streams of a process are wanted. */
export interface StreamSelection {
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** With a terminal all output is stdout. */
  readonly stderr: boolean;
}

export interface ExecOptions extends StreamSelection {
  readonly command: readonly string[];
  readonly tty: boolean;
}

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Uint8Array;
}

/** The streams of a process in a container, held by one client. */
export interface ProcessStreams {
  /** What it writes from now on, until its end. A reader that is slow stalls the process. */
  readonly output: AsyncIterable<OutputPiece>;
  /** Resolves when the process takes more; drops what nobody reads any more. */
  write(data: Uint8Array): Promise<void>;
  /** No more input follows. */
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** Lets go of the process, which may live on. Ends `output`. */
  readonly close: () => void;
}

export interface ExecProcess extends ProcessStreams {
  /** Known once `output` has ended by itself. */
  exitCode(): Promise<number>;
}

/** A TCP connection into a pod. */
export interface PortConnection {
  /** Ends when the pod has no more to send; it may still read. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when the pod takes more. */
  write(data: Uint8Array): Promise<void>;
  /** No more data follows. */
  end(): void;
  readonly close: () => void;
}

export interface ContainerStats {
  /** When it was measured. */
  readonly wallTime: number;
  /** CPU time since the start, in microseconds. */
  readonly cpuMicros: number;
  /** Memory that cannot be reclaimed. */
  readonly workingSetBytes: number;
  /** Processes and threads; absent where the runtime does not count them. */
  readonly processCount?: number;
}

/** Whether the runtime can do its work: as the CRI's conditions RuntimeReady and NetworkReady tell. */
export interface RuntimeCondition {
  readonly type: string;
  readonly status: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Where images are kept. */
export interface ImageFilesystem {
  /** A folder on it, as the runtime sees it. */
  readonly mountpoint: string;
  readonly usedBytes: number;
}

export interface RuntimeFilter {
  readonly podUid?: string;
}

export interface RuntimeService {
  /** As nodes and container ids name it: `docker`, `containerd`, `simulated`; known once it has answered. */
  readonly name: string;
  /** Who connects pods and gives them their addresses. */
  readonly network: 'agent' | 'runtime';
  /** The engine's version, say `20.10.24`. @throws when the engine does not answer */
  version(): Promise<string>;
  /** @throws when the engine does not answer */
  status(): Promise<readonly RuntimeCondition[]>;

  /** Creates and starts a sandbox and gives it its network. */
  runPodSandbox(config: SandboxConfig): Promise<SandboxStatus>;
  /** Its processes end at once. */
  stopPodSandbox(id: string): Promise<void>;
  /** With the containers in it. */
  removePodSandbox(id: string): Promise<void>;
  listPodSandbox(filter?: RuntimeFilter): Promise<SandboxStatus[]>;

  createContainer(sandbox: SandboxStatus, config: ContainerConfig): Promise<string>;
  /** @throws RuntimeError with the engine's words; the container is then 'exited' with `error`. */
  startContainer(id: string): Promise<void>;
  /**
   * Sends the image's stop signal, and SIGKILL when the grace is over; with a grace of 0 at once. Resolves
   * when it has ended. May be called again while it waits: the earliest end of a grace counts.
   */
  stopContainer(id: string, graceMillis: Millis): Promise<void>;
  removeContainer(id: string): Promise<void>;
  listContainers(filter?: RuntimeFilter): Promise<ContainerStatus[]>;
  containerStatus(id: string): Promise<ContainerStatus | undefined>;
  /** Runs a command inside; rejects with TIMEOUT when the time is over, whether it can be killed or not. */
  execSync(id: string, command: readonly string[], timeoutMillis: Millis): Promise<ExecResult>;
  /** Runs a command inside, with streams. @throws RuntimeError when it cannot begin */
  exec(id: string, options: ExecOptions): Promise<ExecProcess>;
  /** The streams of the container's main process. @throws RuntimeError when it does not run */
  attach(id: string, streams: StreamSelection): Promise<ProcessStreams>;
  /**
   * Connects to a port of the sandbox's loopback. @throws RuntimeError that says why it cannot; some
   * runtimes find that out only later, and then the connection's input fails with it.
   */
  portForward(sandboxId: string, port: number): Promise<PortConnection>;
  /** Undefined for a container that does not run. */
  containerStats(id: string): Promise<ContainerStats | undefined>;
  logs(id: string, query: LogQuery, signal: AbortSignal): AsyncIterable<Uint8Array>;

  imageStatus(image: string): Promise<ImageStatus | undefined>;
  /** @throws RuntimeError with the registry's words */
  pullImage(image: string, credential?: RegistryCredential): Promise<ImageStatus>;
  listImages(): Promise<ImageStatus[]>;
  /** With all its names. @throws RuntimeError when a container needs it and the runtime minds */
  removeImage(image: string): Promise<void>;
  imageFsInfo(): Promise<ImageFilesystem>;

  /** Calls back for every change, until the signal aborts. Events may be lost: list, too. */
  getContainerEvents(onEvent: (event: RuntimeEvent) => void, signal: AbortSignal): void;
}

/** A refusal of the runtime. `message` has the engine's own words. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: 'NOT_FOUND' | 'IMAGE_NOT_FOUND' | 'UNREACHABLE' | 'TIMEOUT' | 'FAILED';

  constructor(code: RuntimeError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
