/**
 * Which of the two meta pages counts: the valid one of the later transaction, as a crash may have torn
 * the other. The size of pages stands in them, so the second one has to be looked for where the first
 * is lost.
 */
import { BboltError } from './error.ts';
import { decodeMeta, metaBytes, pageFlags, pageHeaderBytes, viewOf, type Meta } from './format.ts';

/** A file, or what stands for one. */
export interface PageSource {
  readonly bytes: number;
  /** Exactly these bytes, which lie within the file; nobody changes them afterwards. */
  read(offset: number, length: number): Uint8Array;
}

const pageBytesMin = 512;
const pageBytesMax = 1024 * 1024;

const isPageSize = (bytes: number) =>
  bytes >= pageBytesMin && bytes <= pageBytesMax && Number.isInteger(Math.log2(bytes));

/** @throws BboltError when neither is valid, or the file is shorter than they say */
export function readMeta(source: PageSource): Meta {
  const first = metaAt(source, 0);
  const second = typeof first === 'string' ? findSecond(source) : metaAt(source, first.pageBytes);
  const metas = [first, second].filter((one) => typeof one === 'object');
  const [meta] = metas.toSorted((a, b) => b.transaction - a.transaction);
  if (meta === undefined) {
    throw new BboltError(
      'not-bbolt',
      `this is no bbolt file, or its beginning is lost: page 0: ${first as string}; page 1: ${second as string}`,
      0,
    );
  }
  const { pageBytes, pageCount } = meta;
  if (pageCount * pageBytes > source.bytes) {
    throw new BboltError(
      'truncated',
      `the file is cut short: it has ${source.bytes} bytes, but its meta page says that it has ${pageCount} pages of ${pageBytes} bytes`,
      Math.floor(source.bytes / pageBytes),
    );
  }
  return meta;
}

function metaAt(source: PageSource, offset: number): Meta | string {
  const length = pageHeaderBytes + metaBytes;
  if (offset + length > source.bytes) return 'the file ends before it';
  const bytes = source.read(offset, length);
  if (viewOf(bytes).getUint16(8, true) !== pageFlags.meta) return 'it is no meta page';
  const meta = decodeMeta(bytes.subarray(pageHeaderBytes));
  if (typeof meta === 'string') return meta;
  if (!isPageSize(meta.pageBytes)) return `pages of ${meta.pageBytes} bytes are not possible`;
  return meta;
}

function findSecond(source: PageSource): Meta | string {
  for (let offset = pageBytesMin; offset <= pageBytesMax; offset *= 2) {
    const meta = metaAt(source, offset);
    if (typeof meta === 'object' && meta.pageBytes === offset) return meta;
  }
  return 'it is not found at any size of pages';
}
