/**
 * A Disk in memory that does what a machine's disk may do to those who do not sync.
 *
 * 1. A crash loses any part of what was written since the last completed sync: whole writes, or
 *    sectors of them (torn writes), independently of each other.
 * 2. Names that were created, renamed or removed since the last sync of their folder survive a crash
 *    in order: some first part of the changes is there, the rest is not.
 * 3. After a crash, what was under way never completes, and old handles are dead.
 * 4. A failure that is switched on makes every write and sync fail until it is switched off.
 * 5. A disk that lies says that a sync is done when it is not: nothing of it is kept
 *    (`lost-sync`), or any part of it, later writes without earlier ones too (`reordered-sync`). What
 *    was lied about may go in the next crash; an honest sync makes up for it.
 * 6. `kill` ends the process that used the disk, but the machine has power: nothing is lost.
 */
import {
  createSeededRandom,
  DiskError,
  type Disk,
  type DiskErrorCode,
  type DiskFile,
  type Millis,
  type Random,
} from '@drydock/ports';
import type { Events } from './scheduler.ts';

const sectorBytes = 512;

export type DiskLie = 'lost-sync' | 'reordered-sync';

export interface SimulatedDisk extends Disk {
  /** The power goes. What is open becomes unusable; the disk can be used again at once. */
  crash(): void;
  /** Whoever used it is gone. What is open becomes unusable. */
  kill(): void;
  /** How it lies about syncs from now on. */
  lie: DiskLie | undefined;
  /** Of all files that there are now, sorted. */
  readonly paths: readonly string[];
  /** Every write and sync fails with this until it is undefined again. */
  failure: DiskErrorCode | undefined;
  /** Multiplies the latencies. */
  slowness: number;
  /** Called before each sync takes effect: a place to crash at. */
  onSync: (() => void) | undefined;
  /** Bytes of a file as they are now, for tests that look at or damage them. */
  readBytes(path: string): Uint8Array;
  writeBytes(path: string, bytes: Uint8Array): void;
}

export interface SimulatedDiskOptions {
  readonly random?: Random;
  /** Without one, all operations complete at once. */
  readonly scheduler?: Events;
  readonly writeLatency?: Millis;
  readonly syncLatency?: Millis;
}

type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** Bytes with room to grow: those beyond `size` are zero. */
interface Content {
  bytes: Uint8Array;
  size: number;
}

interface Inode extends Content {
  durable: Content;
  /** Since the last completed sync. */
  changes: Change[];
}

interface NameChange {
  readonly folder: string;
  readonly apply: (names: Map<string, Inode>) => void;
}

export function createSimulatedDisk(options: SimulatedDiskOptions = {}): SimulatedDisk {
  const { random = createSeededRandom(1), scheduler, writeLatency = 0, syncLatency = 0 } = options;
  let names = new Map<string, Inode>();
  let durableNames = new Map<string, Inode>();
  let nameChanges: NameChange[] = [];
  let generation = 0;

  /** Completes after the latency, unless the disk crashes first. */
  const operate = <T>(latency: Millis, run: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const started = generation;
      const complete = () => {
        if (generation !== started) return;
        scheduler?.touchPromises();
        try {
          const result = run();
          // The power may have gone during the operation itself.
          if (generation === started) resolve(result);
        } catch (error) {
          reject(error);
        }
      };
      if (scheduler === undefined) return complete();
      const jitter = 0.5 + random.float();
      scheduler.schedule(latency * jitter * disk.slowness, complete);
    });

  const failIfTold = (path: string) => {
    if (disk.failure !== undefined) {
      throw new DiskError(disk.failure, path, `${disk.failure}: ${path}`);
    }
  };
  const find = (path: string): Inode => {
    const inode = names.get(path);
    if (inode === undefined) throw new DiskError('not-found', path, `no such file: ${path}`);
    return inode;
  };
  const changeName = (path: string, apply: NameChange['apply']) => {
    apply(names);
    nameChanges.push({ folder: folderOf(path), apply });
  };

  const flush = (inode: Inode, upTo: number) => {
    if (disk.lie === 'lost-sync') return;
    const asked = inode.changes.splice(0, upTo);
    if (disk.lie === undefined) {
      replay(inode.durable, asked);
      return;
    }
    const kept = asked.map(() => random.chance(0.5));
    replay(
      inode.durable,
      asked.filter((_, at) => kept[at]),
    );
    inode.changes.unshift(...asked.filter((_, at) => !kept[at]));
  };

  const handle = (inode: Inode, path: string): DiskFile => {
    const opened = generation;
    const act = <T>(latency: Millis, run: () => T) =>
      operate(latency, () => {
        if (opened !== generation) throw new DiskError('io', path, `${path} is not open`);
        return run();
      });
    return {
      size: () => act(0, () => inode.size),
      write: (bytes, offset) => {
        const copy = bytes.slice();
        return act(writeLatency, () => {
          failIfTold(path);
          writeTo(inode, copy, offset);
          inode.changes.push({ kind: 'write', offset, bytes: copy });
        });
      },
      read: (offset, length) =>
        act(0, () => inode.bytes.slice(offset, Math.min(offset + length, inode.size))),
      truncate: (size) =>
        act(writeLatency, () => {
          failIfTold(path);
          truncateTo(inode, size);
          inode.changes.push({ kind: 'truncate', size });
        }),
      sync: () => {
        const upTo = inode.changes.length;
        return act(syncLatency, () => {
          disk.onSync?.();
          if (opened !== generation) return;
          failIfTold(path);
          flush(inode, upTo);
        });
      },
      close: () => act(0, () => undefined),
    };
  };

  const disk: SimulatedDisk = {
    failure: undefined,
    lie: undefined,
    slowness: 1,
    onSync: undefined,
    create: (path) =>
      operate(writeLatency, () => {
        failIfTold(path);
        if (names.has(path)) throw new DiskError('exists', path, `the file exists: ${path}`);
        const inode: Inode = {
          bytes: new Uint8Array(0),
          size: 0,
          durable: { bytes: new Uint8Array(0), size: 0 },
          changes: [],
        };
        changeName(path, (names) => names.set(path, inode));
        return handle(inode, path);
      }),
    open: (path) => operate(0, () => handle(find(path), path)),
    list: (folder) =>
      operate(0, () =>
        [...names.keys()]
          .filter((path) => folderOf(path) === folder)
          .map((path) => path.slice(folder === '' ? 0 : folder.length + 1))
          .sort(),
      ),
    makeDirectory: () => operate(0, () => undefined),
    rename: (from, to) =>
      operate(writeLatency, () => {
        failIfTold(from);
        const inode = find(from);
        changeName(to, (names) => {
          names.delete(from);
          names.set(to, inode);
        });
      }),
    remove: (path) =>
      operate(writeLatency, () => {
        if (names.has(path)) changeName(path, (names) => names.delete(path));
      }),
    syncDirectory: (folder) =>
      operate(syncLatency, () => {
        failIfTold(folder);
        if (disk.lie !== undefined) return;
        for (const change of nameChanges) if (change.folder === folder) change.apply(durableNames);
        nameChanges = nameChanges.filter((change) => change.folder !== folder);
      }),
    crash() {
      generation++;
      const kept = random.between(0, nameChanges.length);
      for (const change of nameChanges.slice(0, kept)) change.apply(durableNames);
      nameChanges = [];
      for (const inode of new Set(durableNames.values())) crashInode(inode, random);
      names = new Map(durableNames);
      durableNames = new Map(names);
    },
    kill: () => {
      generation++;
    },
    get paths() {
      return [...names.keys()].sort();
    },
    readBytes: (path) => find(path).bytes.slice(0, find(path).size),
    writeBytes(path, bytes) {
      const inode = find(path);
      inode.bytes = bytes.slice();
      inode.size = bytes.length;
      inode.durable = { bytes: bytes.slice(), size: bytes.length };
      inode.changes = [];
    },
  };
  return disk;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

function writeTo(inode: Content, bytes: Uint8Array, offset: number): void {
  const end = offset + bytes.length;
  if (end > inode.bytes.length) {
    const grown = new Uint8Array(Math.max(end, inode.bytes.length * 2));
    grown.set(inode.bytes.subarray(0, inode.size));
    inode.bytes = grown;
  }
  inode.bytes.set(bytes, offset);
  inode.size = Math.max(inode.size, end);
}

function truncateTo(inode: Content, size: number): void {
  if (size > inode.bytes.length) writeTo(inode, new Uint8Array(size - inode.size), inode.size);
  else inode.bytes.fill(0, size);
  inode.size = size;
}

function replay(content: Content, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === 'write') writeTo(content, change.bytes, change.offset);
    else truncateTo(content, change.size);
  }
}

function crashInode(inode: Inode, random: Random): void {
  const survivors: Change[] = [];
  for (const change of inode.changes) {
    const fate = random.between(0, 2);
    if (fate === 0) continue;
    if (fate === 1 || change.kind === 'truncate') survivors.push(change);
    else survivors.push(...tear(change, random));
  }
  replay(inode.durable, survivors);
  inode.size = inode.durable.size;
  inode.bytes = inode.durable.bytes.slice(0, inode.size);
  inode.changes = [];
}

/** Some sectors of a write reached the disk. */
function tear({ offset, bytes }: { offset: number; bytes: Uint8Array }, random: Random): Change[] {
  const sectors: Change[] = [];
  const end = offset + bytes.length;
  let from = offset;
  while (from < end) {
    const to = Math.min(end, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    if (random.chance(0.5)) {
      sectors.push({
        kind: 'write',
        offset: from,
        bytes: bytes.subarray(from - offset, to - offset),
      });
    }
    from = to;
  }
  return sectors;
}
