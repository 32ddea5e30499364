/** What a pod may refer to, by its service account, and as a mirror of a static pod. Pure. */
import type { Container, Pod, ServiceAccount, Volume } from '@drydock/api';

const namesOf = (list: readonly { readonly name?: string }[] = []): ReadonlySet<string> =>
  new Set(list.map(({ name = '' }) => name));

/** Why an account that enforces its list of secrets refuses the pod. */
export function secretProblem(account: ServiceAccount, { spec }: Pod): string | undefined {
  const mountable = namesOf(account.secrets);
  const owner = `service account ${account.metadata.name}`;
  for (const { secret } of spec.volumes ?? []) {
    const name = secret?.secretName ?? '';
    if (secret === undefined || mountable.has(name)) continue;
    return `volume with secret.secretName="${name}" is not allowed because ${owner} does not reference that secret`;
  }
  const containers = [
    ...(spec.initContainers ?? []).map((one) => ['init container', one] as const),
    ...spec.containers.map((one) => ['container', one] as const),
  ];
  for (const [what, container] of containers) {
    for (const { name: variable, valueFrom } of container.env ?? []) {
      const name = valueFrom?.secretKeyRef?.name ?? '';
      if (valueFrom?.secretKeyRef === undefined || mountable.has(name)) continue;
      return `${what} ${container.name} with envVar ${variable} referencing secret.secretName="${name}" is not allowed because ${owner} does not reference that secret`;
    }
  }
  const pullable = namesOf(account.imagePullSecrets);
  for (const [index, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (pullable.has(name)) continue;
    return `imagePullSecrets[${index}].name="${name}" is not allowed because ${owner} does not reference that imagePullSecret`;
  }
  return undefined;
}

/** Why a pod that only mirrors what a node runs anyway is refused. */
export function mirrorProblem({ spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return 'a mirror pod may not reference service accounts';
  const volumes = spec.volumes ?? [];
  const containers: readonly Pick<Container, 'env' | 'envFrom'>[] = [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ];
  const usesSecrets =
    (spec.imagePullSecrets ?? []).length > 0 ||
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) ||
        envFrom.some(({ secretRef }) => secretRef !== undefined),
    ) ||
    volumes.some(holdsSecret);
  if (usesSecrets) return 'a mirror pod may not reference secrets';
  const usesTokens = volumes.some(({ projected }) =>
    projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
  );
  if (usesTokens) return 'a mirror pod may not use ServiceAccountToken volume projections';
  return undefined;
}

function holdsSecret(volume: Volume): boolean {
  if (volume.secret !== undefined || volume.azureFile !== undefined) return true;
  const { cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos, csi } = volume;
  const byReference = [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos].some(
    (source) => source?.secretRef !== undefined,
  );
  const inProjection = volume.projected?.sources?.some(({ secret }) => secret !== undefined);
  return byReference || csi?.nodePublishSecretRef !== undefined || inProjection === true;
}
