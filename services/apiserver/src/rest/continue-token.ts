/** Where a list goes on: upstream's token, base64url of a small JSON object. Pure but for Buffer. */
import { badRequestError } from '@drydock/api';

export interface ContinueToken {
  /** All pages show the state as of this revision; `latestRevision`: of whatever is there by then. */
  readonly revision: number;
  /** The last key of the page before, below the resource's prefix. */
  readonly after: string;
}

const version = 'meta.k8s.io/v1';

/** Of a token that goes on with another state than the list began with. */
export const latestRevision = -1;

export function encodeContinue({ revision, after }: ContinueToken): string {
  const token = JSON.stringify({ v: version, rv: revision, start: `${after}\0` });
  return Buffer.from(token).toString('base64url');
}

/** @throws ApiError 400 */
export function decodeContinue(text: string): ContinueToken {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    const { v, rv, start } = token;
    const isSound =
      v === version &&
      typeof rv === 'number' &&
      Number.isSafeInteger(rv) &&
      (rv > 0 || rv === latestRevision) &&
      typeof start === 'string' &&
      start.endsWith('\0') &&
      !start.startsWith('/') &&
      !start.includes('../');
    if (isSound) return { revision: rv, after: start.slice(0, -1) };
  } catch {
    // Falls through: whatever is wrong with it, the client hears the same.
  }
  throw badRequestError('continue key is not valid: it was not made by this server');
}
