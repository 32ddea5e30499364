/**
 * The engine interleaves stdout and stderr of a container without a terminal: frames of a stream
 * number, three zero bytes, the length as a big-endian 32-bit number, and that many bytes.
 */
import type { OutputPiece } from '../runtime.ts';

const headerBytes = 8;
const stderrNumber = 2;

/** Both streams in the order in which they were written. */
export async function* demultiplex(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<OutputPiece, void> {
  let header = new Uint8Array(0);
  let stream: OutputPiece['stream'] = 'stdout';
  let left = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        const data = rest.subarray(0, left);
        left -= data.length;
        rest = rest.subarray(data.length);
        yield { stream, data };
        continue;
      }
      const take = Math.min(headerBytes - header.length, rest.length);
      const grown = new Uint8Array(header.length + take);
      grown.set(header);
      grown.set(rest.subarray(0, take), header.length);
      header = grown;
      rest = rest.subarray(take);
      if (header.length === headerBytes) {
        stream = header[0] === stderrNumber ? 'stderr' : 'stdout';
        left = new DataView(header.buffer).getUint32(4);
        header = new Uint8Array(0);
      }
    }
  }
}

/** Both streams as one. */
export async function* merge(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const { data } of demultiplex(chunks)) yield data;
}
