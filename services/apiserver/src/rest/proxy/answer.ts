/** What the client gets of an answer: its addresses lead through the proxy, in the head and in pages. */
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { ResponseHeaders } from '../exchange.ts';
import { responseHeaders } from './headers.ts';
import { createHtmlRewriter } from './html.ts';
import { rewriteLocation, type ProxyView } from './location.ts';

export interface ProxiedAnswer {
  readonly headers: ResponseHeaders;
  readonly body: AsyncIterable<Buffer>;
}

export function answerFor(response: IncomingMessage, view: ProxyView): ProxiedAnswer {
  const rewrite = (address: string) => rewriteLocation(address, view);
  const headers = responseHeaders(response.rawHeaders, rewrite);
  const encoding = response.headers['content-encoding'] ?? '';
  const isPage = /^\s*text\/html\s*(;|$)/i.test(response.headers['content-type'] ?? '');
  // Upstream leaves a page of a redirect alone, and what is encoded in a way that it does not know.
  const isRewritten =
    isPage && headers['location'] === undefined && (encoding === '' || encoding === 'gzip');
  if (!isRewritten) return { headers, body: response };
  const { 'content-length': _length, ...others } = headers;
  const change = (source: AsyncIterable<Buffer>) => rewritePage(source, rewrite);
  return { headers: others, body: encoding === '' ? change(response) : regzip(response, change) };
}

async function* rewritePage(
  source: AsyncIterable<Buffer>,
  rewrite: (address: string) => string,
): AsyncGenerator<Buffer, void> {
  const rewriter = createHtmlRewriter(rewrite);
  for await (const chunk of source) {
    const text = rewriter.push(chunk.toString('latin1'));
    if (text !== '') yield Buffer.from(text, 'latin1');
  }
  const rest = rewriter.end();
  if (rest !== '') yield Buffer.from(rest, 'latin1');
}

function regzip(
  response: IncomingMessage,
  change: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  // The reader of what comes out hears of failures.
  return pipeline(response, createGunzip(), change, createGzip(), () => undefined);
}
