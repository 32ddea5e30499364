/**
 * What every Disk must do, run against the real one and the simulated one. Durability itself shows
 * only in a crash: see the tests of the simulated disk.
 */
import { DiskError, type Disk } from '@drydock/ports';
import { describe, expect, test } from 'vitest';

const bytes = (...values: number[]) => Uint8Array.from(values);

/** `createDisk` gives an empty disk. */
export function describeDisk(name: string, createDisk: () => Disk | Promise<Disk>): void {
  describe(`${name} as a Disk`, () => {
    test('reads back what was written, also beyond the end and over what was there', async () => {
      const disk = await createDisk();
      const file = await disk.create('file');
      await file.write(bytes(1, 2, 3), 0);
      await file.write(bytes(9), 5);
      await file.write(bytes(7), 1);
      expect(await file.size()).toBe(6);
      expect([...(await file.read(0, 6))]).toEqual([1, 7, 3, 0, 0, 9]);
      await file.sync();
      await file.close();
      const again = await disk.open('file');
      expect([...(await again.read(4, 100))]).toEqual([0, 9]);
      expect(await again.read(6, 10)).toHaveLength(0);
      await again.close();
    });

    test('writes what is larger than a buffer', async () => {
      const disk = await createDisk();
      const file = await disk.create('file');
      const large = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
      await file.write(large, 10);
      expect(Buffer.compare(await file.read(10, large.length), large)).toBe(0);
      await file.close();
    });

    test('does not care what happens to the bytes after the write was called', async () => {
      const disk = await createDisk();
      const file = await disk.create('file');
      const buffer = bytes(1, 2, 3);
      const written = file.write(buffer, 0);
      await written;
      buffer.fill(0);
      expect([...(await file.read(0, 3))]).toEqual([1, 2, 3]);
      await file.close();
    });

    test('cuts files, and what is beyond the cut reads as zeros when they grow again', async () => {
      const disk = await createDisk();
      const file = await disk.create('file');
      await file.write(bytes(1, 2, 3, 4), 0);
      await file.truncate(1);
      expect(await file.size()).toBe(1);
      await file.truncate(3);
      expect([...(await file.read(0, 9))]).toEqual([1, 0, 0]);
      await file.close();
    });

    test('lists names of a folder in order, and nothing for one that is not there', async () => {
      const disk = await createDisk();
      await disk.makeDirectory('a/b');
      for (const name of ['z', 'x', 'y']) await (await disk.create(`a/b/${name}`)).close();
      await disk.syncDirectory('a/b');
      expect(await disk.list('a/b')).toEqual(['x', 'y', 'z']);
      expect(await disk.list('nowhere')).toEqual([]);
    });

    test('a rename replaces the target, and open handles follow the file', async () => {
      const disk = await createDisk();
      const old = await disk.create('target');
      await old.close();
      const file = await disk.create('file');
      await disk.rename('file', 'target');
      await file.write(bytes(5), 0);
      await file.close();
      const target = await disk.open('target');
      expect([...(await target.read(0, 9))]).toEqual([5]);
      await target.close();
      await expect(disk.open('file')).rejects.toMatchObject({ code: 'not-found' });
    });

    test('create fails for a name that exists, open for one that does not, with code and path', async () => {
      const disk = await createDisk();
      await (await disk.create('file')).close();
      await expect(disk.create('file')).rejects.toMatchObject({ code: 'exists', path: 'file' });
      await expect(disk.open('other')).rejects.toMatchObject({ code: 'not-found', path: 'other' });
      await expect(disk.open('other')).rejects.toBeInstanceOf(DiskError);
    });

    test('removing what is not there is no error', async () => {
      const disk = await createDisk();
      await (await disk.create('file')).close();
      await disk.remove('file');
      await disk.remove('file');
      expect(await disk.list('')).toEqual([]);
    });
  });
}
