/**
 * The ServiceAccount admission plugin: a new pod runs as a service account that is there, pulls images
 * with its secrets, and finds a token of it at a well-known path.
 *
 * 1. A mirror pod speaks for nobody: it may use neither accounts nor secrets.
 * 2. The account `default` may be moments away in a new namespace: it is waited for.
 */
import {
  forbiddenError,
  notFoundError,
  findResource,
  generatedName,
  reasonOf,
  type KubernetesObject,
  type Pod,
  type ServiceAccount,
  type Volume,
} from '@drydock/api';
import type { Clock, Random } from '@drydock/ports';
import type { Target } from '../requests.ts';
import type { Store } from '../store.ts';
import { mirrorAnnotation } from './admission.ts';
import { mirrorProblem, secretProblem } from './pod-references.ts';

const defaultAccount = 'default';
const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';
/** An odd number on purpose: the issuer knows such tokens by it. */
const tokenSeconds = 3_607;
const configMode = 0o644;
const attemptsMax = 10;

export interface ServiceAccountAdmission {
  /** Changes a pod that is to be created; other objects pass. @throws ApiError Forbidden */
  admit(target: Target, object: KubernetesObject): Promise<void>;
}

export function createServiceAccountAdmission(powers: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}): ServiceAccountAdmission {
  const { store, clock, random } = powers;

  /** Nobody may change it. */
  const accountOf = async (namespace: string, name: string): Promise<ServiceAccount> => {
    const place = { kind: findResource('', 'serviceaccounts')!, namespace, name };
    const pauseMillis = random.between(100, 200);
    for (let attempt = 1; ; attempt += 1) {
      const found = store.cached(place) ?? (await store.read(place));
      if (found !== undefined) return found.shared<ServiceAccount>();
      if (name !== defaultAccount || attempt >= attemptsMax) {
        throw notFoundError({ group: '', resource: 'serviceaccount' }, name);
      }
      await clock.sleep(pauseMillis);
    }
  };

  return {
    admit: async (target, object) => {
      if (object.kind !== 'Pod') return;
      const pod = object as Pod;
      const shown = target.name || pod.metadata.generateName || '';
      const refuse = (why: string) => forbiddenError(target.kind, shown, why);
      if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) {
        const problem = mirrorProblem(pod);
        if (problem !== undefined) throw refuse(problem);
        return;
      }
      const { serviceAccountName: name = defaultAccount } = pod.spec;
      const account = await accountOf(target.namespace, name).catch((error: unknown) => {
        if (reasonOf(error) !== 'NotFound') throw error;
        const why = (error as Error).message;
        throw refuse(`error looking up service account ${target.namespace}/${name}: ${why}`);
      });
      if (wantsToken(account, pod)) {
        mountToken(pod, (bound) => random.between(0, bound - 1));
      }
      if ((pod.spec.imagePullSecrets ?? []).length === 0) {
        const secrets = account.imagePullSecrets ?? [];
        if (secrets.length > 0) pod.spec.imagePullSecrets = secrets.map((one) => ({ ...one }));
      }
      if (account.metadata.annotations?.[enforceAnnotation] === 'true') {
        const problem = secretProblem(account, pod);
        if (problem !== undefined) throw refuse(problem);
      }
    },
  };
}

/** The pod's own word counts before its account's. */
function wantsToken(account: ServiceAccount, { spec }: Pod): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}

function mountToken({ spec }: Pod, randomBelow: (bound: number) => number): void {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith(volumePrefix));
  const name = existing?.name ?? generatedName(volumePrefix, randomBelow);
  let isNeeded = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some((mount) => mount.mountPath === mountPath)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
    isNeeded = true;
  }
  if (existing === undefined && isNeeded) spec.volumes = [...(spec.volumes ?? []), access(name)];
}

/** Everything a process needs to call the API. */
const access = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [
            { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
          ],
        },
      },
    ],
    defaultMode: configMode,
  },
});
