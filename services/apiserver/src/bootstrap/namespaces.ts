/** The namespaces that every cluster has, made when they are missing. */
import { ApiError, findResource, type KubernetesObject } from '@drydock/api';
import type { Registry } from '../registry/registry.ts';
import { systemWrite } from './system-user.ts';

const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export async function ensureNamespaces(registry: Registry): Promise<void> {
  const kind = findResource('', 'namespaces')!;
  for (const name of names) {
    const target = { kind, namespace: '', name };
    try {
      await registry.get(target, 'any');
    } catch {
      const object = {
        kind: 'Namespace',
        apiVersion: 'v1',
        metadata: { name },
        spec: {},
        status: {},
      };
      await registry
        .create(target, object as KubernetesObject, systemWrite())
        .catch((error: unknown) => {
          // The other apiserver was faster.
          if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
        });
    }
  }
}
