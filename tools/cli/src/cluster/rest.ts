/** The cluster's REST API over HTTPS with the admin's certificate: no more than the commands need. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

interface RestResponse {
  readonly status: number;
  /** Parsed when the answer is JSON, else the text. */
  readonly body: unknown;
}

export interface RestClient extends Disposable {
  /** Rejects when no answer comes within `timeoutMillis` (real time; default 5 s). */
  send(method: string, path: string, options?: RestOptions): Promise<RestResponse>;
}

interface RestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMillis?: number;
}

export interface ClientFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export function createRestClient(port: number, files: ClientFiles): RestClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: readFileSync(files.caFile),
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
  });
  return {
    send: (method, path, options = {}) =>
      new Promise((resolve, reject) => {
        const text = options.body === undefined ? undefined : JSON.stringify(options.body);
        const sent = request(
          {
            agent,
            method,
            path,
            port,
            host: '127.0.0.1',
            timeout: options.timeoutMillis ?? 5_000,
            headers: {
              accept: 'application/json',
              ...(text === undefined
                ? {}
                : {
                    'content-type': options.contentType ?? 'application/json',
                    'content-length': Buffer.byteLength(text),
                  }),
            },
          },
          (response) => {
            let received = '';
            response.setEncoding('utf8');
            response.on('data', (chunk: string) => (received += chunk));
            response.on('error', reject);
            response.on('end', () => {
              const isJson = response.headers['content-type']?.includes('json') === true;
              const body: unknown = isJson ? JSON.parse(received) : received;
              resolve({ status: response.statusCode ?? 0, body });
            });
          },
        );
        sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
        sent.on('error', reject);
        sent.end(text);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
