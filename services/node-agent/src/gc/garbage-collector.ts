/**
 * Makes room on the node's disk (kubelet's StartGarbageCollection): dead containers every minute, images
 * every five minutes, both at once when the node is short of disk.
 *
 * 1. A failure is told of by an event; for images only the second in a row is, as upstream's.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { RuntimeHousekeeping } from '../runtime/housekeeping.ts';
import type { ImageStatus, RuntimeService } from '../runtime/runtime.ts';
import { deadContainers, type ContainerPolicy } from './containers.ts';
import type { ImageLedger } from './image-ledger.ts';
import {
  bytesToFree,
  isOld,
  isStale,
  nextRecords,
  removable,
  type ImagePolicy,
  type ImageRecords,
} from './images.ts';

const containerPeriodMillis: Millis = 60_000;
const imagePeriodMillis: Millis = 300_000;

export interface DiskRoom {
  readonly available: number;
  readonly capacity: number;
}

export interface GarbagePowers {
  readonly runtime: Pick<
    RuntimeService,
    'listContainers' | 'removeContainer' | 'listImages' | 'listPodSandbox' | 'removePodSandbox'
  >;
  /** Undefined: images are left alone. */
  readonly housekeeping: RuntimeHousekeeping | undefined;
  readonly ledger: ImageLedger;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uids of pods that are over but still in the API. */
  readonly ended: () => ReadonlySet<string>;
  /** Whether a pod is on the node. */
  readonly isKnown: (uid: string) => boolean;
  /** Of the disk that holds the images; undefined: it cannot be told. */
  readonly imageDisk: () => Promise<DiskRoom | undefined>;
  /** A warning about the node. */
  readonly tellNode: (reason: string, message: string) => void;
}

export interface GarbageCollector {
  /** All that can go: dead containers of pods that have ended, and unused images. */
  reclaimAll(): Promise<void>;
  /** Until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export function createGarbageCollector(
  policy: { readonly containers: ContainerPolicy; readonly images: ImagePolicy },
  powers: GarbagePowers,
): GarbageCollector {
  const { runtime, housekeeping, ledger, clock, log } = powers;
  const beganAt = clock.now();
  let records: ImageRecords = new Map();

  const collectContainers = async (everything: boolean) => {
    const ended = powers.ended();
    const containers = await runtime.listContainers();
    const input = { containers, ended, policy: policy.containers, clock, everything };
    const dead = new Set(deadContainers(input).map(({ id }) => id));
    for (const id of dead) await runtime.removeContainer(id);
    // Those of pods that went before their sandbox was made.
    const running = new Set(containers.map(({ pod }) => pod.uid));
    await housekeeping?.keepVolumes((uid) => running.has(uid) || powers.isKnown(uid));
    if (!everything) return;
    const kept = new Set(containers.flatMap((one) => (dead.has(one.id) ? [] : [one.sandboxId])));
    for (const { id, state, pod } of await runtime.listPodSandbox()) {
      if (state === 'ready' || kept.has(id) || !ended.has(pod.uid)) continue;
      await runtime.removePodSandbox(id);
    }
  };

  const removeImage = async ({ id, names, sizeBytes }: ImageStatus, why: string) => {
    log.info({ image: names[0], id, sizeBytes, why }, 'removing an image that an agent pulled');
    // The tags first: the engine drops digests with the last of them.
    for (const name of names.toSorted(
      (a, b) => Number(a.includes('@')) - Number(b.includes('@')),
    )) {
      await housekeeping!.removeImage(name);
    }
    for (const [name, pulledId] of ledger.pulled()) if (pulledId === id) await ledger.forget(name);
  };

  /** Answers with what may go, in order, after another look at what is used. */
  const candidates = async (): Promise<ImageStatus[]> => {
    if (housekeeping === undefined) return [];
    const [images, inUse] = await Promise.all([runtime.listImages(), housekeeping.imagesInUse()]);
    records = nextRecords(records, images, inUse, clock.now());
    return removable(images, { pulled: ledger.pulled(), inUse, records });
  };

  /** Answers with how many bytes have become free. */
  const free = async (images: readonly ImageStatus[], bytes: number, why: string) => {
    let freed = 0;
    for (const image of images) {
      if (freed >= bytes) break;
      if (!isOld(records.get(image.id), clock.now(), policy.images.ageMillisMin)) continue;
      try {
        await removeImage(image, why);
        freed += image.sizeBytes;
      } catch (error) {
        // It came into use in the meantime; others may go all the same.
        log.warn({ err: error, image: image.names[0] }, 'cannot remove an image');
      }
    }
    return freed;
  };

  const collectImages = async () => {
    const { ageMillisMax } = policy.images;
    let images = await candidates();
    // An agent that has just begun does not know how long an image has not been used.
    if (ageMillisMax > 0 && clock.now() - beganAt > ageMillisMax) {
      const stale = images.filter(({ id }) => isStale(records.get(id), clock.now(), ageMillisMax));
      for (const image of stale) await removeImage(image, 'unused for too long');
      images = images.filter((image) => !stale.includes(image));
    }
    const disk = await powers.imageDisk();
    if (disk === undefined) return;
    if (disk.capacity === 0) {
      const message = 'invalid capacity 0 on image filesystem';
      powers.tellNode('InvalidDiskCapacity', message);
      throw new Error(message);
    }
    const wanted = bytesToFree(disk, policy.images);
    if (wanted === undefined) return;
    const freed = await free(images, wanted.bytes, `the disk is ${wanted.usedPercent}% full`);
    if (freed >= wanted.bytes) return;
    const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted.bytes} bytes, but only found ${freed} bytes eligible to free.`;
    powers.tellNode('FreeDiskSpaceFailed', message);
    throw new Error(message);
  };

  /** Again and again, each time after the period. */
  const every = async (
    periodMillis: Millis,
    signal: AbortSignal,
    collect: () => Promise<void>,
    onFailure: (message: string, inARow: number) => void,
  ) => {
    let failures = 0;
    while (!signal.aborted) {
      await clock.sleep(periodMillis, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await collect();
        failures = 0;
      } catch (error) {
        log.warn({ err: error }, 'cannot collect garbage');
        onFailure((error as Error).message, ++failures);
      }
    }
  };

  return {
    reclaimAll: async () => {
      await collectContainers(true);
      await free(await candidates(), Infinity, 'the node is short of disk');
    },
    run: async (signal) => {
      const isOff = policy.images.highThresholdPercent >= 100 && policy.images.ageMillisMax === 0;
      await Promise.all([
        every(
          containerPeriodMillis,
          signal,
          () => collectContainers(false),
          (message) => powers.tellNode('ContainerGCFailed', message),
        ),
        isOff || housekeeping === undefined
          ? undefined
          : every(imagePeriodMillis, signal, collectImages, (message, inARow) => {
              if (inARow > 1) powers.tellNode('ImageGCFailed', message);
            }),
      ]);
    },
  };
}
