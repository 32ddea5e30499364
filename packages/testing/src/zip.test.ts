import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readZip } from './zip.ts';

interface Entry {
  readonly name: string;
  readonly data: Buffer;
  readonly method: 0 | 8;
}

/** As a packer writes it: extra fields in the local header alone, and a comment at the end. */
function makeZip(entries: readonly Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, method } of entries) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const extra = Buffer.from('extra');
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(data), 14);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(extra.length, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), extra, packed]);
    parts.push(whole);
    offset += whole.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

describe('a zip archive', () => {
  const text = Buffer.from('again '.repeat(1_000));

  test('gives its files back, stored or deflated, and no folders', () => {
    const files = readZip(
      makeZip(
        [
          { name: 'tool/', data: Buffer.alloc(0), method: 0 },
          { name: 'tool/tool', data: text, method: 8 },
          { name: 'note', data: text, method: 0 },
        ],
        'PK is not at the end',
      ),
    );
    expect([...files.keys()]).toEqual(['tool/tool', 'note']);
    for (const data of files.values()) expect(data().equals(text)).toBe(true);
  });

  test('that is none is refused', () => {
    expect(() => readZip(Buffer.from('x'.repeat(100)))).toThrow('no zip archive');
    const cut = makeZip([{ name: 'a', data: text, method: 8 }]);
    cut.writeUInt32LE(0, cut.length - 6);
    expect(() => readZip(cut)).toThrow('no entry at byte 0');
  });
});
