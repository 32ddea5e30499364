/** A seccomp profile of the node, which the engine takes as text. */
import { readFile } from 'node:fs/promises';
import { RuntimeError, type SeccompProfile } from '../runtime.ts';

/** Undefined: the container has none of its own. @throws RuntimeError when there is no such profile */
export async function readSeccompProfile(
  profile: SeccompProfile | undefined,
): Promise<string | undefined> {
  if (profile?.kind !== 'localhost') return undefined;
  try {
    return JSON.stringify(JSON.parse(await readFile(profile.path, 'utf8')));
  } catch (error) {
    const { message } = error as Error;
    const why = `cannot load seccomp profile "${profile.path}": ${message}`;
    throw new RuntimeError('FAILED', why, error);
  }
}
