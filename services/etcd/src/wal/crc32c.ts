/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step ("slicing by 8", Kounavis and Berry
 * 2005). Chained: the sum of a record starts from that of the one before it.
 */

const polynomial = 0x82f63b78;
const slices = 8;

/** Table k advances a byte by k further zero bytes; all in one array, 256 entries each. */
const tables = buildTables();

function buildTables(): Uint32Array {
  const built = new Uint32Array(slices * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    built[byte] = crc;
  }
  for (let at = 256; at < built.length; at++) {
    const before = built[at - 256]!;
    built[at] = (before >>> 8) ^ built[before & 0xff]!;
  }
  return built;
}

/** The sum of bytes[start, end), continuing from `previous` (0 at the start of a chain). */
export function crc32c(previous: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = ~previous;
  let at = start;
  for (const last = end - slices; at <= last; at += slices) {
    const low =
      crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      tables[1792 + (low & 0xff)]! ^
      tables[1536 + ((low >>> 8) & 0xff)]! ^
      tables[1280 + ((low >>> 16) & 0xff)]! ^
      tables[1024 + (low >>> 24)]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
