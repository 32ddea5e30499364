/** `down`, `stop`, `start`: an end, a rest, and the return from it. */
import { existsSync } from 'node:fs';
import { openCluster, openRest } from '../cluster/cluster.ts';
import { contextName, mergedKubeconfigs, unmergeKubeconfigFile } from '../cluster/kubeconfig.ts';
import type { Cluster } from '../cluster/parts.ts';
import { loadState, openStateFolder, type ClusterState } from '../state.ts';
import { createSteps, terminalOutput } from '../terminal/steps.ts';
import { waitUntilReady } from './up.ts';

async function open(name: string): Promise<Cluster> {
  const folder = openStateFolder(name);
  return openCluster(loadState(folder), folder);
}

/** Works without a state folder too: containers of that name are found by their labels. */
export async function down(options: { name: string; dryRun?: boolean }): Promise<void> {
  const folder = openStateFolder(options.name);
  if (!existsSync(folder.path)) {
    const { askEngine } = await import('../docker/engine.ts');
    if ((await askEngine()).version === undefined) {
      console.log(`nothing is known of a cluster ${options.name}, and no Docker engine answers`);
      return;
    }
  }
  const cluster = await openCluster(folder.load() ?? forgotten(options.name), folder);
  const kubeconfigs = mergedKubeconfigs(folder);
  const context = contextName(folder.name);
  const remains = [
    ...(await cluster.remains()),
    ...kubeconfigs.map((path) => `context ${context} with its cluster and user in ${path}`),
  ];
  if (options.dryRun === true) {
    console.log(remains.length === 0 ? 'nothing would be removed' : remains.join('\n'));
    return;
  }
  if (remains.length === 0) {
    console.log(`nothing is left of the cluster ${options.name}`);
    return;
  }
  // Before the folder goes, which remembers where they are.
  const said = kubeconfigs.map((path) => unmergeKubeconfigFile(path, folder.name));
  const steps = createSteps(terminalOutput(process.stdout));
  await steps.run(`Removing ${options.name}`, async () => {
    await cluster.remove();
    return summarize(remains);
  });
  for (const line of said) console.log(`  ${line}`);
}

function summarize(remains: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const line of remains) {
    const kind = line.split(' ')[0]!;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`)
    .join(', ')
    .replace('processs', 'processes');
}

function forgotten(name: string): ClusterState {
  return {
    name,
    mode: 'docker',
    nodes: [],
    ports: { api: 0, etcd1: 0, etcd2: 0, etcd3: 0, demo: 0 },
    localPorts: {},
    timeScale: 1,
    logLevel: 'info',
    podSubnet: '',
    serviceSubnet: '',
  };
}

export async function stop(parts: readonly string[], options: { name: string }): Promise<void> {
  const cluster = await open(options.name);
  const steps = createSteps(terminalOutput(process.stdout));
  await steps.run(`Stopping ${parts.join(', ') || options.name}`, async () => cluster.stop(parts));
}

export async function start(parts: readonly string[], options: { name: string }): Promise<void> {
  const cluster = await open(options.name);
  const steps = createSteps(terminalOutput(process.stdout));
  await steps.run(`Starting ${parts.join(', ') || options.name}`, async () => cluster.start(parts));
  // A part alone may be far from enough for a cluster: that is for the experimenter to see.
  if (parts.length > 0) return;
  using rest = await openRest(cluster);
  await waitUntilReady(cluster, rest, steps);
}
