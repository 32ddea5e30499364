/**
 * Every container test ends with this: of pods and services that are gone, nothing is left in the
 * engine, on the nodes, or in the agents.
 *
 * What of the engine's machine can be seen (cgroups, mounts of containers) is looked at where the tests
 * run on it; an engine in a virtual machine hides it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { KubernetesObject, Node, Pod, Service } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import {
  leftoversOf,
  nodeScript,
  readNodeReport,
  type Inventory,
  type Thing,
} from '@drydock/testing/leaks';
import type { Cluster } from './cluster.ts';

const rootFolder = '/var/lib/drydock';
const engineHost = 'the engine';

interface EngineContainer {
  readonly ID: string;
  readonly Names: string;
  readonly Labels: string;
}

export async function takeInventory(cluster: Cluster): Promise<Inventory> {
  const nodes = await nodesOf(cluster);
  // First what hangs on containers, so that what ends meanwhile is not taken for left over.
  const cgroups = cgroupsOfContainers();
  const mounts = mountsOfContainers();
  const reports = await Promise.all(
    nodes.map(async (node) => {
      const script = nodeScript({ node, rootFolder });
      const text = await cluster.docker('exec', cluster.container(node), 'sh', '-c', script);
      return { node, text };
    }),
  );
  const all = await containersOf(cluster, []);
  const own = await containersOf(cluster, ['--filter', `label=drydock.cluster=${cluster.name}`]);
  const pods = own.map((one) => ({ one, ...ownerOf(one) }));
  const inventories = reports.map(({ node, text }) =>
    readNodeReport(node, text, (cable) => {
      const found = pods.find(({ one }) => one.ID.startsWith(cable.replace('veth', '')));
      return found ?? { owner: 'a sandbox that is gone', keys: [] };
    }),
  );
  const present = new Set(all.map((one) => one.ID));
  const ofDead = (kind: string, ids: readonly string[]): Thing[] =>
    ids.flatMap((id) =>
      present.has(id)
        ? []
        : [{ kind, where: engineHost, id, owner: 'a container that is gone', keys: [] }],
    );
  return {
    things: [
      ...inventories.flatMap(({ things }) => things),
      ...pods.map(({ one, owner, keys }) => ({
        kind: 'container',
        where: engineHost,
        id: one.Names,
        owner,
        keys,
      })),
      ...(await unusedVolumes(cluster)),
      ...ofDead('cgroup', cgroups),
      ...ofDead('mount', mounts),
    ],
    counts: inventories.flatMap(({ counts }) => counts),
  };
}

/** @throws Error with a line for each leftover, if some stay. */
export async function expectNoLeftovers(cluster: Cluster, before: Inventory): Promise<void> {
  await eventually(
    'nothing is left over',
    async () => {
      const alive = await livingOf(cluster);
      const lines = leftoversOf(before, await takeInventory(cluster), alive);
      if (lines.length > 0) throw new Error(`left over:\n  ${lines.join('\n  ')}`);
      return true;
    },
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 1_000 },
  );
}

/** Whoever may own something: pods by uid and address, services by name, nodes by range. */
async function livingOf(cluster: Cluster): Promise<ReadonlySet<string>> {
  const [pods, services, nodes] = await Promise.all([
    cluster.list<Pod>('pods', '--all-namespaces'),
    cluster.list<Service>('services', '--all-namespaces'),
    cluster.list<Node>('nodes'),
  ]);
  return new Set([
    ...pods.flatMap(({ metadata: { uid = '', annotations = {} }, status }) => [
      uid,
      // A static pod's own uid, of which the API has a mirror only.
      annotations['kubernetes.io/config.mirror'] ?? uid,
      ...(status.podIPs ?? []).map(({ ip }) => ip),
    ]),
    ...services.map(keyOf),
    ...nodes.flatMap(({ spec }) => spec.podCIDR ?? []),
  ]);
}

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

async function nodesOf(cluster: Cluster): Promise<string[]> {
  const nodes = await cluster.list<Node>('nodes');
  return nodes.map(({ metadata }) => metadata.name).toSorted();
}

async function containersOf(cluster: Cluster, filters: string[]): Promise<EngineContainer[]> {
  const flags = ['--all', '--no-trunc', '--format', '{{json .}}'];
  const output = await cluster.docker('ps', ...flags, ...filters);
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as EngineContainer);
}

function ownerOf({ Labels: text }: EngineContainer): Pick<Thing, 'owner' | 'keys'> {
  const labels = new Map(text.split(',').map((pair) => pair.split('=') as [string, string]));
  const [namespace, pod, uid] = ['namespace', 'pod', 'uid'].map((name) =>
    labels.get(`drydock.${name}`),
  );
  return { owner: `pod ${namespace}/${pod} on ${labels.get('drydock.node')}`, keys: [uid ?? ''] };
}

async function unusedVolumes(cluster: Cluster): Promise<Thing[]> {
  const output = await cluster.docker('volume', 'ls', '--quiet', '--filter', 'dangling=true');
  const names = output.split('\n').filter((line) => line !== '');
  const owner = 'no container';
  return names.map((id) => ({ kind: 'volume', where: engineHost, id, owner, keys: [] }));
}

const containerId = /([0-9a-f]{64})/;

/** Ids of containers that have a group, wherever the engine puts them (cgroup v1 or v2, systemd or not). */
function cgroupsOfContainers(): string[] {
  const root = '/sys/fs/cgroup';
  if (!existsSync(root)) return [];
  const controllers = readdirSync(root).flatMap((name) => [`${root}/${name}`]);
  const parents = [root, ...controllers].flatMap((path) => [
    `${path}/docker`,
    `${path}/system.slice`,
  ]);
  const names = parents.flatMap((path) => (existsSync(path) ? readdirSync(path) : []));
  return [...new Set(names.flatMap((name) => containerId.exec(name)?.[1] ?? []))];
}

function mountsOfContainers(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const ids = lines.flatMap((line) => /\/containers\/([0-9a-f]{64})\//.exec(line)?.[1] ?? []);
  return [...new Set(ids)];
}
