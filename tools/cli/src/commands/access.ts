/** `kubeconfig`, `env`, `logs`: how people and their tools reach a cluster. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { etcdClientFiles, etcdMembers, openCluster } from '../cluster/cluster.ts';
import { contextName, mergeKubeconfigFile } from '../cluster/kubeconfig.ts';
import { loadState, openStateFolder } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { kubeconfigOptions } from './up.ts';

export function kubeconfig(options: { name: string; merge?: boolean }): void {
  const folder = openStateFolder(options.name);
  const state = loadState(folder);
  if (options.merge !== true) {
    process.stdout.write(readFileSync(folder.file('kubeconfig'), 'utf8'));
    return;
  }
  // kubectl writes to the first file of KUBECONFIG too.
  const path = process.env['KUBECONFIG']?.split(':')[0] || join(homedir(), '.kube/config');
  if (path === folder.file('kubeconfig')) {
    throw new CommandFailure(
      'KUBECONFIG names this cluster’s own file; there is nothing to merge',
      {
        remedies: ['unset KUBECONFIG, or set it to the file to merge into'],
      },
    );
  }
  mergeKubeconfigFile(path, folder, kubeconfigOptions(state, folder));
  console.log(`${path} has the context ${contextName(state.name)}, and it is the current one`);
}

/** Lines for `eval`; paths are quoted, so that any home folder works. */
export function env(options: { name: string }): void {
  const folder = openStateFolder(options.name);
  const state = loadState(folder);
  const etcd = etcdClientFiles(folder);
  const endpoints = etcdMembers(state).map(({ port }) => `https://127.0.0.1:${port}`);
  const variables = {
    KUBECONFIG: folder.file('kubeconfig'),
    ETCDCTL_API: '3',
    ETCDCTL_ENDPOINTS: endpoints.join(','),
    ETCDCTL_CACERT: etcd.caFile,
    ETCDCTL_CERT: etcd.certFile,
    ETCDCTL_KEY: etcd.keyFile,
  };
  for (const [name, value] of Object.entries(variables)) {
    console.log(`export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`);
  }
}

export async function logs(
  parts: readonly string[],
  options: { name: string; follow?: boolean; tail?: number },
): Promise<void> {
  const folder = openStateFolder(options.name);
  const cluster = await openCluster(loadState(folder), folder);
  process.exitCode = await cluster.logs(parts, {
    follow: options.follow === true,
    tail: options.tail,
  });
}
