/** Sizes of a terminal as clients send them: JSON objects, one after the other, cut anywhere. Pure. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

export interface SizeReader {
  /** What is no size is dropped. */
  push(bytes: Uint8Array): TerminalSize[];
}

/** Larger than any size in any spelling. */
const heldCharactersMax = 256;
const cellsMax = 65_535;

export function createSizeReader(): SizeReader {
  let held = '';
  return {
    push: (bytes) => {
      held += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      const sizes: TerminalSize[] = [];
      for (;;) {
        const end = held.indexOf('}');
        if (end < 0) break;
        const size = parseSize(held.slice(held.lastIndexOf('{', end), end + 1));
        if (size !== undefined) sizes.push(size);
        held = held.slice(end + 1);
      }
      if (held.length > heldCharactersMax) held = '';
      return sizes;
    },
  };
}

function parseSize(text: string): TerminalSize | undefined {
  const read = (name: string) =>
    Number(new RegExp(`"${name}"\\s*:\\s*(\\d{1,5})\\b`, 'i').exec(text)?.[1] ?? 0);
  const width = read('width');
  const height = read('height');
  const isSize = width > 0 && height > 0 && width <= cellsMax && height <= cellsMax;
  return isSize ? { width, height } : undefined;
}
