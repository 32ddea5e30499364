/** A breach of the protocol by the other side: it ends the connection, or the one stream. */

const codes = {
  none: 0,
  protocol: 1,
  internal: 2,
  'flow-control': 3,
  'stream-closed': 5,
  'frame-size': 6,
  'refused-stream': 7,
  cancel: 8,
  compression: 9,
  'enhance-your-calm': 11,
} as const;

export type Http2ErrorCode = keyof typeof codes;

export class Http2Error extends Error {
  override readonly name = 'Http2Error';
  readonly code: Http2ErrorCode;

  constructor(code: Http2ErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The number on the wire (RFC 9113, 7). */
  get number(): number {
    return codes[this.code];
  }
}
