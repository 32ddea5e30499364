import type { ObjectMeta } from '../../generated/types.ts';

/** Where the class was named before there was a field for it; it still counts, and counts first. */
export const betaStorageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

export function storageClassCell(metadata: ObjectMeta, name: string | undefined): string {
  return metadata.annotations?.[betaStorageClassAnnotation] ?? name ?? '';
}
