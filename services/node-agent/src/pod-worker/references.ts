/** The ConfigMaps and Secrets that a pod's containers and volumes refer to, fetched together. */
import type { ConfigMap, Pod, Secret, Volume } from '@drydock/api';
import { isNotFound, resources, type ApiClient } from '@drydock/client';
import { allContainersOf } from '../pod-lifecycle/pod-facts.ts';
import type { BytesLookUp } from '../volumes/files.ts';

type Kind = 'configmap' | 'secret';

/** Names by kind, as a pure function of the spec. */
function referencesOf(pod: Pod, volumes: Volume[]): ReadonlySet<`${Kind}/${string}`> {
  const found = new Set<`${Kind}/${string}`>();
  const add = (kind: Kind, name: string | undefined) => {
    if (name !== undefined && name !== '') found.add(`${kind}/${name}`);
  };
  for (const container of allContainersOf(pod)) {
    for (const source of container.envFrom ?? []) {
      add('configmap', source.configMapRef?.name);
      add('secret', source.secretRef?.name);
    }
    for (const { valueFrom } of container.env ?? []) {
      add('configmap', valueFrom?.configMapKeyRef?.name);
      add('secret', valueFrom?.secretKeyRef?.name);
    }
  }
  for (const volume of volumes) {
    add('configmap', volume.configMap?.name);
    add('secret', volume.secret?.secretName);
    for (const source of volume.projected?.sources ?? []) {
      add('configmap', source.configMap?.name);
      add('secret', source.secret?.name);
    }
  }
  return found;
}

/** @throws ApiError when the API cannot be asked; what does not exist is undefined in the result. */
export async function fetchReferences(
  api: ApiClient,
  pod: Pod,
  { withVolumes, signal }: { readonly withVolumes: boolean; readonly signal: AbortSignal },
): Promise<BytesLookUp> {
  const namespace = pod.metadata.namespace ?? '';
  const data = new Map<string, Record<string, Uint8Array>>();
  await Promise.all(
    [...referencesOf(pod, withVolumes ? (pod.spec.volumes ?? []) : [])].map(async (reference) => {
      const [kind, name] = reference.split('/') as [Kind, string];
      try {
        const object =
          kind === 'configmap'
            ? bytesOfConfigMap(await api.get(resources.configMaps, { namespace, name }, { signal }))
            : bytesOfSecret(await api.get(resources.secrets, { namespace, name }, { signal }));
        data.set(reference, object);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }),
  );
  return (kind, name) => data.get(`${kind}/${name}`);
}

function bytesOfConfigMap({ data = {}, binaryData = {} }: ConfigMap): Record<string, Uint8Array> {
  return {
    ...mapValues(data, (text) => Buffer.from(text)),
    ...mapValues(binaryData, (text) => Buffer.from(text, 'base64')),
  };
}

const bytesOfSecret = ({ data = {} }: Secret) =>
  mapValues(data, (text) => Buffer.from(text, 'base64'));

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
