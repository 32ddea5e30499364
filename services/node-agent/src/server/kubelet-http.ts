/**
 * The endpoints of a kubelet that mean something here, for `kubectl get --raw /api/v1/nodes/NAME/proxy/...`
 * and for what scrapes nodes:
 *
 *   /healthz  /pods  /metrics  /metrics/resource  /stats/summary  /containerLogs/NS/POD/CONTAINER
 *
 * exec, attach and port-forward have calls of their own; all else is not found.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock, Logger } from '@drydock/ports';
import { RpcError, StatusCode } from '@drydock/rpc';
import type { Registry as MetricsRegistry } from 'prom-client';
import { resourceMetrics } from './resource-metrics.ts';
import { readPodLogs } from './pod-logs.ts';
import type { ServedNode } from './served.ts';
import { statsSummary } from './stats-summary.ts';

export interface KubeletHttpPowers {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  readonly connections: WeakMap<Duplex, ServedNode>;
}

/** Listens nowhere: connections are handed to it. */
export function createKubeletHttp(powers: KubeletHttpPowers): Server {
  const server = createServer((request, response) => {
    const node = powers.connections.get(request.socket);
    if (node === undefined) {
      response.writeHead(404).end();
      return;
    }
    answer(node, { request, response }, powers).catch((error: unknown) => {
      powers.log.debug({ err: error, url: request.url }, 'a request of the node’s HTTP broke off');
      response.destroy();
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(
  node: ServedNode,
  exchange: Exchange,
  { metrics, clock }: KubeletHttpPowers,
): Promise<void> {
  const { request } = exchange;
  const url = new URL(request.url ?? '/', 'http://node');
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
  const words = path.split('/').slice(1);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendText(exchange, 405, 'Method Not Allowed');
  }
  if (path === '/healthz' || path === '/healthz/ping') return sendText(exchange, 200, 'ok');
  if (path === '/pods') {
    return sendJson(exchange, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: {},
      items: node.pods(),
    });
  }
  if (path === '/stats/summary') return sendJson(exchange, statsSummary(node.name, node.usage()));
  if (path === '/metrics') {
    return send(exchange, { code: 200, type: metrics.contentType, body: await metrics.metrics() });
  }
  if (path === '/metrics/resource') {
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    return send(exchange, { code: 200, type, body: resourceMetrics(node.usage()) });
  }
  if (words[0] === 'containerLogs' && words.length === 4) {
    const [, namespace = '', pod = '', container = ''] = words.map(decodeURIComponent);
    return sendLogs(node, exchange, { clock, query: url.searchParams, namespace, pod, container });
  }
  return sendText(exchange, 404, '404 page not found\n');
}

function send(
  { request, response }: Exchange,
  { code, type, body }: { readonly code: number; readonly type: string; readonly body: string },
): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const sendText = (exchange: Exchange, code: number, body: string) =>
  send(exchange, { code, type: 'text/plain; charset=utf-8', body });

const sendJson = (exchange: Exchange, value: unknown) =>
  send(exchange, { code: 200, type: 'application/json', body: JSON.stringify(value) });

interface LogsAsked {
  readonly clock: Clock;
  readonly query: URLSearchParams;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

async function sendLogs(node: ServedNode, exchange: Exchange, asked: LogsAsked): Promise<void> {
  const { clock, query, namespace, pod: name, container } = asked;
  const { response } = exchange;
  const found = node
    .pods()
    .find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const request = {
    namespace,
    pod: name,
    container,
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    sinceSeconds: Number(query.get('sinceSeconds') ?? 0),
    sinceTime: query.get('sinceTime') ?? '',
    tailLines: Number(query.get('tailLines') ?? -1),
    limitBytes: Number(query.get('limitBytes') ?? 0),
  };
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const served = found === undefined ? undefined : { pod: found, runtime: node.runtime };
  const chunks = readPodLogs(served, request, { clock, signal: gone.signal });
  try {
    for await (const chunk of chunks) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' });
      if (response.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        gone.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/plain' });
    response.end();
  } catch (error) {
    if (!(error instanceof RpcError) || response.headersSent) throw error;
    const code = error.code === StatusCode.NOT_FOUND ? 404 : 400;
    sendText(exchange, code, error.message);
  }
}
