/**
 * Claims, volumes and storage classes as the scheduler knows them, with the volumes that it has promised to
 * claims and that nobody else has heard of yet.
 *
 * 1. A promise counts as if the volume named the claim, until the informer's word about the volume comes or
 *    the promise is taken back.
 *
 * Pure.
 */
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '@drydock/api';
import { referenceTo, storageClassOf } from '@drydock/api';

export interface StorageView {
  /** By namespace/name. */
  claim(key: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  volumesOf(className: string): Iterable<PersistentVolume>;
  storageClass(name: string): StorageClass | undefined;
}

export interface Storage extends StorageView {
  setClaim(claim: PersistentVolumeClaim): void;
  removeClaim(claim: PersistentVolumeClaim): void;
  setVolume(volume: PersistentVolume): void;
  removeVolume(name: string): void;
  setClass(storageClass: StorageClass): void;
  removeClass(name: string): void;
  promise(volume: PersistentVolume, claim: PersistentVolumeClaim): void;
  takeBack(volumeName: string): void;
}

const keyOf = ({ metadata }: PersistentVolumeClaim) =>
  `${metadata.namespace ?? ''}/${metadata.name}`;

export function createStorage(): Storage {
  const claims = new Map<string, PersistentVolumeClaim>();
  const volumes = new Map<string, PersistentVolume>();
  const classes = new Map<string, StorageClass>();
  const promised = new Map<string, PersistentVolume>();
  const volumeOf = (name: string) => promised.get(name) ?? volumes.get(name);
  return {
    claim: (key) => claims.get(key),
    volume: volumeOf,
    *volumesOf(className) {
      for (const [name, volume] of volumes) {
        if (storageClassOf(volume) === className) yield promised.get(name) ?? volume;
      }
    },
    storageClass: (name) => classes.get(name),
    setClaim: (claim) => void claims.set(keyOf(claim), claim),
    removeClaim: (claim) => void claims.delete(keyOf(claim)),
    setVolume: (volume) => {
      volumes.set(volume.metadata.name, volume);
      // Whoever has it now, the cluster knows better.
      if (volume.spec.claimRef !== undefined) promised.delete(volume.metadata.name);
    },
    removeVolume: (name) => {
      volumes.delete(name);
      promised.delete(name);
    },
    setClass: (storageClass) => void classes.set(storageClass.metadata.name, storageClass),
    removeClass: (name) => void classes.delete(name),
    promise: (volume, claim) => {
      const spec = { ...volume.spec, claimRef: referenceTo(claim) };
      promised.set(volume.metadata.name, { ...volume, spec });
    },
    takeBack: (name) => void promised.delete(name),
  };
}
