/**
 * A discovery service as a client sees it: one cluster's folder in the keys API of etcd 2
 * (`/v2/keys/<token>`), as discovery.etcd.io served it and `etcd --enable-v2` does.
 */
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** A key of the folder. */
export interface KeysNode {
  /** The last part of its path. */
  readonly name: string;
  readonly value: string;
  /** Earlier ones were registered earlier. */
  readonly createdIndex: number;
}

export interface KeysAnswer {
  readonly node: KeysNode | undefined;
  readonly children: readonly KeysNode[];
  /** Of the service, when it answered: where to wait from. */
  readonly index: number;
}

/** The service answered, and it was no. Codes: 100 no such key, 105 the key exists already. */
export class KeysError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'KeysError';
    this.code = code;
  }
}

export interface KeysService extends Disposable {
  /** `name` below the folder; '' for the folder itself. */
  get(name: string, signal: AbortSignal): Promise<KeysAnswer>;
  create(name: string, value: string, signal: AbortSignal): Promise<KeysAnswer>;
  /** Returns at the first change after `index`, or when the service has waited long enough. */
  waitForChange(index: number, signal: AbortSignal): Promise<void>;
}

const answerBytesMax = 4 * 1024 ** 2;
/** What happened since that index is no longer known there: it is to be looked at anew. */
const eventsCleared = 401;

export function createKeysService(folder: URL, proxy: string | undefined): KeysService {
  const isSecure = folder.protocol === 'https:';
  const options =
    proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } };
  const agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
  const base = folder.href.replace(/\/+$/, '');

  const call = (path: string, body: string | undefined, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const request = (isSecure ? requestHttps : requestHttp)(`${base}${path}`, {
        agent,
        signal,
        method: body === undefined ? 'GET' : 'PUT',
        headers: body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      request.on('response', resolve).on('error', reject).end(body);
    });
  const ask = async (path: string, body: string | undefined, signal: AbortSignal) => {
    const response = await call(path, body, signal);
    return readAnswer(await textOf(response), response);
  };

  return {
    get: (name, signal) => ask(name === '' ? '' : `/${name}`, undefined, signal),
    create: (name, value, signal) =>
      ask(`/${name}?prevExist=false`, new URLSearchParams({ value }).toString(), signal),
    waitForChange: async (index, signal) => {
      const path = `?wait=true&recursive=true&waitIndex=${index + 1}`;
      const response = await call(path, undefined, signal);
      const text = await textOf(response);
      if (response.statusCode !== 200 && !text.includes(`"errorCode":${eventsCleared},`)) {
        throw new Error(`HTTP ${response.statusCode}: ${text.slice(0, 200)}`);
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error('discovery: bad discovery endpoint: it never ends');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

interface WireNode {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly nodes?: unknown;
  readonly createdIndex?: unknown;
}

function readAnswer(text: string, { statusCode = 0, headers }: IncomingMessage): KeysAnswer {
  let json: { errorCode?: unknown; message?: unknown; node?: WireNode } | null;
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    throw new KeysError(0, `discovery: bad discovery endpoint: HTTP ${statusCode} without JSON`);
  }
  if (json === null || typeof json !== 'object') throw new KeysError(0, badAnswer);
  if (typeof json.errorCode === 'number') {
    throw new KeysError(json.errorCode, `${String(json.message)} (${json.errorCode})`);
  }
  if (json.node === undefined) throw new KeysError(0, badAnswer);
  const children = Array.isArray(json.node.nodes) ? (json.node.nodes as WireNode[]) : [];
  return {
    node: typeof json.node.value === 'string' ? nodeOf(json.node) : undefined,
    children: children.filter((one) => typeof one.value === 'string').map(nodeOf),
    index: Number(headers['x-etcd-index'] ?? 0),
  };
}

const badAnswer = 'discovery: bad discovery endpoint: its answer is none of the keys API';

const nodeOf = ({ key, value, createdIndex }: WireNode): KeysNode => ({
  name: String(key).split('/').at(-1)!,
  value: String(value),
  createdIndex: Number(createdIndex),
});
