/** Messages as gRPC frames them: a flag, a length, the bytes. Compressed ones are nobody's here. */

const prefixBytes = 5;

export function framed(message: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(prefixBytes + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, prefixBytes);
  return bytes;
}

/** Undefined unless there is exactly one message, uncompressed. */
export function messageOf(chunks: Buffer | readonly Buffer[] | undefined): Buffer | undefined {
  if (chunks === undefined) return undefined;
  const bytes = Buffer.isBuffer(chunks) ? chunks : Buffer.concat(chunks);
  if (bytes.length < prefixBytes || bytes[0] !== 0) return undefined;
  if (bytes.length !== prefixBytes + bytes.readUInt32BE(1)) return undefined;
  return bytes.subarray(prefixBytes);
}

/** Cuts one message after the other out of a stream. */
export class MessageCutter {
  /** Of a message that is not whole yet. */
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @throws when a message is compressed, which nobody was asked for */
  push(chunk: Buffer, take: (message: Buffer) => void): void {
    let rest = chunk;
    if (this.#bytes > 0) {
      this.#parts.push(chunk);
      this.#bytes += chunk.length;
      if (this.#bytes < this.#wanted()) return;
      rest = Buffer.concat(this.#parts);
    }
    let at = 0;
    while (rest.length - at >= prefixBytes) {
      if (rest[at] !== 0) throw new Error('a compressed message, which was not asked for');
      const end = at + prefixBytes + rest.readUInt32BE(at + 1);
      if (end > rest.length) break;
      take(rest.subarray(at + prefixBytes, end));
      at = end;
    }
    this.#parts = at < rest.length ? [rest.subarray(at)] : [];
    this.#bytes = rest.length - at;
  }

  /** How much there must be before a look is worth it: parts of a large message are joined once. */
  #wanted(): number {
    if (this.#bytes < prefixBytes) return prefixBytes;
    const head = this.#parts[0]!;
    const start = head.length < prefixBytes ? Buffer.concat(this.#parts) : head;
    if (start !== head) this.#parts = [start];
    return prefixBytes + start.readUInt32BE(1);
  }
}
