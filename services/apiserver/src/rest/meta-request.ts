/** A request for what is no object: discovery, documents, health. */
import type { Exchange } from './exchange.ts';
import type { Respond } from './respond.ts';

export interface MetaRequest {
  readonly exchange: Exchange;
  readonly respond: Respond;
  readonly path: string;
  readonly query: URLSearchParams;
}
