/**
 * Which images this node's agent has pulled, by name, in a file of the node's root folder: the engine has
 * nowhere to note it. An image that was there before the agent asked for it is its owner's, and stays so.
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { PulledImages } from './images.ts';

export interface ImageLedger {
  pulled(): PulledImages;
  /** @param wasThere whether the engine had an image of this name before the pull */
  readonly note: (name: string, id: string, wasThere: boolean) => Promise<void>;
  forget(name: string): Promise<void>;
}

/** Without a path it lasts as long as the process. */
export function createImageLedger(path: string | undefined): ImageLedger {
  const pulled = new Map(Object.entries(path === undefined ? {} : read(path)));
  let writing: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (path === undefined) return Promise.resolve();
    const text = JSON.stringify(Object.fromEntries(pulled), undefined, 1);
    // One after the other, so that the last state is the one that stays.
    writing = writing
      .catch(() => undefined)
      .then(() => writeFile(`${path}.new`, text))
      .then(() => rename(`${path}.new`, path));
    return writing;
  };

  return {
    pulled: () => pulled,
    note: async (name, id, wasThere) => {
      if (wasThere && !pulled.has(name)) return;
      pulled.set(name, id);
      await save();
    },
    forget: async (name) => {
      if (pulled.delete(name)) await save();
    },
  };
}

/** A ledger that cannot be read is empty: then no image is removed that it told of. */
function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
