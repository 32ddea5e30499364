/** One HTTP request and its answer, whatever the version of HTTP. */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Subject } from '../authz/subject.ts';

export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface Exchange {
  readonly method: string;
  /** As sent: path and query. */
  readonly target: string;
  /** Undefined when the client's certificate is missing or not of this cluster. */
  readonly identity: Subject | undefined;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Names and values in turn, as sent: of a header that is repeated each value stands by itself. */
  readonly rawHeaders: readonly string[];
  header(name: string): string | undefined;
  /** The address of the other end of the connection. */
  readonly peerAddress: string;
  /** As it comes in, for who passes it on; undefined when there is none. */
  readonly body: Readable | undefined;
  /** @throws ApiError 413 as soon as the body is larger than the limit */
  readBody(bytesMax: number): Promise<Buffer>;
  respond(status: number, headers: ResponseHeaders, body: Uint8Array | string): void;
  /** What followed the body, once that is read: names and values in turn. */
  readonly rawTrailers: readonly string[];
  /** An answer before the answer: 102 or 103. Others have no meaning to whoever waits for the answer. */
  inform(status: number, headers: ResponseHeaders): void;
  /** Sends the head at once; the body follows in pieces, and after it trailers where `end` is given them. */
  stream(
    status: number,
    headers: ResponseHeaders,
    options?: { readonly mayHaveTrailers: boolean },
  ): ResponseStream;
  readonly hasResponded: boolean;
  /** Of a request to go on with another protocol on its connection, in HTTP/1.1 alone. */
  readonly upgrade?: Upgrade;
}

export interface Upgrade {
  /** In lower case: `websocket` or `spdy/3.1`, or whatever a proxied request asks for. */
  readonly protocol: string;
  readonly isTaken: boolean;
  /** From here on the connection is the caller's, the answer to the request included. */
  take(): UpgradedConnection;
}

export interface UpgradedConnection {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came with the request and is no part of it. */
  readonly head: Buffer;
}

export interface ResponseStream {
  /** Resolves when the transport takes more; rejects when the client has gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Trailers are for a stream that may have them; where the client's HTTP has no place for them they are left out. */
  end(trailers?: ResponseHeaders): void;
  /** Shows the client that the answer is not whole. */
  cut(): void;
}
