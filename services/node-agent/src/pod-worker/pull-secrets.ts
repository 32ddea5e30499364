/** The credentials in the pull secrets that a pod names. */
import type { Pod } from '@drydock/api';
import { resources, type ApiClient } from '@drydock/client';
import {
  credentialsFor,
  keyringOf,
  type Keyring,
  type RegistryCredential,
} from '../pod-lifecycle/registry-keyring.ts';
import type { PodEvents } from './pod-events.ts';

export interface PullSecrets {
  /** In the order in which to try them. Secrets that cannot be had are told of, not waited for. */
  credentials(pod: Pod, image: string, signal: AbortSignal): Promise<readonly RegistryCredential[]>;
}

export function createPullSecrets({
  api,
  events,
}: {
  readonly api: ApiClient;
  readonly events: PodEvents;
}): PullSecrets {
  return {
    credentials: async (pod, image, signal) => {
      const { namespace = '' } = pod.metadata;
      const names = (pod.spec.imagePullSecrets ?? []).flatMap(({ name = '' }) =>
        name === '' ? [] : [name],
      );
      const missing: string[] = [];
      const keyrings = await Promise.all(
        names.map(async (name): Promise<Keyring> => {
          try {
            const secret = await api.get(resources.secrets, { namespace, name }, { signal });
            return keyringOf(secret.type, secret.data ?? {});
          } catch {
            signal.throwIfAborted();
            missing.push(name);
            return [];
          }
        }),
      );
      if (missing.length > 0) {
        events.record(pod, {
          type: 'Warning',
          reason: 'FailedToRetrieveImagePullSecret',
          message: `Unable to retrieve some image pull secrets (${missing.toSorted().join(', ')}); attempting to pull the image may not succeed.`,
        });
      }
      return credentialsFor(keyrings.flat(), image);
    },
  };
}
