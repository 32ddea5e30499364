/**
 * The cluster under test: what `./drydock up` made, driven with the programs that people use.
 * One cluster serves all experiments; each leaves it as it found it.
 */
import type { Node, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { resolve } from 'node:path';
import { command, tryCommand, type CommandOptions, type CommandResult } from './command.ts';

export const repository = resolve(import.meta.dirname, '../..');

export interface Cluster {
  readonly name: string;
  /** Factor on every timer of the cluster. */
  readonly timeScale: number;
  /** Runs the real kubectl with this cluster's kubeconfig. @throws when it fails. */
  kubectl(...kubectlArguments: string[]): Promise<string>;
  /** The same with options, answering also with failures. */
  tryKubectl(kubectlArguments: string[], options?: CommandOptions): Promise<CommandResult>;
  apply(manifest: object): Promise<void>;
  get<T>(resource: string, name: string): Promise<T>;
  list<T>(resource: string, ...selectors: string[]): Promise<T[]>;
  etcdctl(etcdctlArguments: string[], options?: CommandOptions): Promise<CommandResult>;
  docker(...dockerArguments: string[]): Promise<string>;
  /** The container of a part, say `etcd-1` or `node-2`. */
  container(part: string): string;
  /** Real milliseconds that a span of cluster time takes, with room for a busy machine. */
  deadline(clusterMillis: number): number;
  /** What `./drydock env` exports. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads what `env` exports: lines `export NAME='value'`. */
function parseExports(text: string): Record<string, string> {
  const exports: Record<string, string> = {};
  for (const match of text.matchAll(/^export (\w+)=(?:'([^']*)'|"([^"]*)"|(\S*))$/gm)) {
    exports[match[1]!] = match[2] ?? match[3] ?? match[4] ?? '';
  }
  return exports;
}

export async function connectCluster(name: string, timeScale: number): Promise<Cluster> {
  const drydock = `${repository}/drydock`;
  const environment = parseExports(await command(drydock, ['env', '--name', name]));
  const kubectlProgram = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';
  const tryKubectl = (kubectlArguments: string[], options: CommandOptions = {}) =>
    tryCommand(kubectlProgram, kubectlArguments, { ...options, environment });
  const kubectl = (...kubectlArguments: string[]) =>
    command(kubectlProgram, kubectlArguments, { environment });
  const etcdctl = (etcdctlArguments: string[], options: CommandOptions = {}) =>
    tryCommand('etcdctl', etcdctlArguments, {
      ...options,
      environment: { ...environment, ...options.environment },
    });

  return {
    name,
    timeScale,
    environment,
    kubectl,
    tryKubectl,
    etcdctl,
    docker: (...dockerArguments) => command('docker', dockerArguments),
    container: (part) => `${name}-${part}`,
    deadline: (clusterMillis) => clusterMillis * timeScale * 2 + 30_000,
    apply: async (manifest) => {
      const result = await tryKubectl(['apply', '-f', '-'], { input: JSON.stringify(manifest) });
      if (result.code !== 0) throw new Error(result.stderr);
    },
    get: async (resource, objectName) =>
      JSON.parse(await kubectl('get', resource, objectName, '-o', 'json')) as never,
    list: async (resource, ...selectors) =>
      (JSON.parse(await kubectl('get', resource, '-o', 'json', ...selectors)) as { items: never[] })
        .items,
  };
}

export function isReady(object: Pod | Node): boolean {
  const conditions: readonly { type: string; status: string }[] = object.status?.conditions ?? [];
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Pods that serve: Ready and not on their way out. */
export async function readyPods(cluster: Cluster, selector: string): Promise<Pod[]> {
  const pods = await cluster.list<Pod>('pods', '-l', selector);
  return pods.filter((pod) => isReady(pod) && pod.metadata?.deletionTimestamp === undefined);
}

export function waitForReadyPods(
  cluster: Cluster,
  selector: string,
  count: number,
): Promise<Pod[]> {
  return eventually(
    `${count} ready pods with ${selector}`,
    async () => {
      const pods = await readyPods(cluster, selector);
      if (pods.length === count) return pods;
      throw new Error(
        await cluster.kubectl('get', 'deployments,pods', '-l', selector, '-o', 'wide'),
      );
    },
    { timeoutMillis: 90_000, intervalMillis: 200 },
  );
}

/** Starts whatever an experiment that failed has left dead. */
export async function startDeadParts(cluster: Cluster): Promise<void> {
  const own = ['--filter', `label=drydock.part-of=${cluster.name}`];
  const dead = ['--filter', 'status=exited', '--format', '{{.Names}} {{.Label "drydock.pod"}}'];
  const output = await cluster.docker('ps', '--all', ...own, ...dead);
  const parts = /^(etcd|apiserver|scheduler|controller-manager|load-balancer|node)-\d*$/;
  const names = output
    .split('\n')
    .map((line) => line.trim().slice(cluster.name.length + 1))
    .filter((part) => parts.test(part));
  if (names.length > 0)
    await cluster.docker('start', ...names.map((part) => cluster.container(part)));
}

/** All nodes Ready, every part's container running: how an experiment must leave the cluster. */
export async function waitForWholeCluster(cluster: Cluster): Promise<void> {
  await eventually(
    'all nodes Ready',
    async () => {
      const nodes = await cluster.list<Node>('nodes');
      return nodes.length > 0 && nodes.every(isReady);
    },
    { timeoutMillis: cluster.deadline(120_000), intervalMillis: 300 },
  );
  await eventually(
    'three etcd members healthy',
    async () => (await cluster.etcdctl(['endpoint', 'health'])).code === 0,
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 300 },
  );
}
