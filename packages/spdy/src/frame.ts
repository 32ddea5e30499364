/**
 * SPDY/3.1 frames to bytes and back (draft-mbelshe-httpbis-spdy-00 with the session window of 3.1).
 * Pure.
 *
 * 1. Bytes may be cut anywhere. The data of a frame is handed on as it comes, in several 'data'
 *    frames of which the last alone has `fin`; nothing else is held but a control frame.
 * 2. What no version of a peer may send is a SpdyError; control frames of unknown types are skipped.
 */
import { SpdyError } from './error.ts';

export type Frame =
  | {
      readonly kind: 'data';
      readonly streamId: number;
      readonly fin: boolean;
      readonly data: Buffer;
    }
  | (HeadersOf & { readonly kind: 'syn-stream' })
  | (HeadersOf & { readonly kind: 'syn-reply' | 'headers' })
  | { readonly kind: 'rst-stream'; readonly streamId: number; readonly status: number }
  | { readonly kind: 'settings'; readonly settings: ReadonlyMap<number, number> }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'go-away'; readonly lastStreamId: number; readonly status: number }
  | { readonly kind: 'window-update'; readonly streamId: number; readonly delta: number };

interface HeadersOf {
  readonly streamId: number;
  readonly fin: boolean;
  /** As compressed. */
  readonly block: Buffer;
}

const version = 3;
const headBytes = 8;
/** Larger than any header block or list of settings that a client has a use for. */
const controlBytesMax = 32 * 1024;
const finFlag = 1;
const types = {
  'syn-stream': 1,
  'syn-reply': 2,
  'rst-stream': 3,
  settings: 4,
  ping: 6,
  'go-away': 7,
  headers: 8,
  'window-update': 9,
} as const;

export function encodeFrame(frame: Frame): Buffer {
  switch (frame.kind) {
    case 'data': {
      const head = Buffer.alloc(headBytes);
      head.writeUInt32BE(frame.streamId);
      head.writeUInt32BE(frame.data.length, 4);
      head[4] = frame.fin ? finFlag : 0;
      return Buffer.concat([head, frame.data]);
    }
    case 'syn-stream':
      // No associated stream, the highest priority, no slot.
      return control(frame, [...numbers(frame.streamId, 0), Buffer.alloc(2), frame.block]);
    case 'syn-reply':
    case 'headers':
      return control(frame, [...numbers(frame.streamId), frame.block]);
    case 'rst-stream':
      return control(frame, numbers(frame.streamId, frame.status));
    case 'settings':
      return control(frame, numbers(frame.settings.size, ...[...frame.settings].flat()));
    case 'ping':
      return control(frame, numbers(frame.id));
    case 'go-away':
      return control(frame, numbers(frame.lastStreamId, frame.status));
    case 'window-update':
      return control(frame, numbers(frame.streamId, frame.delta));
    default:
      return frame satisfies never;
  }
}

function numbers(...values: readonly number[]): Buffer[] {
  return values.map((value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  });
}

function control(
  { kind, fin = false }: { kind: keyof typeof types; fin?: boolean },
  parts: readonly Buffer[],
): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(0x8000 | version);
  head.writeUInt16BE(types[kind], 2);
  head.writeUInt32BE(body.length, 4);
  head[4] = fin ? finFlag : 0;
  return Buffer.concat([head, body]);
}

export interface FrameReader {
  /** The frames that these bytes complete, and the data that they bring. @throws SpdyError */
  push(bytes: Buffer): Frame[];
}

export function createFrameReader(): FrameReader {
  /** Of a head or of a control frame that is not whole yet. */
  let held: Buffer = Buffer.alloc(0);
  let data: { readonly streamId: number; readonly fin: boolean; left: number } | undefined;

  const takeData = (bytes: Buffer, frames: Frame[]): Buffer => {
    const { streamId, fin } = data!;
    const piece = bytes.subarray(0, data!.left);
    data!.left -= piece.length;
    const isLast = data!.left === 0;
    if (isLast) data = undefined;
    if (piece.length > 0 || isLast) {
      frames.push({ kind: 'data', streamId, fin: fin && isLast, data: piece });
    }
    return bytes.subarray(piece.length);
  };

  return {
    push: (bytes) => {
      const frames: Frame[] = [];
      let rest = bytes;
      while (rest.length > 0 || data?.left === 0) {
        if (data !== undefined) {
          rest = takeData(rest, frames);
          continue;
        }
        if (held.length > 0) {
          rest = Buffer.concat([held, rest]);
          held = Buffer.alloc(0);
        }
        const length = rest.length < headBytes ? undefined : rest.readUInt32BE(4) & 0xff_ffff;
        const isControl = (rest[0]! & 0x80) !== 0;
        if (length !== undefined && isControl) checkControl(rest, length);
        if (length === undefined || (isControl && rest.length < headBytes + length)) {
          // A copy, so that the piece of the socket's buffer is not kept alive.
          held = Buffer.from(rest);
          break;
        }
        const flags = rest[4]!;
        if (isControl) {
          const body = rest.subarray(headBytes, headBytes + length);
          const frame = parseControl(rest.readUInt16BE(2), (flags & finFlag) !== 0, body);
          if (frame !== undefined) frames.push(frame);
          rest = rest.subarray(headBytes + length);
        } else {
          data = { streamId: rest.readUInt32BE(), fin: (flags & finFlag) !== 0, left: length };
          rest = rest.subarray(headBytes);
        }
      }
      return frames;
    },
  };
}

function checkControl(head: Buffer, length: number): void {
  const spoken = head.readUInt16BE() & 0x7fff;
  if (spoken !== version) throw new SpdyError(`version ${spoken} of SPDY is not spoken here`);
  if (length > controlBytesMax)
    throw new SpdyError(`a control frame of ${length} bytes is too large`);
}

function parseControl(type: number, fin: boolean, body: Buffer): Frame | undefined {
  const need = (bytes: number) => {
    if (body.length < bytes) throw new SpdyError(`a control frame of type ${type} is too short`);
  };
  const id = (offset: number) => body.readUInt32BE(offset) & 0x7fff_ffff;
  switch (type) {
    case types['syn-stream']:
      need(10);
      return { kind: 'syn-stream', streamId: id(0), fin, block: body.subarray(10) };
    case types['syn-reply']:
    case types.headers: {
      need(4);
      const kind = type === types.headers ? 'headers' : 'syn-reply';
      return { kind, streamId: id(0), fin, block: body.subarray(4) };
    }
    case types['rst-stream']:
      need(8);
      return { kind: 'rst-stream', streamId: id(0), status: body.readUInt32BE(4) };
    case types.settings:
      return { kind: 'settings', settings: parseSettings(body, need) };
    case types.ping:
      need(4);
      return { kind: 'ping', id: body.readUInt32BE() };
    case types['go-away']:
      need(8);
      return { kind: 'go-away', lastStreamId: id(0), status: body.readUInt32BE(4) };
    case types['window-update']:
      need(8);
      return { kind: 'window-update', streamId: id(0), delta: id(4) };
    default:
      return undefined;
  }
}

function parseSettings(body: Buffer, need: (bytes: number) => void): ReadonlyMap<number, number> {
  need(4);
  const count = body.readUInt32BE();
  need(4 + count * 8);
  const settings = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const at = 4 + index * 8;
    // The first byte holds flags.
    settings.set(body.readUInt32BE(at) & 0xff_ffff, body.readUInt32BE(at + 4));
  }
  return settings;
}
