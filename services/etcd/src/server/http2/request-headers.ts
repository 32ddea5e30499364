/** The headers of a request: what is kept of them. */
import { HpackDecoder } from '@drydock/rpc/http2';

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
