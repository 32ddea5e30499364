/** Opens a cluster by its mode, and knows where its credentials and ports are. */
import type { ClusterState, StateFolder } from '../state.ts';
import type { Cluster } from './parts.ts';
import type { ClientFiles, RestClient } from './rest.ts';

/** Where `up` leaves the admin's certificates. */
export function adminFiles(folder: StateFolder): ClientFiles & { readonly folder: string } {
  return {
    folder: folder.file('pki'),
    caFile: folder.file('pki/ca.crt'),
    certFile: folder.file('pki/admin.crt'),
    keyFile: folder.file('pki/admin.key'),
  };
}

export function etcdClientFiles(folder: StateFolder): ClientFiles {
  return {
    caFile: folder.file('pki/etcd/ca.crt'),
    certFile: folder.file('pki/etcd/healthcheck-client.crt'),
    keyFile: folder.file('pki/etcd/healthcheck-client.key'),
  };
}

/** etcd's members and their ports on the host's loopback. */
export function etcdMembers(state: ClusterState): readonly { name: string; port: number }[] {
  return [
    { name: 'etcd-1', port: state.ports.etcd1 },
    { name: 'etcd-2', port: state.ports.etcd2 },
    { name: 'etcd-3', port: state.ports.etcd3 },
  ];
}

export async function openCluster(state: ClusterState, folder: StateFolder): Promise<Cluster> {
  if (state.mode === 'local') {
    const { createLocalCluster } = await import('../local/local-cluster.ts');
    return createLocalCluster(state, folder);
  }
  const { createDockerCluster } = await import('../docker/docker-cluster.ts');
  return createDockerCluster(state, folder);
}

export async function openRest(cluster: Cluster): Promise<RestClient> {
  const { createRestClient } = await import('./rest.ts');
  return createRestClient(cluster.state.ports.api, adminFiles(cluster.folder));
}
