/** The secrets that a node needs to mount a PersistentVolume. Pure. */
import type { PersistentVolume } from '@drydock/api';

interface SecretName {
  readonly name?: string;
  readonly namespace?: string;
}

/** As `namespace/name`; a secret without a namespace is in that of the claim. */
export function secretsOfVolume({ spec }: PersistentVolume): ReadonlySet<string> {
  const references: (SecretName | undefined)[] = [
    spec.azureFile && {
      name: spec.azureFile.secretName,
      namespace: spec.azureFile.secretNamespace ?? '',
    },
    spec.cephfs?.secretRef,
    spec.cinder?.secretRef,
    spec.csi?.nodePublishSecretRef,
    spec.csi?.nodeStageSecretRef,
    spec.csi?.nodeExpandSecretRef,
    spec.flexVolume?.secretRef,
    spec.iscsi?.secretRef,
    spec.rbd?.secretRef,
    spec.scaleIO?.secretRef,
    spec.storageos?.secretRef,
  ];
  const found = new Set<string>();
  for (const reference of references) {
    if (!reference?.name) continue;
    found.add(`${reference.namespace || (spec.claimRef?.namespace ?? '')}/${reference.name}`);
  }
  return found;
}
