/**
 * Watches a folder of pod manifests (kubelet's --pod-manifest-path), or one file.
 *
 * 1. The folder is read when it changes, and every 20 s in case that was not told.
 * 2. A file that cannot be read as a pod is logged, once for each of its contents; the others are not
 *    disturbed. Its former pod runs on until the next regular look: people save in steps.
 * 3. Names that begin with a dot are not for us: editors write these.
 * 4. Of two files that name the same pod, the first by name counts.
 */
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '@drydock/api';
import type { Clock, Logger, Millis, Timer } from '@drydock/ports';
import { readManifest } from './manifest.ts';

const checkMillis: Millis = 20_000;
/** Real time: how long a burst of changes is given to end. */
const settleMillis: Millis = 100;

export interface StaticPodFolderOptions {
  readonly path: string;
  readonly nodeName: string;
}

export interface StaticPodFolderPowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** All pods that the folder has now. */
  readonly onPods: (pods: readonly Pod[]) => void;
}

/** Resolves when the folder was read for the first time; goes on until the signal aborts. */
export async function watchStaticPods(
  { path, nodeName }: StaticPodFolderOptions,
  { clock, log, signal, onPods }: StaticPodFolderPowers,
): Promise<void> {
  const known = new Map<string, { text: string; pod: Pod | undefined }>();
  let lastPods = '';
  let isReading = false;
  let isStale = false;

  const read = async (file: string, keepsFormer: boolean): Promise<Pod | undefined> => {
    const text = await readFile(file, 'utf8');
    const before = known.get(file);
    if (before?.text === text && (before.pod !== undefined || keepsFormer)) return before.pod;
    try {
      const pod = readManifest(text, { file, nodeName, seenAt: clock.wallTime() });
      known.set(file, { text, pod });
      return pod;
    } catch (error) {
      if (before?.text !== text) {
        log.warn({ file, why: (error as Error).message }, 'a manifest is no pod; it is left out');
      }
      const pod = keepsFormer ? before?.pod : undefined;
      known.set(file, { text, pod });
      return pod;
    }
  };

  const readAll = async (keepsFormer: boolean): Promise<Pod[]> => {
    const files = await filesOf(path);
    for (const file of known.keys()) if (!files.includes(file)) known.delete(file);
    const pods = new Map<string, Pod>();
    for (const file of files) {
      const pod = await read(file, keepsFormer).catch((error: unknown) => {
        // Removed between the list and the look, or not ours to read.
        log.debug({ file, err: error }, 'cannot read a manifest');
        return undefined;
      });
      if (pod === undefined) continue;
      const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (pods.has(key)) log.warn({ file, pod: key }, 'another manifest names the same pod');
      else pods.set(key, pod);
    }
    return [...pods.values()];
  };

  const look = async (keepsFormer: boolean): Promise<void> => {
    if (isReading) {
      isStale = true;
      return;
    }
    isReading = true;
    do {
      isStale = false;
      const pods = await readAll(keepsFormer).catch((error: unknown) => {
        log.warn({ err: error, path }, 'cannot read the folder of static pods; will try again');
        return undefined;
      });
      if (signal.aborted) return;
      const now = JSON.stringify(pods?.map(({ metadata }) => metadata.uid));
      if (pods !== undefined && now !== lastPods) {
        lastPods = now;
        onPods(pods);
      }
    } while (isStale);
    isReading = false;
  };

  await mkdir(path, { recursive: true }).catch(() => undefined);
  watchChanges(path, { clock, log, signal }, () => void look(true));
  const lookForEver = async () => {
    while (!signal.aborted) {
      await clock.sleep(checkMillis, { signal }).catch(() => undefined);
      if (!signal.aborted) await look(false);
    }
  };
  await look(false);
  void lookForEver();
}

async function filesOf(path: string): Promise<string[]> {
  const about = await stat(path);
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .toSorted();
}

function watchChanges(
  path: string,
  { clock, log, signal }: Pick<StaticPodFolderPowers, 'clock' | 'log' | 'signal'>,
  onChange: () => void,
): void {
  let timer: Timer | undefined;
  let watcher: FSWatcher;
  try {
    watcher = watch(path, () => {
      timer?.cancel();
      timer = clock.setTimer(settleMillis, onChange);
    });
  } catch (error) {
    log.warn({ err: error, path }, 'cannot watch the folder of static pods; it is read every 20 s');
    return;
  }
  watcher.on('error', (error) => log.warn({ err: error, path }, 'the watch of a folder ended'));
  signal.addEventListener(
    'abort',
    () => {
      timer?.cancel();
      watcher.close();
    },
    { once: true },
  );
}
