/** What one transaction changed. */
import type { Version } from './version.ts';

/** One key's change in one revision. */
export interface Change {
  readonly version: Version;
  /** What the key was before, when it lived. */
  readonly previous: Version | undefined;
}

export interface Revision {
  readonly main: number;
  readonly changes: readonly Change[];
}
