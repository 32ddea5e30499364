/**
 * The runtime interface without an engine: containers are state machines that follow the script in
 * their pod's annotations. It exists for scale and determinism: time comes from the clock port, and
 * many nodes live in one process.
 *
 * 1. Nothing outlives the process: to its agent, a new process is a new boot of the node.
 * 2. Every image is present until it is removed, but those whose name holds `missing`, which no registry
 *    has, or `remote`, which have to be pulled; those with `private` need a credential.
 */
import type { Clock, Millis, Timer } from '@drydock/ports';
import type { RuntimeHousekeeping } from '../housekeeping.ts';
import {
  RuntimeError,
  type ContainerStatus,
  type ExecResult,
  type ImageStatus,
  type LogQuery,
  type RuntimeEvent,
  type RuntimeFilter,
  type RuntimeService,
  type SandboxStatus,
} from '../runtime.ts';
import { attachToContainer, type MainProcess } from './attachment.ts';
import { connectEcho } from './echo-service.ts';
import { startProcess } from './exec-process.ts';
import { readScript, type Script } from './script.ts';

const killedExitCode = 137;
const terminatedExitCode = 143;

interface Sandbox {
  status: SandboxStatus;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Container {
  status: ContainerStatus;
  readonly script: Script;
  readonly lines: { readonly wallTime: number; readonly text: string }[];
  readonly timers: Set<Timer>;
  readonly wake: Set<() => void>;
  readonly stdin: { readonly isOpen: boolean; readonly once: boolean };
  /** Ends what clients have of it: commands and connections. */
  readonly cuts: Set<() => void>;
  /** It has heard its stop signal, which it hears once. */
  isStopping: boolean;
}

export interface SimulatedRuntime extends RuntimeService {
  readonly housekeeping: RuntimeHousekeeping;
  /** What all its containers use together, by their scripts. */
  totals(): {
    readonly memoryBytes: number;
    readonly diskBytes: number;
    readonly processes: number;
  };
  /** Whether the container's script says that its probes succeed by now. */
  isResponsive(id: string): boolean;
  /** As if the main process of a container had ended by itself. */
  exit(id: string, exitCode: number, how?: { readonly oomKilled: boolean }): void;
  /** New sandboxes belong to another boot of the node; what there is stays as it is. */
  reboot(bootId: string): void;
}

export function createSimulatedRuntime(
  options: { readonly bootId: string },
  { clock }: { readonly clock: Clock },
): SimulatedRuntime {
  const sandboxes = new Map<string, Sandbox>();
  const containers = new Map<string, Container>();
  /** Images that were removed, or have to be pulled first. */
  const absent = new Set<string>();
  const pulled = new Set<string>();
  const listeners = new Set<(event: RuntimeEvent) => void>();
  let count = 0;
  let bootId = options.bootId;

  const nextId = () => (++count).toString(16).padStart(64, '0');
  const imageOf = (image: string): ImageStatus => ({
    id: `sha256:${hash(image)}`,
    names: [image],
    sizeBytes: 10_000_000,
  });
  const isPresent = (image: string) =>
    !image.includes('missing') &&
    !absent.has(image) &&
    (!image.includes('remote') || pulled.has(image));
  const pull = (image: string, hasCredential: boolean): ImageStatus => {
    if (image.includes('missing') || (image.includes('private') && !hasCredential)) {
      const message = `pull access denied for ${image}, repository does not exist`;
      throw new RuntimeError('FAILED', message);
    }
    absent.delete(image);
    pulled.add(image);
    return imageOf(image);
  };
  const emit = (kind: RuntimeEvent['kind'], status: { pod: { uid: string }; id: string }) => {
    for (const listener of listeners) {
      listener({ kind, podUid: status.pod.uid, containerId: status.id });
    }
  };
  const find = (id: string): Container => {
    const container = containers.get(id);
    if (container === undefined) throw new RuntimeError('NOT_FOUND', `No such container: ${id}`);
    return container;
  };
  const findRunning = (id: string): Container => {
    const container = find(id);
    if (container.status.state === 'running') return container;
    throw new RuntimeError('FAILED', `container ${id} is not running`);
  };
  const write = (container: Container, text: string) => {
    container.lines.push({ wallTime: clock.wallTime(), text });
    for (const wake of container.wake) wake();
  };
  const after = (container: Container, delay: Millis, run: () => void) => {
    const timer = clock.setTimer(delay, () => {
      container.timers.delete(timer);
      run();
    });
    container.timers.add(timer);
  };

  const exit = (container: Container, exitCode: number) => {
    if (container.status.state === 'exited') return;
    for (const timer of container.timers) timer.cancel();
    container.timers.clear();
    write(container, `exit ${exitCode}`);
    container.status = {
      ...container.status,
      state: 'exited',
      exitCode,
      finishedAt: clock.wallTime(),
    };
    for (const wake of container.wake) wake();
    for (const cut of container.cuts) cut();
    emit('died', container.status);
  };
  const mainProcessOf = (container: Container): MainProcess => ({
    stdin: container.stdin,
    writeLine: (text) => write(container, text),
    lines: (signal) => {
      const query = { follow: true, timestamps: false, sinceWallTime: undefined, tailLines: 0 };
      return readLines(container, query, signal);
    },
    exit: () => exit(container, container.script.exitCode),
  });
  const remove = (id: string) => {
    const container = containers.get(id);
    if (container === undefined) return;
    exit(container, killedExitCode);
    containers.delete(id);
    emit('removed', container.status);
  };
  const stopSandbox = (id: string) => {
    const sandbox = sandboxes.get(id);
    if (sandbox === undefined || sandbox.status.state === 'not-ready') return;
    sandbox.status = { ...sandbox.status, state: 'not-ready' };
    emit('died', sandbox.status);
  };

  const select = <T extends { pod: { uid: string } }>(all: T[], filter?: RuntimeFilter): T[] =>
    filter?.podUid === undefined ? all : all.filter((one) => one.pod.uid === filter.podUid);

  return {
    name: 'simulated',
    network: 'agent',
    version: () => Promise.resolve('1.0.0'),
    status: () =>
      Promise.resolve(
        ['RuntimeReady', 'NetworkReady'].map((type) => ({
          type,
          status: true,
          reason: '',
          message: '',
        })),
      ),

    runPodSandbox: (config) => {
      const status: SandboxStatus = {
        id: nextId(),
        pod: config.pod,
        attempt: config.attempt,
        state: 'ready',
        createdAt: clock.wallTime(),
        address: config.address,
        bootId,
      };
      sandboxes.set(status.id, { status, annotations: config.annotations });
      emit('started', status);
      return Promise.resolve(status);
    },
    stopPodSandbox: (id) => Promise.resolve(stopSandbox(id)),
    removePodSandbox: (id) => {
      for (const { status } of containers.values()) if (status.sandboxId === id) remove(status.id);
      stopSandbox(id);
      const sandbox = sandboxes.get(id);
      sandboxes.delete(id);
      if (sandbox !== undefined) emit('removed', sandbox.status);
      return Promise.resolve();
    },
    listPodSandbox: (filter) =>
      Promise.resolve(
        select(
          [...sandboxes.values()].map((one) => one.status),
          filter,
        ),
      ),

    createContainer: async (sandbox, config) => {
      await Promise.resolve();
      const home = sandboxes.get(sandbox.id);
      if (home === undefined)
        throw new RuntimeError('NOT_FOUND', `No such container: ${sandbox.id}`);
      if (!isPresent(config.image)) {
        throw new RuntimeError('IMAGE_NOT_FOUND', `No such image: ${config.image}`);
      }
      const status: ContainerStatus = {
        id: nextId(),
        sandboxId: sandbox.id,
        pod: sandbox.pod,
        name: config.name,
        attempt: config.attempt,
        specHash: config.specHash,
        state: 'created',
        createdAt: clock.wallTime(),
        startedAt: undefined,
        finishedAt: undefined,
        exitCode: undefined,
        oomKilled: false,
        error: undefined,
        image: config.image,
        imageId: imageOf(config.image).id,
      };
      const script = readScript(home.annotations, config.name, config.attempt);
      containers.set(status.id, {
        status,
        script,
        lines: [],
        timers: new Set(),
        wake: new Set(),
        stdin: { isOpen: config.stdin, once: config.stdinOnce },
        cuts: new Set(),
        isStopping: false,
      });
      return status.id;
    },
    startContainer: async (id) => {
      const container = find(id);
      if (container.script.startMillis > 0) await clock.sleep(container.script.startMillis);
      if (!containers.has(id)) throw new RuntimeError('NOT_FOUND', `No such container: ${id}`);
      const { image } = container.status;
      if (image.includes('broken')) {
        const error = 'OCI runtime create failed: executable file not found in $PATH';
        const now = clock.wallTime();
        container.status = { ...container.status, startedAt: now, error };
        exit(container, 127);
        throw new RuntimeError('FAILED', error);
      }
      container.status = { ...container.status, state: 'running', startedAt: clock.wallTime() };
      write(container, `started ${container.status.name} attempt ${container.status.attempt}`);
      const { runMillis, exitCode } = container.script;
      if (runMillis !== undefined) after(container, runMillis, () => exit(container, exitCode));
      emit('started', container.status);
    },
    stopContainer: (id, graceMillis) => {
      const container = containers.get(id);
      if (container === undefined || container.status.state !== 'running') return Promise.resolve();
      if (graceMillis === 0) {
        exit(container, killedExitCode);
        return Promise.resolve();
      }
      const { stopMillis } = container.script;
      if (stopMillis !== undefined && !container.isStopping) {
        write(container, 'caught SIGTERM');
        after(container, stopMillis, () => exit(container, terminatedExitCode));
      }
      container.isStopping = true;
      after(container, graceMillis, () => exit(container, killedExitCode));
      return new Promise<void>((resolve) => container.cuts.add(resolve));
    },
    removeContainer: (id) => Promise.resolve(remove(id)),
    listContainers: (filter) =>
      Promise.resolve(
        select(
          [...containers.values()].map((one) => one.status),
          filter,
        ),
      ),
    containerStatus: (id) => Promise.resolve(containers.get(id)?.status),

    execSync: async (id, command): Promise<ExecResult> => {
      await Promise.resolve();
      const container = findRunning(id);
      // A shell's `exit N` is understood; any other command succeeds once the script says ready.
      const asked = /^exit (\d+)$/.exec(command.at(-1) ?? '');
      const exitCode = asked !== null ? Number(asked[1]) : isResponsive(container) ? 0 : 1;
      return { exitCode, output: '' };
    },
    exec: async (id, options) => {
      await Promise.resolve();
      const container = findRunning(id);
      const hostname = container.status.pod.name;
      const onEnd = () => container.cuts.delete(kill);
      const process = startProcess(options, { hostname, clock, onEnd });
      const kill = () => process.kill();
      container.cuts.add(kill);
      return process;
    },
    attach: async (id, streams) => {
      await Promise.resolve();
      return attachToContainer(mainProcessOf(findRunning(id)), streams);
    },
    portForward: async (sandboxId, port) => {
      await Promise.resolve();
      const listener = [...containers.values()].find(
        ({ status, script }) =>
          status.sandboxId === sandboxId &&
          status.state === 'running' &&
          script.ports.includes(port),
      );
      if (listener === undefined) {
        throw new RuntimeError(
          'FAILED',
          `failed to connect to localhost:${port} inside the pod, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
        );
      }
      const onClose = () => listener.cuts.delete(cut);
      const connection = connectEcho(listener.status.pod.name, onClose);
      const cut = () => connection.close();
      listener.cuts.add(cut);
      return connection;
    },
    containerStats: (id) => {
      const container = containers.get(id);
      if (container?.status.state !== 'running') return Promise.resolve(undefined);
      const wallTime = clock.wallTime();
      const { cpuMillis, memoryBytes, processCount } = container.script;
      // By the time of day, as timestamps are: a rate is the same at any time scale.
      const ranMillis = Math.max(0, wallTime - container.status.startedAt!);
      return Promise.resolve({
        wallTime,
        cpuMicros: ranMillis * cpuMillis,
        workingSetBytes: memoryBytes,
        processCount,
      });
    },
    logs: (id, query, signal) => readLines(find(id), query, signal),

    imageStatus: (image) => Promise.resolve(isPresent(image) ? imageOf(image) : undefined),
    pullImage: async (image, credential) => {
      await Promise.resolve();
      return pull(image, credential !== undefined);
    },
    listImages: () => {
      const used = [...containers.values()].map((one) => one.status.image);
      return Promise.resolve([...new Set([...used, ...pulled])].filter(isPresent).map(imageOf));
    },
    removeImage: (image) => {
      pulled.delete(image);
      absent.add(image);
      return Promise.resolve();
    },
    imageFsInfo: () =>
      Promise.resolve({ mountpoint: '/', usedBytes: pulled.size * imageOf('').sizeBytes }),
    getContainerEvents: (onEvent, signal) => {
      listeners.add(onEvent);
      signal.addEventListener('abort', () => listeners.delete(onEvent), { once: true });
    },
    exit: (id, exitCode, { oomKilled } = { oomKilled: false }) => {
      const container = findRunning(id);
      container.status = { ...container.status, oomKilled };
      exit(container, exitCode);
    },
    reboot: (next) => {
      bootId = next;
    },
    housekeeping: {
      writtenBytes: (id) => Promise.resolve(containers.get(id)?.script.diskBytes),
      imagesInUse: () =>
        Promise.resolve(new Set([...containers.values()].map((one) => one.status.imageId))),
      // It has no volumes.
      keepVolumes: () => Promise.resolve(),
      removeImage: (image) => {
        absent.add(image);
        pulled.delete(image);
        return Promise.resolve();
      },
    },
    totals: () => {
      const all = [...containers.values()];
      const running = all.filter(({ status }) => status.state === 'running');
      const sum = (some: readonly Container[], of: (script: Script) => number) =>
        some.reduce((total, { script }) => total + of(script), 0);
      return {
        memoryBytes: sum(running, (script) => script.memoryBytes),
        diskBytes: sum(all, (script) => script.diskBytes),
        processes: sum(running, (script) => script.processCount),
      };
    },
    isResponsive: (id) => {
      const container = containers.get(id);
      return container !== undefined && isResponsive(container);
    },
  };

  function isResponsive({ status, script }: Container): boolean {
    return (
      status.state === 'running' && clock.elapsedSince(status.startedAt!) >= script.readyMillis
    );
  }
}

/** From where the query says, which is decided now and not with the first read. */
function readLines(
  container: Container,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { sinceWallTime = 0, tailLines } = query;
  const chosen = container.lines.filter((line) => line.wallTime >= sinceWallTime);
  const first =
    tailLines === undefined
      ? container.lines.length - chosen.length
      : container.lines.length - Math.min(tailLines, chosen.length);
  return linesFrom(container, { ...query, first }, signal);
}

async function* linesFrom(
  container: Container,
  query: LogQuery & { readonly first: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let next = query.first;
  for (;;) {
    while (next < container.lines.length && !signal.aborted) {
      const { wallTime, text } = container.lines[next++]!;
      const stamp = query.timestamps ? `${new Date(wallTime).toISOString()} ` : '';
      yield encoder.encode(`${stamp}${text}\n`);
    }
    if (!query.follow || container.status.state === 'exited' || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        container.wake.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      container.wake.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

/** FNV-1a, repeated to the length of a digest; only its stability matters. */
function hash(text: string): string {
  let digest = '';
  for (let round = 0; round < 8; round++) {
    let value = 0x811c9dc5 ^ round;
    for (let index = 0; index < text.length; index++) {
      value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    }
    digest += (value >>> 0).toString(16).padStart(8, '0');
  }
  return digest;
}
