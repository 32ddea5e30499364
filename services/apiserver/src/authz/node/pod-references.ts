/** What a pod's spec refers to in its namespace (upstream's VisitPodSecretNames and its like). Pure. */
import type { Container, EphemeralContainer, Pod, Volume } from '@drydock/api';

export interface PodReferences {
  readonly secrets: ReadonlySet<string>;
  readonly configMaps: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  readonly serviceAccount: string;
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';

export function referencesOf(pod: Pod): PodReferences {
  const secrets = new Set<string>();
  const configMaps = new Set<string>();
  const claims = new Set<string>();
  // A node makes mirror pods itself: they must not open anything to it.
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return { secrets, configMaps, claims, serviceAccount: '' };
  }
  const { spec } = pod;
  for (const { name } of spec.imagePullSecrets ?? []) add(secrets, name);
  for (const container of [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ]) {
    addEnvironment(container, { secrets, configMaps });
  }
  for (const volume of spec.volumes ?? []) {
    for (const name of secretsOfVolume(volume)) add(secrets, name);
    add(configMaps, volume.configMap?.name);
    for (const source of volume.projected?.sources ?? []) {
      add(secrets, source.secret?.name);
      add(configMaps, source.configMap?.name);
    }
    add(claims, volume.persistentVolumeClaim?.claimName);
    if (volume.ephemeral !== undefined) add(claims, `${pod.metadata.name}-${volume.name}`);
  }
  return { secrets, configMaps, claims, serviceAccount: spec.serviceAccountName ?? '' };
}

function add(names: Set<string>, name: string | undefined): void {
  if (name !== undefined && name !== '') names.add(name);
}

function addEnvironment(
  { env, envFrom }: Container | EphemeralContainer,
  { secrets, configMaps }: { secrets: Set<string>; configMaps: Set<string> },
): void {
  for (const source of envFrom ?? []) {
    add(secrets, source.secretRef?.name);
    add(configMaps, source.configMapRef?.name);
  }
  for (const { valueFrom } of env ?? []) {
    add(secrets, valueFrom?.secretKeyRef?.name);
    add(configMaps, valueFrom?.configMapKeyRef?.name);
  }
}

function secretsOfVolume(volume: Volume): (string | undefined)[] {
  return [
    volume.secret?.secretName,
    volume.azureFile?.secretName,
    volume.cephfs?.secretRef?.name,
    volume.cinder?.secretRef?.name,
    volume.csi?.nodePublishSecretRef?.name,
    volume.flexVolume?.secretRef?.name,
    volume.iscsi?.secretRef?.name,
    volume.rbd?.secretRef?.name,
    volume.scaleIO?.secretRef?.name,
    volume.storageos?.secretRef?.name,
  ];
}
