/** Sends a response, compressed where that pays. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';
import { warningHeaders } from './warning-headers.ts';

export type Respond = (
  code: number,
  contentType: string,
  body: Uint8Array | string,
  warnings?: readonly string[],
  headers?: Readonly<Record<string, string>>,
) => void;

/** Upstream's threshold: below it compressing costs more than it saves. */
const gzipBytesMin = 128 * 1024;
const compress = promisify(gzip);

export function createRespond(exchange: Exchange, onError: (error: unknown) => void): Respond {
  return (code, contentType, body, warnings = [], headers = {}) => {
    const fields = {
      'content-type': contentType,
      'cache-control': 'no-cache, private',
      ...(warnings.length === 0 ? {} : { warning: warningHeaders(warnings) }),
      ...headers,
    };
    const acceptsGzip = exchange.header('accept-encoding')?.includes('gzip') === true;
    if (body.length < gzipBytesMin || !acceptsGzip) {
      exchange.respond(code, fields, body);
      return;
    }
    const vary = [...(headers['vary'] === undefined ? [] : [headers['vary']]), 'Accept-Encoding'];
    compress(body, { level: 1 }).then((compressed) => {
      exchange.respond(
        code,
        { ...fields, 'content-encoding': 'gzip', vary: vary.join(', ') },
        compressed,
      );
    }, onError);
  };
}
