/** Bytes, and what becomes of them on the way. */
import type { Random } from '@drydock/ports';

export function randomBytes(random: Random, lengthMax: number): Uint8Array<ArrayBuffer> {
  const length = random.between(0, lengthMax);
  return Uint8Array.from({ length }, () => random.between(0, 255));
}

/** One to three changes: bits, bytes, pieces left out, put in twice or from elsewhere, an end cut off. */
export function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = new Uint8Array(bytes);
  for (let count = random.between(1, 3); count > 0; count--) changed = mutateOnce(random, changed);
  return changed;
}

function mutateOnce(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return randomBytes(random, 8);
  const at = random.between(0, bytes.length - 1);
  const end = random.between(at, bytes.length);
  switch (random.between(0, 6)) {
    case 0:
      return bytes.with(at, bytes[at]! ^ (1 << random.between(0, 7)));
    case 1:
      // Lengths, tags and the largest varints are what breaks readers.
      return bytes.with(at, random.pick([0, 1, 0x7f, 0x80, 0xff]));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(end));
    case 4:
      return join(bytes.subarray(0, end), bytes.subarray(at));
    case 5:
      return join(bytes.subarray(0, at), randomBytes(random, 12), bytes.subarray(at));
    default:
      return bytes.with(at, random.between(0, 255));
  }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
