/**
 * /livez, /readyz and /metrics on loopback, the one port without client certificates.
 *
 * 1. Liveness says whether the process should be restarted; readiness whether it can serve now. A
 *    lost quorum or a lost leader never fails liveness.
 * 2. `?verbose` lists the checks, as Kubernetes' components do.
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Undefined is healthy; otherwise the reason. */
export type HealthCheck = () => string | undefined;

export interface Health {
  addLivenessCheck(name: string, check: HealthCheck): void;
  addReadinessCheck(name: string, check: HealthCheck): void;
}

export interface HealthServer extends Health, AsyncDisposable {
  readonly port: number;
}

/** Port 0 picks a free one. */
export async function createHealthServer(options: {
  port: number;
  metrics: Registry;
}): Promise<HealthServer> {
  const liveness = new Map<string, HealthCheck>([['ping', () => undefined]]);
  const readiness = new Map<string, HealthCheck>();

  const report = (checks: ReadonlyMap<string, HealthCheck>) => {
    const results = [...checks].map(([name, check]) => ({ name, reason: check() }));
    const lines = results.map(({ name, reason }) =>
      reason === undefined ? `[+]${name} ok` : `[-]${name} failed: ${reason}`,
    );
    return { ok: results.every((result) => result.reason === undefined), lines };
  };

  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/metrics') {
      void options.metrics.metrics().then((text) => {
        response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text);
      });
      return;
    }
    const checks =
      pathname === '/livez' || pathname === '/healthz'
        ? liveness
        : pathname === '/readyz'
          ? new Map([...liveness, ...readiness])
          : undefined;
    if (checks === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    const { ok, lines } = report(checks);
    const verbose = searchParams.has('verbose') || !ok;
    const check = pathname.slice(1);
    const end = ok ? 'ok' : `${check} check failed`;
    response
      .writeHead(ok ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' })
      .end(verbose ? `${lines.join('\n')}\n${check} check ${ok ? 'passed' : 'failed'}\n` : end);
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    addLivenessCheck: (name, check) => void liveness.set(name, check),
    addReadinessCheck: (name, check) => void readiness.set(name, check),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
