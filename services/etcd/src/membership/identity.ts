/**
 * Who this member is, kept beside its data: once it has started, its flags no longer decide that, and
 * may name other addresses.
 */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Identity {
  readonly memberId: number;
  readonly clusterId: number;
}

/** Undefined when the member has not started yet. @throws Error naming the file when it is damaged */
export async function readIdentity(file: string): Promise<Identity | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  const match = /^\{"memberId":(\d{1,16}),"clusterId":(\d{1,16})\}\n$/.exec(text);
  if (match === null) {
    throw new Error(`${file} is damaged: it should name the ids of the member and its cluster`);
  }
  return { memberId: Number(match[1]), clusterId: Number(match[2]) };
}

export async function writeIdentity(file: string, identity: Identity): Promise<void> {
  const { memberId, clusterId } = identity;
  await writeWhole(file, `${JSON.stringify({ memberId, clusterId })}\n`);
}

/** On the disk whole, or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const written = await open(`${file}.new`, 'w');
  try {
    await written.writeFile(text);
    await written.sync();
  } finally {
    await written.close();
  }
  await rename(`${file}.new`, file);
}
