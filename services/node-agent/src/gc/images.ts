/**
 * Which images may go, and in which order (kubelet's image garbage collection): pure.
 *
 * 1. The engine is shared with its owner: only images all of whose names an agent has pulled may go,
 *    and only while they are still what was pulled.
 * 2. Nothing goes that any container of the engine is made of.
 * 3. Least recently used first. An image that was first seen a moment ago stays for a while.
 */
import type { Millis } from '@drydock/ports';
import type { ImageStatus } from '../runtime/runtime.ts';

/** Ids of images by the name under which an agent pulled them. */
export type PulledImages = ReadonlyMap<string, string>;

export interface ImageRecord {
  readonly firstSeenAt: Millis;
  /** When a container was last seen that is made of it; -Infinity: never. */
  readonly lastUsedAt: Millis;
}

/** By id. */
export type ImageRecords = ReadonlyMap<string, ImageRecord>;

export interface ImagePolicy {
  /** Percent of the disk in use at which room is made, and down to which. */
  readonly highThresholdPercent: number;
  readonly lowThresholdPercent: number;
  readonly ageMillisMin: Millis;
  /** Unused for longer, an image goes however much room there is; 0: never for that. */
  readonly ageMillisMax: Millis;
}

/** What is known of images after another look. */
export function nextRecords(
  records: ImageRecords,
  images: readonly ImageStatus[],
  inUse: ReadonlySet<string>,
  now: Millis,
): ImageRecords {
  return new Map(
    images.map(({ id }) => {
      const known = records.get(id);
      const lastUsedAt = inUse.has(id) ? now : (known?.lastUsedAt ?? -Infinity);
      return [id, { firstSeenAt: known?.firstSeenAt ?? now, lastUsedAt }];
    }),
  );
}

/** Images that may be removed, the first to go first. */
export function removable(
  images: readonly ImageStatus[],
  {
    pulled,
    inUse,
    records,
  }: {
    readonly pulled: PulledImages;
    readonly inUse: ReadonlySet<string>;
    readonly records: ImageRecords;
  },
): ImageStatus[] {
  const own = new Map([...pulled].map(([name, id]) => [fullName(name), id]));
  const ownRepositories = new Set([...own.keys()].map(repositoryOf));
  const isOwn = ({ id, names }: ImageStatus) =>
    names.some((name) => own.get(fullName(name)) === id) &&
    names.every((name) => {
      const full = fullName(name);
      return (
        own.get(full) === id || (full.includes('@') && ownRepositories.has(repositoryOf(full)))
      );
    });
  const usedAt = ({ id }: ImageStatus) => records.get(id)?.lastUsedAt ?? -Infinity;
  const seenAt = ({ id }: ImageStatus) => records.get(id)?.firstSeenAt ?? 0;
  return images
    .filter((image) => !inUse.has(image.id) && isOwn(image))
    .toSorted((a, b) => compare(usedAt(a), usedAt(b)) || seenAt(a) - seenAt(b));
}

/** Not the difference, which of two times that never were is no number. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

/** `web` is `docker.io/library/web:latest`. */
function fullName(name: string): string {
  const parts = name.split('/');
  const hasHost = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!);
  const path = hasHost ? name : `docker.io/${parts.length === 1 ? 'library/' : ''}${name}`;
  return /(:[^/]+|@[^/]+)$/.test(path.slice(path.indexOf('/'))) ? path : `${path}:latest`;
}

const repositoryOf = (full: string) => full.replace(/@[^/]*$/, '').replace(/:[^/:]+$/, '');

/** Bytes that have to become free; undefined: there is room enough. */
export function bytesToFree(
  { available, capacity }: { readonly available: number; readonly capacity: number },
  { highThresholdPercent, lowThresholdPercent }: ImagePolicy,
): { readonly usedPercent: number; readonly bytes: number } | undefined {
  const usedPercent = 100 - Math.floor((Math.min(available, capacity) * 100) / capacity);
  if (usedPercent < highThresholdPercent) return undefined;
  const bytes = Math.floor((capacity * (100 - lowThresholdPercent)) / 100) - available;
  return { usedPercent, bytes };
}

/** Old enough to be removed for want of room. */
export const isOld = (record: ImageRecord | undefined, now: Millis, ageMillisMin: Millis) =>
  record !== undefined && now - record.firstSeenAt >= ageMillisMin;

/** Unused for longer than any image may be. */
export const isStale = (record: ImageRecord | undefined, now: Millis, ageMillisMax: Millis) =>
  ageMillisMax > 0 &&
  record !== undefined &&
  now - Math.max(record.firstSeenAt, record.lastUsedAt) > ageMillisMax;
