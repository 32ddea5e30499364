/**
 * What runs containers, in the shape of the CRI: sandboxes that own a pod's network, containers in
 * them, images. One implementation drives a Docker engine, one simulates containers as state
 * machines; both pass the suite in conformance.ts.
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
  /** The pod's address; undefined when it uses the node's network. */
  readonly address: string | undefined;
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

export interface RuntimeFilter {
  readonly podUid?: string;
}

export interface RuntimeService {
  readonly name: 'docker' | 'simulated';
  /** The engine's version, say `20.10.24`. @throws when the engine does not answer */
  version(): Promise<string>;

  /** Creates and starts a sandbox and gives it its network. */
  runPodSandbox(config: SandboxConfig): Promise<SandboxStatus>;
  /** Its processes end at once. */
  stopPodSandbox(id: string): Promise<void>;
  /** With the containers in it. */
  removePodSandbox(id: string): Promise<void>;
  listPodSandboxes(filter?: RuntimeFilter): Promise<SandboxStatus[]>;

  createContainer(sandbox: SandboxStatus, config: ContainerConfig): Promise<string>;
  /** @throws RuntimeError with the engine's words; the container is then 'exited' with `error`. */
  startContainer(id: string): Promise<void>;
  /** Sends a signal, by default the image's stop signal; says nothing about when it ends. */
  signalContainer(id: string, signal?: 'SIGKILL'): Promise<void>;
  removeContainer(id: string): Promise<void>;
  listContainers(filter?: RuntimeFilter): Promise<ContainerStatus[]>;
  containerStatus(id: string): Promise<ContainerStatus | undefined>;
  /** Runs a command inside; kills nothing when the time is over, but rejects. */
  exec(id: string, command: readonly string[], timeoutMillis: Millis): Promise<ExecResult>;
  /** Runs a command inside, with streams. @throws RuntimeError when it cannot begin */
  openExec(id: string, options: ExecOptions): Promise<ExecProcess>;
  /** The streams of the container's main process. @throws RuntimeError when it does not run */
  attach(id: string, streams: StreamSelection): Promise<ProcessStreams>;
  /** Connects to a port of the sandbox's loopback. @throws RuntimeError that says why it cannot */
  connectPort(sandboxId: string, port: number): Promise<PortConnection>;
  /** Undefined for a container that does not run. */
  stats(id: string): Promise<ContainerStats | undefined>;
  logs(id: string, query: LogQuery, signal: AbortSignal): AsyncIterable<Uint8Array>;

  imageStatus(image: string): Promise<ImageStatus | undefined>;
  /** @throws RuntimeError with the registry's words */
  pullImage(image: string, credential?: RegistryCredential): Promise<ImageStatus>;
  listImages(): Promise<ImageStatus[]>;

  /** Calls back for every change, until the signal aborts. Events may be lost: list, too. */
  watch(onEvent: (event: RuntimeEvent) => void, signal: AbortSignal): void;
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
