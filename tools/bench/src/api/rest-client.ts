/** A client of the REST API over one HTTP/2 connection, for what is not measured. */
import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class RestClient implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #token: string;

  private constructor(session: ClientHttp2Session, token: string) {
    this.#session = session;
    this.#token = token;
    // What fails shows in its requests.
    session.on('error', () => undefined);
  }

  static async open(url: string, options: { ca: Buffer; token: string }): Promise<RestClient> {
    const session = connect(url, { ca: options.ca, settings: { initialWindowSize: 2 ** 24 } });
    await once(session, 'connect');
    return new RestClient(session, options.token);
  }

  request(method: string, path: string, body?: unknown, contentType = 'application/json') {
    const headers = {
      ':method': method,
      ':path': path,
      authorization: `Bearer ${this.#token}`,
      ...(body === undefined ? {} : { 'content-type': contentType }),
    };
    const stream = this.#session.request(headers, { endStream: body === undefined });
    return new Promise<Answer>((resolve, reject) => {
      let status = 0;
      const chunks: Buffer[] = [];
      stream.on('response', (head) => {
        status = Number(head[':status']);
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('close', () => resolve({ status, text: Buffer.concat(chunks).toString() }));
      if (body !== undefined) stream.end(JSON.stringify(body));
    });
  }

  /** @throws when the server does not answer 200 */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const { status, text } = await this.request('GET', path);
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** @throws when the object is not created */
  async create(path: string, object: unknown): Promise<void> {
    const { status, text } = await this.request('POST', path, object);
    if (status !== 201) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
  }
}
