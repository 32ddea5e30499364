/** One HTTP request and its answer, whatever the version of HTTP. */
import type { User } from '../authn/user.ts';

export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface Exchange {
  readonly method: string;
  /** As sent: path and query. */
  readonly target: string;
  /** Undefined when the client's certificate is missing or not of this cluster. */
  readonly identity: User | undefined;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
  /** @throws ApiError 413 as soon as the body is larger than the limit */
  readBody(bytesMax: number): Promise<Buffer>;
  respond(status: number, headers: ResponseHeaders, body: Uint8Array | string): void;
  /** Sends the head at once; the body follows in pieces. */
  stream(status: number, headers: ResponseHeaders): ResponseStream;
  readonly hasResponded: boolean;
}

export interface ResponseStream {
  /** Resolves when the transport takes more; rejects when the client has gone. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
}
