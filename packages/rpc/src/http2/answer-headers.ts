/**
 * What is kept of the headers and trailers of a gRPC answer. A server sends the same few blocks again and
 * again, once the header table knows them: such a block is compared, and not decoded.
 */
import { HpackDecoder } from './hpack.ts';

export interface AnswerFields {
  /** Of HTTP; undefined as long as there was none. */
  readonly httpStatus: string | undefined;
  readonly grpcStatus: string | undefined;
  /** Percent-encoded. */
  readonly grpcMessage: string;
}

/** Headers and trailers. */
const rememberedMax = 2;

interface Remembered {
  readonly block: Buffer;
  readonly fields: AnswerFields;
}

export class AnswerHeaders {
  readonly #decoder = new HpackDecoder();
  #remembered: Remembered[] = [];
  #changes = 0;

  /** @throws Http2Error: the connection must end */
  decode(block: Buffer): AnswerFields {
    if (this.#decoder.changes !== this.#changes) this.#remembered = [];
    for (const one of this.#remembered) if (one.block.equals(block)) return one.fields;
    const before = this.#decoder.changes;
    const fields = this.#read(block);
    this.#changes = this.#decoder.changes;
    if (this.#changes !== before) this.#remembered = [];
    else {
      // A copy, because the block is a view of what the socket has read.
      this.#remembered.unshift({ block: Buffer.from(block), fields });
      this.#remembered.length = Math.min(this.#remembered.length, rememberedMax);
    }
    return fields;
  }

  #read(block: Buffer): AnswerFields {
    let httpStatus: string | undefined;
    let grpcStatus: string | undefined;
    let grpcMessage = '';
    this.#decoder.decode(block, (name, value) => {
      if (name === ':status') httpStatus = value;
      else if (name === 'grpc-status') grpcStatus = value;
      else if (name === 'grpc-message') grpcMessage = value;
    });
    return { httpStatus, grpcStatus, grpcMessage };
  }
}
