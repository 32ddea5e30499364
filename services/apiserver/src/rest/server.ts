/**
 * The way of every REST request: who asks, as whom, what for, may they, is there room; then its
 * handler, and one place where failures become Status objects.
 */
import {
  ApiError,
  internalError,
  parseFieldRequirements,
  timeoutError,
  tooManyRequestsError,
} from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { TlsMaterial } from '@drydock/rpc';
import type { Authenticator } from '../authn/authenticator.ts';
import { namedBy, withOwnNamespace, type RequestAttributes } from '../authz/attributes.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import type { InFlight } from '../in-flight.ts';
import type { RequestMetrics } from '../metrics.ts';
import { renderStatus } from './bodies.ts';
import type { Exchange } from './exchange.ts';
import { impersonate } from './impersonation.ts';
import type { MetaHandler } from './meta-handler.ts';
import { parseResourcePath, verbOf, type ResourcePath } from './path.ts';
import { parseProxyPath, type ProxyPath } from './proxy/path.ts';
import type { ProxyHandler } from './proxy/proxy-handler.ts';
import { servesPath, type ResourceHandler } from './resource-handler.ts';
import { isSet } from './query-flag.ts';
import { reviewAt, type ReviewHandler } from './review-handler.ts';
import { createRespond, type Respond } from './respond.ts';
import { streamSubresources } from './streams/subresources.ts';
import { createTransport, type Transport } from './transport/transport.ts';

export interface RestServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMaterial;
  readonly clock: Clock;
  readonly log: Logger;
  readonly authenticator: Authenticator;
  readonly inFlight: InFlight;
  readonly metrics: RequestMetrics;
  readonly requestTimeoutMillis: Millis;
  readonly authorizer: Authorizer;
  readonly handleMeta: MetaHandler;
  readonly handleResource: ResourceHandler;
  readonly handleReview: ReviewHandler;
  readonly handleProxy: ProxyHandler;
}

/** What a request is, before anyone has looked at its body. */
interface Classified {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly resource: ResourcePath | undefined;
  /** Set when the request goes on to something else; it is the resource, too. */
  readonly proxied: ProxyPath | undefined;
  readonly verb: string;
}

const pathOf = (target: string) => target.split('?', 1)[0]!;

export function createRestServer(options: RestServerOptions): Promise<Transport> {
  return createTransport({
    host: options.host,
    port: options.port,
    tls: options.tls,
    log: options.log,
    isBusy: () => options.inFlight.count('read') + options.inFlight.count('write') > 0,
    passesUpgrades: (target) => parseProxyPath(pathOf(target)) !== undefined,
    handle: (exchange) => void serve(options, exchange),
  });
}

/** Never rejects. */
async function serve(options: RestServerOptions, exchange: Exchange): Promise<void> {
  const { clock, metrics } = options;
  const start = clock.now();
  let code = 200;
  let request: Classified | undefined;
  const fail = (error: unknown) => {
    code = sendError(options, exchange, error);
  };
  const send = createRespond(exchange, fail);
  const respond: Respond = (status, ...rest) => {
    code = status;
    send(status, ...rest);
  };
  const timer = clock.setTimer(options.requestTimeoutMillis, () => {
    if (request !== undefined && isLongRunning(request)) return;
    fail(timeoutError('request did not complete within the allotted timeout'));
  });
  try {
    request = classify(exchange);
    const passedOn = await route(options, exchange, request, respond);
    if (passedOn !== undefined) code = passedOn;
  } catch (error) {
    if (!exchange.signal.aborted) fail(error);
  } finally {
    timer.cancel();
    const resource = request?.resource;
    if (exchange.upgrade?.isTaken === true) code = 101;
    metrics.observe({
      verb: request === undefined ? 'unknown' : isStream(request) ? 'connect' : request.verb,
      resource: resource === undefined || !isServed(resource) ? '' : resource.resource,
      code,
      seconds: (clock.now() - start) / 1_000,
    });
  }
}

function classify(exchange: Exchange): Classified {
  const path = pathOf(exchange.target);
  const query = new URLSearchParams(exchange.target.slice(path.length));
  const proxied = parseProxyPath(path);
  const resource = proxied ?? parseResourcePath(path);
  const hasName = resource !== undefined && resource.name !== '';
  const isWatch = isSet(query, 'watch');
  const verb =
    resource === undefined
      ? exchange.method.toLowerCase()
      : verbOf(exchange.method, { hasName, isWatch });
  return { path, query, resource, proxied, verb };
}

const isStream = ({ resource, proxied }: Classified) =>
  proxied !== undefined || streamSubresources.includes(resource?.subresource ?? '');

const isLongRunning = (request: Classified) =>
  request.verb === 'watch' || request.resource?.subresource === 'log' || isStream(request);

const isServed = (path: ResourcePath) => servesPath(path) || reviewAt(path) !== undefined;

function attributesOf({ path, query, resource, verb }: Classified): RequestAttributes {
  const { group = '', subresource = '', namespace = '' } = resource ?? {};
  const place = { verb, group, resource: resource?.resource ?? '', subresource, namespace, path };
  const name = resource?.name ?? '';
  const fieldSelector = query.get('fieldSelector') ?? '';
  if (fieldSelector === '' || (verb !== 'list' && verb !== 'watch')) {
    return withOwnNamespace({ ...place, name });
  }
  const fields = parseFieldRequirements(fieldSelector);
  return withOwnNamespace({ ...place, name: name || namedBy(fields), fields });
}

/** Resolves to the code of an answer that somebody else gave. */
async function route(
  options: RestServerOptions,
  exchange: Exchange,
  request: Classified,
  respond: Respond,
): Promise<number | undefined> {
  const { authenticator, authorizer } = options;
  const { path, query, resource, proxied, verb } = request;
  const sender = await authenticator.authenticate(exchange);
  const user = await impersonate(authorizer, sender, exchange.rawHeaders);
  await authorizer.authorize(user, attributesOf(request));
  if (proxied !== undefined) return options.handleProxy({ exchange, path: proxied });
  const run = async () => {
    if (resource !== undefined && servesPath(resource)) {
      await options.handleResource({ exchange, respond, path: resource, query, verb, user });
      return;
    }
    if (resource !== undefined && reviewAt(resource) !== undefined) {
      await options.handleReview({ exchange, respond, path: resource, query, verb, user });
      return;
    }
    const isRead = exchange.method === 'GET' || exchange.method === 'HEAD';
    if (isRead && (await options.handleMeta({ exchange, respond, path, query }))) return;
    respond(404, 'text/plain; charset=utf-8', '404 page not found\n');
  };
  if (isLongRunning(request)) {
    await run();
    return undefined;
  }
  const release = options.inFlight.enter(['get', 'list'].includes(verb) ? 'read' : 'write');
  if (release === undefined) throw tooManyRequestsError(1);
  try {
    await run();
    return undefined;
  } finally {
    release();
  }
}

function sendError({ log }: RestServerOptions, exchange: Exchange, error: unknown): number {
  if (!(error instanceof ApiError)) {
    log.error({ err: error, method: exchange.method, target: exchange.target }, 'request failed');
  }
  const failure =
    error instanceof ApiError ? error : internalError('the server log has the details');
  if (exchange.hasResponded) return failure.code;
  const retryAfter = failure.status.details?.retryAfterSeconds;
  exchange.respond(
    failure.code,
    {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      ...(retryAfter ? { 'retry-after': String(retryAfter) } : {}),
    },
    renderStatus(failure.status),
  );
  return failure.code;
}
