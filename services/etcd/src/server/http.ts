/**
 * The plain HTTP of a member: /health, /livez, /readyz, /metrics, /version.
 *
 * Liveness says whether a restart would help, so a lost quorum does not fail it; readiness says whether
 * requests can be served now.
 */
import type { RequestListener } from 'node:http';
import { AlarmType } from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberCore } from './core.ts';
import type { PlainReply } from './grpc-server.ts';
import { apiVersion } from './maintenance-service.ts';

const json = (status: number, body: object): PlainReply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

/** Why requests cannot be served now; undefined when they can. */
export function notReadyReason(core: MemberCore): string | undefined {
  const { leader, failure } = core.replica.status();
  if (failure !== undefined) return failure.message;
  if (leader === 0) return 'RAFT NO LEADER';
  for (const { type } of core.state.alarms) {
    return type === AlarmType.corrupt ? 'ALARM CORRUPT' : 'ALARM NOSPACE';
  }
  return undefined;
}

/** Answers one path, whatever version of HTTP asks. */
export type PlainHandler = (path: string) => Promise<PlainReply>;

export function createPlainHandler(core: MemberCore, metrics: Registry): PlainHandler {
  return async (path) => {
    switch (path) {
      case '/health': {
        const reason = notReadyReason(core);
        return reason === undefined
          ? json(200, { health: 'true', reason: '' })
          : json(503, { health: 'false', reason });
      }
      case '/livez':
        return { status: 200, type: 'text/plain', body: 'ok\n' };
      case '/readyz': {
        const reason = notReadyReason(core);
        if (reason === undefined) return { status: 200, type: 'text/plain', body: 'ok\n' };
        return { status: 503, type: 'text/plain', body: `not ready: ${reason}\n` };
      }
      case '/metrics':
        return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
      case '/version':
        return json(200, { etcdserver: apiVersion, etcdcluster: '3.5.0' });
      default:
        return { status: 404, type: 'text/plain', body: '404 page not found\n' };
    }
  };
}

export function overHttp1(core: MemberCore, plain: PlainHandler): RequestListener {
  return (request, response) => {
    request.resume();
    plain((request.url ?? '/').split('?')[0]!).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => {
        core.log.error({ err: error, url: request.url }, 'an HTTP request failed by a bug');
        response.writeHead(500).end();
      },
    );
  };
}
