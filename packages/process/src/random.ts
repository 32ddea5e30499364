import { randomBytes } from 'node:crypto';
import { createRandom, type Random } from '@drydock/ports';

/** Unpredictable numbers from the operating system, drawn in blocks. */
export function createSystemRandom(): Random {
  let block = randomBytes(1024);
  let offset = 0;
  return createRandom(() => {
    if (offset === block.length) {
      block = randomBytes(1024);
      offset = 0;
    }
    const value = block.readUInt32LE(offset);
    offset += 4;
    return value;
  });
}
