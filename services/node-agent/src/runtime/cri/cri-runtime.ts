/**
 * The runtime interface on any server of the CRI: containerd, CRI-O, and whatever else kubelet would take.
 *
 * 1. The runtime connects pods by its own CNI plugins and gives them their addresses.
 * 2. A list tells little: what it leaves out is asked for once, and again only when the state changes.
 * 3. Logs are files that the runtime writes where it is told to; the agent reads, rotates and removes them.
 */
import type { Clock, Logger } from '@drydock/ports';
import { criRuntimeService as service, type CriAnswers } from '@drydock/proto/cri';
import type { RuntimeService } from '../runtime.ts';
import { connectCri } from './connection.ts';
import { createContainers } from './containers.ts';
import { unlessGone } from './errors.ts';
import { followEvents } from './events.ts';
import { execSync } from './exec.ts';
import { createImageCalls } from './images.ts';
import { label, type NodeIdentity } from './labels.ts';
import { readLog } from './log-reader.ts';
import { rotateLogs } from './log-rotation.ts';
import { createPodFiles } from './pod-files.ts';
import { openPort } from './port-forward.ts';
import { openProcess } from './process-streams.ts';
import { createSandboxes } from './sandboxes.ts';
import { containerStatsOf } from './status.ts';
import { stopContainer } from './stop.ts';

export interface CriRuntimeOptions {
  /** `unix:///run/containerd/containerd.sock` */
  readonly endpoint: string;
  readonly node: NodeIdentity;
  /** Where logs are written: kubelet's /var/log/pods. */
  readonly podLogRoot: string;
  /** A folder of the agent's own. */
  readonly stateFolder: string;
}

export interface CriRuntimePowers {
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends what goes on in the background, and the connection. */
  readonly signal: AbortSignal;
}

export function createCriRuntime(
  options: CriRuntimeOptions,
  { clock, log, signal }: CriRuntimePowers,
): RuntimeService {
  const { node } = options;
  const connection = connectCri(options.endpoint, clock);
  /** Until it has answered, nobody knows. */
  let name = 'remote';
  const files = createPodFiles(options);
  const images = createImageCalls(connection);
  const sandboxes = createSandboxes(connection, options, { files, log });
  const { imageStatus } = images;
  const powers = { sandboxes, imageStatus, files, log };
  const containers = createContainers(connection, options, powers);

  const runningLogs = async () => {
    const running = (await containers.list()).filter((one) => one.state === 'running');
    const paths = running.map(async ({ id }) => ({
      id,
      path: (await containers.details(id)).logPath,
    }));
    return Promise.all(paths);
  };
  const reopen = async (id: string) => {
    await connection.call(service.ReopenContainerLog, { containerId: id });
  };
  void rotateLogs({ logs: runningLogs, reopen, clock, log }, signal);
  signal.addEventListener('abort', () => connection.close(), { once: true });

  async function* readLogs(
    id: string,
    query: Parameters<RuntimeService['logs']>[1],
    until: AbortSignal,
  ): AsyncGenerator<Uint8Array, void> {
    const { logPath } = await containers.details(id);
    const isRunning = async () => {
      const now = await containers.status(id);
      return now?.state === 'created' || now?.state === 'running';
    };
    yield* readLog(logPath, query, { isRunning, clock, signal: until });
  }

  return {
    get name() {
      return name;
    },
    network: 'runtime',
    version: async () => {
      const answer = await connection.call(service.Version, { version: 'v1' });
      name = answer.runtimeName;
      return answer.runtimeVersion;
    },
    status: async () => (await connection.call(service.Status, {})).status?.conditions ?? [],

    runPodSandbox: sandboxes.run,
    stopPodSandbox: async (id) => {
      await unlessGone(connection.call(service.StopPodSandbox, { podSandboxId: id }));
    },
    removePodSandbox: sandboxes.remove,
    listPodSandbox: sandboxes.list,

    createContainer: containers.create,
    startContainer: async (id) => {
      await connection.call(service.StartContainer, { containerId: id });
    },
    stopContainer: (id, graceMillis) => stopContainer(connection, clock, { id, graceMillis }),
    removeContainer: containers.remove,
    listContainers: containers.list,
    containerStatus: containers.status,

    execSync: (id, command, timeoutMillis) => execSync(connection, { id, command, timeoutMillis }),
    exec: async (id, { command, tty, stdin, stdout, stderr }) => {
      const selection = { tty, stdin, stdout, stderr: stderr && !tty };
      const request = { containerId: id, cmd: [...command], ...selection };
      const { url } = await connection.call(service.Exec, request);
      return openProcess(url, selection);
    },
    attach: async (id, streams) => {
      const { tty, stdin } = await containers.details(id);
      const selection = {
        tty,
        stdin: streams.stdin && stdin,
        stdout: streams.stdout,
        stderr: streams.stderr && !tty,
      };
      const { url } = await connection.call(service.Attach, { containerId: id, ...selection });
      return openProcess(url, selection);
    },
    portForward: async (sandboxId, port) => {
      const request = { podSandboxId: sandboxId, port: [port] };
      const { url } = await connection.call(service.PortForward, request);
      return openPort(url, port);
    },
    containerStats: async (id) => {
      const status = await containers.status(id);
      if (status?.state !== 'running') return undefined;
      const answer = await unlessGone(connection.call(service.ContainerStats, { containerId: id }));
      return answer?.stats ? containerStatsOf(answer.stats) : undefined;
    },
    logs: readLogs,

    ...images,

    getContainerEvents: (onEvent, until) => {
      const list = async () => [...(await sandboxes.list()), ...(await containers.list())];
      const open = () => connection.stream(service.GetContainerEvents, {});
      const isOurs = ({ labels }: CriAnswers['PodSandboxStatus']) =>
        labels[label.cluster] === node.cluster && labels[label.node] === node.node;
      void followEvents({ open, list, isOurs, clock, log }, onEvent, until);
    },
  };
}
