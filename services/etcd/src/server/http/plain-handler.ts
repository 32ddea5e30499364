/** The plain HTTP of a member, path by path, and who may ask for it. */
import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import { clusterVersion } from '../downgrade.ts';
import type { MemberCore } from '../core.ts';
import { apiVersion } from '../maintenance-service.ts';
import { overHttp1Exchange } from '../gateway/exchange.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { HealthMeters } from '../metrics/health-meters.ts';
import { createChecksHandler } from './checks.ts';
import { createHealthHandler } from './health.ts';
import {
  errorReply,
  notFound,
  refuseOtherThanGet,
  reply,
  type PlainHandler,
  type PlainReply,
  type PlainRequest,
} from './plain.ts';

export interface PlainOptions {
  readonly metrics: Registry;
  readonly meters: HealthMeters;
}

const json = (body: object): PlainReply => reply(200, 'application/json', JSON.stringify(body));

export function createPlainHandler(
  core: MemberCore,
  { metrics, meters }: PlainOptions,
): (request: PlainRequest) => Promise<PlainReply> {
  const pages: PlainHandler = async (request) => {
    switch (request.url.pathname) {
      case '/metrics':
        return reply(200, metrics.contentType, await metrics.metrics());
      case '/version':
        return (
          refuseOtherThanGet(request) ??
          json({ etcdserver: apiVersion, etcdcluster: clusterVersion })
        );
      case '/debug/vars':
        return refuseOtherThanGet(request) ?? json(variables(core));
      default:
        return undefined;
    }
  };
  const handlers = [createHealthHandler(core, meters), createChecksHandler(core, meters), pages];
  return async (request) => {
    for (const handle of handlers) {
      const answer = await handle(request);
      if (answer !== undefined) return answer;
    }
    return notFound;
  };
}

const hex = (id: number) => id.toString(16);
const roles = { leader: 'StateLeader', candidate: 'StateCandidate', follower: 'StateFollower' };

/** What the original publishes of its Raft, in its names. */
function variables({ replica }: MemberCore): object {
  const status = replica.status();
  const role = status.role === 'pre-candidate' ? 'StatePreCandidate' : roles[status.role];
  const progress = status.peers.map(({ id, match, next, state }) => [
    hex(id),
    { match, next, state: `State${state[0]!.toUpperCase()}${state.slice(1)}` },
  ]);
  return {
    cmdline: process.argv,
    'raft.status': {
      id: hex(status.id),
      term: status.term,
      vote: hex(status.vote),
      commit: status.commit,
      lead: hex(status.leader),
      raftState: role,
      applied: status.applied,
      progress: Object.fromEntries(progress),
      leadtransferee: hex(status.transferee),
    },
  };
}

export interface AccessRules {
  /** Hosts that plain HTTP without TLS may ask for; empty for all. */
  readonly hostWhitelist: readonly string[];
  /** Empty for all. */
  readonly corsOrigins: readonly string[];
}

/** Sets what pages of other sites may do; answers what nobody else need see. */
function accessReply(
  rules: AccessRules,
  request: { readonly method: string; readonly host: string; readonly isSecure: boolean },
): PlainReply | undefined {
  const { hostWhitelist } = rules;
  if (!request.isSecure && hostWhitelist.length > 0) {
    const host = request.host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (!hostWhitelist.includes(host)) {
      return errorReply(
        421,
        `the host ${host} is not in --host-whitelist of this member, which keeps web sites from reaching it by a name of theirs`,
      );
    }
  }
  return request.method === 'OPTIONS' ? { status: 200, headers: {}, body: '' } : undefined;
}

/** The headers by which browsers let pages of other sites read answers. */
function corsHeaders(
  { corsOrigins }: AccessRules,
  origin: string | undefined,
): Readonly<Record<string, string>> {
  const allowed = corsOrigins.length === 0 ? '*' : corsOrigins.find((one) => one === origin);
  if (allowed === undefined) return {};
  return {
    'access-control-allow-methods': 'POST, GET, OPTIONS, PUT, DELETE',
    'access-control-allow-origin': allowed,
    'access-control-allow-headers': 'accept, content-type, authorization',
  };
}

export interface Http1Options {
  readonly plain: (request: PlainRequest) => Promise<PlainReply>;
  /** What is below /v3/; undefined where that is not served. */
  readonly gateway: Gateway | undefined;
  readonly rules: AccessRules;
}

export const isForGateway = (path: string): boolean => /^\/v3(beta)?\//.test(path);

export function overHttp1(
  core: MemberCore,
  { plain, gateway, rules }: Http1Options,
): RequestListener {
  return (request, response) => {
    const { method = 'GET', headers, socket } = request;
    const isSecure = 'encrypted' in socket;
    const cors = corsHeaders(rules, headers.origin);
    const early = accessReply(rules, { method, host: headers.host ?? '', isSecure });
    if (early === undefined && gateway !== undefined && isForGateway(request.url ?? '')) {
      gateway(overHttp1Exchange(request, response, cors));
      return;
    }
    request.resume();
    const answered =
      early === undefined
        ? plain({ method, url: urlOf(request.url ?? '/') })
        : Promise.resolve(early);
    answered.then(
      (answer) => {
        const length = { 'content-length': Buffer.byteLength(answer.body) };
        response.writeHead(answer.status, { ...cors, ...answer.headers, ...length });
        response.end(answer.body);
      },
      (error: unknown) => {
        core.log.error({ err: error, url: request.url }, 'an HTTP request failed by a bug');
        response.writeHead(500).end();
      },
    );
  };
}

/** The path of a request; what is none becomes a path that nobody serves. */
export function urlOf(path: string): URL {
  const base = 'http://member';
  return URL.canParse(path, base) ? new URL(path, base) : new URL('/malformed-path', base);
}
