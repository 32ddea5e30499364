/** The headers of a request: blocks put together from their frames, and what is kept of them. */
import { frameFlag, unpadded } from './frame.ts';
import { HpackDecoder } from './hpack.ts';
import { Http2Error } from './http2-error.ts';

export const headerBlockBytesMax = 64 * 1024;
/** Frames of one block: more are a flood of (empty) continuations. */
const blockFramesMax = 64;

/** The headers that somebody asks for; others are dropped. Calls with equal headers share them. */
export interface RequestHeaders {
  readonly method: string;
  readonly scheme: string;
  readonly path: string;
  readonly contentType: string;
  readonly requireLeader: boolean;
  readonly clusterId: string;
  readonly memberId: string;
  readonly peerVersion: string;
  readonly targetId: string;
  readonly encoding: string;
  readonly timeout: string;
  readonly token: string | undefined;
  readonly authorization: string | undefined;
  readonly isForwarded: boolean;
  /** No header: the connection sets it. */
  readonly commonName: string | undefined;
}

type Draft = { -readonly [Name in keyof RequestHeaders]: RequestHeaders[Name] };

/** A header block on its way: HEADERS, then CONTINUATIONs with nothing between them (6.10). */
export class HeaderBlock {
  #parts: Buffer[] = [];
  #bytes = 0;
  streamId = 0;
  endsStream = false;
  isOpen = false;

  /** The whole block, when this frame has it all. @throws Http2Error */
  start(flags: number, streamId: number, payload: Buffer): Buffer | undefined {
    let fragment = unpadded(flags, payload);
    if ((flags & frameFlag.priority) !== 0) {
      if (fragment.length < 5) throw new Http2Error('frame-size', 'a priority has 5 bytes');
      fragment = fragment.subarray(5);
    }
    this.streamId = streamId;
    this.endsStream = (flags & frameFlag.endStream) !== 0;
    if ((flags & frameFlag.endHeaders) !== 0) return fragment;
    this.isOpen = true;
    this.#parts = [fragment];
    this.#bytes = fragment.length;
    return undefined;
  }

  /** The whole block, when it is whole now. @throws Http2Error */
  continue(flags: number, streamId: number, payload: Buffer): Buffer | undefined {
    if (!this.isOpen || streamId !== this.streamId) {
      throw new Http2Error('protocol', 'a continuation of nothing');
    }
    this.#parts.push(payload);
    this.#bytes += payload.length;
    if (this.#bytes > headerBlockBytesMax || this.#parts.length > blockFramesMax) {
      throw new Http2Error('enhance-your-calm', 'too many headers');
    }
    if ((flags & frameFlag.endHeaders) === 0) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.clear();
    return whole;
  }

  clear(): void {
    this.isOpen = false;
    this.#parts = [];
  }
}

/**
 * Decodes the requests of a connection. Clients that send one call after another send the same block
 * again, once the header table knows its headers: it is compared then, and not decoded.
 */
export class RequestDecoder {
  readonly #decoder = new HpackDecoder();
  #block: Buffer | undefined;
  readonly #commonName: string | undefined;
  #headers: RequestHeaders | undefined;
  #changes = 0;

  /** `commonName` is of the client's checked certificate. */
  constructor(commonName?: string) {
    this.#commonName = commonName;
  }

  /**
   * Undefined when the request is malformed (8.1.1), which ends its stream only.
   * @throws Http2Error when the block itself is damaged: the connection must end
   */
  decode(block: Buffer): RequestHeaders | undefined {
    const decoder = this.#decoder;
    if (decoder.changes === this.#changes && this.#block?.equals(block) === true) {
      return this.#headers;
    }
    this.#block = undefined;
    const before = decoder.changes;
    const headers = decodeRequest(decoder, block, this.#commonName);
    if (decoder.changes === before) {
      // A copy, because the block is a view of what the socket has read.
      this.#block = Buffer.from(block);
      this.#headers = headers;
      this.#changes = before;
    }
    return headers;
  }
}

function decodeRequest(
  decoder: HpackDecoder,
  block: Buffer,
  commonName: string | undefined,
): RequestHeaders | undefined {
  const headers: Draft = {
    method: '',
    scheme: '',
    path: '',
    contentType: '',
    requireLeader: false,
    clusterId: '',
    memberId: '',
    peerVersion: '',
    targetId: '',
    encoding: '',
    timeout: '',
    token: undefined,
    authorization: undefined,
    isForwarded: false,
    commonName,
  };
  let isWellFormed = true;
  let hasRegular = false;
  decoder.decode(block, (name, value) => {
    if (name.charCodeAt(0) === 0x3a) {
      isWellFormed &&= !hasRegular && keepPseudoHeader(headers, name, value);
    } else {
      hasRegular = true;
      keepHeader(headers, name, value);
    }
  });
  const isWhole = headers.method !== '' && headers.scheme !== '' && headers.path !== '';
  return isWellFormed && isWhole ? headers : undefined;
}

/** False for one that a request must not have, or has already. */
function keepPseudoHeader(headers: Draft, name: string, value: string): boolean {
  switch (name) {
    case ':method':
      if (headers.method !== '') return false;
      headers.method = value;
      return true;
    case ':scheme':
      if (headers.scheme !== '') return false;
      headers.scheme = value;
      return true;
    case ':path':
      if (headers.path !== '') return false;
      headers.path = value;
      return true;
    default:
      return name === ':authority';
  }
}

function keepHeader(headers: Draft, name: string, value: string): void {
  switch (name) {
    case 'content-type':
      headers.contentType = value;
      break;
    case 'grpc-timeout':
      headers.timeout = value;
      break;
    case 'hasleader':
      headers.requireLeader = value === 'true';
      break;
    case 'cluster-id':
      headers.clusterId = value;
      break;
    case 'member-id':
      headers.memberId = value;
      break;
    case 'peer-version':
      headers.peerVersion = value;
      break;
    case 'target-id':
      headers.targetId = value;
      break;
    case 'grpc-encoding':
      headers.encoding = value;
      break;
    case 'token':
      headers.token ??= value;
      break;
    case 'authorization':
      headers.authorization ??= value;
      break;
    case 'grpcgateway-accept':
      headers.isForwarded = true;
      break;
    default:
  }
}
