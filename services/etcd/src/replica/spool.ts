/**
 * Received snapshots on disk, between their arrival and their installation.
 *
 * 1. A file that has its name is whole and durable. So the log may say that it begins after the
 *    snapshot before the state machine has it: after a crash the installation is repeated.
 * 2. The body is followed by its CRC32C, which is checked while it is read back.
 */
import type { Disk } from '@drydock/ports';
import type { SnapshotMeta } from '../raft/types.ts';
import { crc32c } from '../wal/crc32c.ts';
import { ReplicaError } from './types.ts';

const chunkBytes = 256 * 1024;
const sumBytes = 4;

export interface Spool {
  store(meta: SnapshotMeta, body: AsyncIterable<Uint8Array>): Promise<void>;
  /** Fails with `corrupt` at the end of a damaged body, or at once when there is none. */
  read(meta: SnapshotMeta): AsyncIterable<Uint8Array>;
  removeAll(): Promise<void>;
}

export function createSpool(disk: Disk, folder: string): Spool {
  const pathOf = ({ index, term }: SnapshotMeta) =>
    `${folder}/${index.toString(16).padStart(16, '0')}-${term.toString(16)}.snapshot`;

  const store = async (meta: SnapshotMeta, body: AsyncIterable<Uint8Array>) => {
    await disk.makeDirectory(folder);
    const path = pathOf(meta);
    const temporary = `${path}.tmp`;
    await disk.remove(temporary);
    const file = await disk.create(temporary);
    try {
      let offset = 0;
      let sum = 0;
      for await (const chunk of body) {
        await file.write(chunk, offset);
        offset += chunk.length;
        sum = crc32c(sum, chunk);
      }
      const trailer = new Uint8Array(sumBytes);
      new DataView(trailer.buffer).setUint32(0, sum, true);
      await file.write(trailer, offset);
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(temporary, path);
    await disk.syncDirectory(folder);
  };

  async function* read(meta: SnapshotMeta): AsyncIterable<Uint8Array> {
    const path = pathOf(meta);
    const names = await disk.list(folder);
    if (!names.some((name) => `${folder}/${name}` === path)) {
      throw new ReplicaError(
        'corrupt',
        `the log begins after entry ${meta.index}, but neither the state machine nor ${path} ` +
          'holds what was before it: remove this member, delete its folder and add it again',
      );
    }
    const file = await disk.open(path);
    try {
      const end = (await file.size()) - sumBytes;
      let sum = 0;
      for (let offset = 0; offset < end; offset += chunkBytes) {
        const chunk = await file.read(offset, Math.min(chunkBytes, end - offset));
        sum = crc32c(sum, chunk);
        yield chunk;
      }
      const trailer = await file.read(Math.max(0, end), sumBytes);
      const expected =
        trailer.length === sumBytes &&
        new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true);
      if (expected !== sum) {
        throw new ReplicaError('corrupt', `the received snapshot ${path} is damaged: delete it`);
      }
    } finally {
      await file.close();
    }
  }

  return {
    store,
    read,
    async removeAll() {
      for (const name of await disk.list(folder)) await disk.remove(`${folder}/${name}`);
    },
  };
}
