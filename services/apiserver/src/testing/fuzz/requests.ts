/**
 * Requests over every route of the server: valid, nearly valid and hostile, as a function of a seed.
 *
 * Names are drawn from few, so that requests meet each other's objects.
 */
import { groupVersion, reviews, type KindDefinition } from '@drydock/api';
import { encodeMessage, envelope, servedKinds } from '@drydock/api/testing';
import type { Random } from '@drydock/ports';
import { damaged, hostileBody, patchMediaTypes, type Body } from './bytes.ts';

export interface FuzzRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** What the client does besides waiting for the answer. */
  readonly manner: 'waits' | 'leaves' | 'resets' | 'half';
}

export interface FuzzWorld {
  /** A body that a create takes, of a kind. */
  readonly bodyOf: (kind: KindDefinition, random: Random) => Record<string, unknown>;
  /** Writes change nothing. */
  readonly isDry: boolean;
}

export const fuzzNamespace = 'fuzz';
const names = ['a', 'b', 'c'];
const methods = ['GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE', 'HEAD'];
const oddMethods = ['OPTIONS', 'TRACE', 'PROPFIND', 'get', 'BREW', 'PURGE'];

const oddNames = [
  '.',
  '..',
  '%2e%2e',
  '%2F',
  'a%2Fb',
  '%00',
  '%',
  '%zz',
  '%c0%af',
  'A',
  'a b',
  '%F0%9F%99%82',
  '*',
  'x'.repeat(254),
  'x'.repeat(9_000),
  '__proto__',
  'constructor',
  ';a=b',
];

const oddPaths = [
  '/',
  '//',
  '/api',
  '/api/',
  '/api/v1',
  '/api/v1/',
  '/api/v2',
  '/apis',
  '/apis/',
  '/apis/apps',
  '/apis/apps/v1',
  '/apis/apps/v1/',
  '/apis/nope/v1',
  '/apis/metrics.k8s.io/v1beta1/pods',
  '/apis/__proto__/v1/pods',
  '/apis/apps/__proto__',
  '/version',
  '/version/x',
  '/healthz',
  '/livez/ping',
  '/readyz?verbose&exclude=etcd',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openapi/v3/api/v1',
  '/openapi/v3/apis/apps/v1?hash=1',
  '/openapi/v3/__proto__',
  '/openid/v1/jwks',
  '/.well-known/openid-configuration',
  '/logs/../etc/passwd',
  '/api/v1/namespaces//pods',
  '/api/v1/namespaces/fuzz/pods//log',
  '/api/v1/proxy/x',
  '/api/v1/watch/pods',
  '/api/v1/nodes/a/proxy/x',
  '*',
  '/%',
  '/api/v1/%70ods',
  `/${'a/'.repeat(3_000)}`,
];

const streams = ['exec', 'attach', 'portforward', 'proxy'];

const queryValues: Readonly<Record<string, readonly string[]>> = {
  watch: ['true', '1', 'false', '', 'yes'],
  timeoutSeconds: ['1', '0', '-1', '1e9', 'x'],
  resourceVersion: ['', '0', '1', '99999999', '-1', 'x', '18446744073709551616', '999999999999999'],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'x', ''],
  sendInitialEvents: ['true', 'false', 'x'],
  allowWatchBookmarks: ['true', 'x'],
  limit: ['1', '2', '0', '-1', 'x', '99999999999'],
  continue: ['x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJcdTAwMDAifQ', '%00', 'e30'],
  labelSelector: ['a=b', 'a in (', '!', 'a in (b,c),d!=e', 'x>1', '%', '__proto__=1', '((((('],
  fieldSelector: [
    'metadata.name=a',
    'spec.nodeName=',
    'x=',
    '=',
    'metadata.name!=',
    '__proto__=1',
    '\\',
  ],
  fieldManager: ['me', '', 'x'.repeat(200), '\u0000'],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'x'],
  force: ['true', 'false', 'x'],
  dryRun: ['All', 'x', ''],
  pretty: ['true'],
  gracePeriodSeconds: ['0', '-1', 'x', '1e3', '99999999999999999999'],
  propagationPolicy: ['Foreground', 'Orphan', 'Background', 'x'],
  orphanDependents: ['true', 'x'],
  includeObject: ['None', 'Object', 'x'],
  container: ['c0', 'x', ''],
  command: ['ls', ''],
  stdin: ['true'],
  stdout: ['true', 'x'],
  tty: ['1'],
  ports: ['80', '0', 'x', '80,81'],
  tailLines: ['1', '-1', 'x'],
  follow: ['true'],
  sinceTime: ['2026-01-01T00:00:00Z', 'x'],
  limitBytes: ['1', 'x'],
  as: ['x'],
};

const accepts = [
  'application/json',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/vnd.kubernetes.protobuf',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'text/html,*/*;q=0.1',
  '*/*',
  ',,;;q=,',
  'application/json;q=nan',
  ';'.repeat(3_000),
];

const oddHeaders: readonly (readonly [string, readonly string[]])[] = [
  ['accept', accepts],
  ['accept-encoding', ['gzip', 'br, gzip;q=0', '*']],
  ['impersonate-user', ['jane', 'system:masters', 'system:serviceaccount:fuzz:a', '']],
  ['impersonate-group', ['system:masters', 'x']],
  ['impersonate-uid', ['u']],
  ['impersonate-extra-%', ['x']],
  ['authorization', ['Bearer x', 'Bearer ', 'Basic eDp5', 'Bearer a.b.c', 'Negotiate']],
  ['content-type', ['', ';', 'application/json', 'x/y', 'application/vnd.kubernetes.protobuf']],
  ['user-agent', ['', 'kubectl/v1.32', '\u00ff', 'x'.repeat(2_000)]],
  ['if-none-match', ['*', '"x"']],
  ['range', ['bytes=0-1']],
  ['x-stream-protocol-version', ['v5.channel.k8s.io', 'x']],
  ['sec-websocket-protocol', ['v5.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io']],
];

const segment = (random: Random) =>
  random.chance(0.05) ? random.pick(oddNames) : random.pick(names);

function resourcePath(
  random: Random,
  method: string,
): { path: string; kind: KindDefinition | undefined } {
  const kind = random.pick(servedKinds);
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${groupVersion(kind)}`;
  const isScoped = kind.namespaced !== random.chance(0.02);
  const namespace = random.chance(0.02) ? random.pick([...oddNames, 'default']) : fuzzNamespace;
  const place = isScoped && random.chance(0.95) ? `/namespaces/${namespace}` : '';
  let path = `${root}${place}/${kind.resource}`;
  // Objects are created in collections, and changed by their names.
  const isCreate = method === 'POST' && random.chance(0.7);
  if (!isCreate && random.chance(0.85)) path += `/${segment(random)}`;
  if (!isCreate && random.chance(0.3)) {
    const own = kind.subresources.map(({ name }) => name);
    path += `/${random.pick([...own, ...own, 'status', 'scale', 'x', ...streams])}`;
  }
  if (random.chance(0.03)) path += `/${segment(random)}`;
  return { path, kind };
}

function targetOf(
  random: Random,
  method: string,
): { path: string; kind: KindDefinition | undefined } {
  if (random.chance(0.08)) return { path: random.pick(oddPaths), kind: undefined };
  if (random.chance(0.05)) {
    const review = random.pick(reviews);
    const place = review.namespaced ? `/namespaces/${fuzzNamespace}` : '';
    return { path: `/apis/${groupVersion(review)}${place}/${review.resource}`, kind: undefined };
  }
  return resourcePath(random, method);
}

function queryOf(random: Random): URLSearchParams {
  const query = new URLSearchParams();
  if (random.chance(0.65)) return query;
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    const name = random.pick(Object.keys(queryValues));
    // The first one is the sound one.
    const values = queryValues[name]!;
    query.append(name, random.chance(0.5) ? values[0]! : random.pick(values));
  }
  return query;
}

/** What belongs to a subresource, or to a review. */
const otherBodies: readonly object[] = [
  { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'a' }, spec: { replicas: 2 } },
  { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: 'a' } },
  { kind: 'Eviction', apiVersion: 'policy/v1', deleteOptions: { gracePeriodSeconds: -5 } },
  {
    kind: 'Binding',
    apiVersion: 'v1',
    metadata: { name: 'a' },
    target: { name: 'n', kind: 'Node' },
  },
  { spec: { audiences: ['a'], expirationSeconds: 600 } },
  { spec: { expirationSeconds: -1, boundObjectRef: { kind: 'Pod', name: 'a', apiVersion: 'v1' } } },
  { spec: { token: 'x', audiences: [''] } },
  { spec: { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } } },
  { spec: { user: 'x', groups: ['a'], nonResourceAttributes: { path: '/', verb: 'get' } } },
  { spec: { namespace: 'fuzz' } },
  { kind: 'DeleteOptions', preconditions: { uid: 'x' }, propagationPolicy: 'Foreground' },
  { gracePeriodSeconds: 0, dryRun: ['All', 'x'], orphanDependents: true },
];

function renamed(body: Record<string, unknown>, path: string): Record<string, unknown> {
  const inNamespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  const name = /\/(a|b|c)(?:$|\/)/.exec(path)?.[1];
  const { namespace: _namespace, ...metadata } = body['metadata'] as Record<string, unknown>;
  return {
    ...body,
    metadata: {
      ...metadata,
      ...(name === undefined ? {} : { name }),
      ...(inNamespace === undefined ? {} : { namespace: inNamespace }),
    },
  };
}

function validBodyOf(
  kind: KindDefinition,
  {
    path,
    method,
    random,
    world,
  }: { path: string; method: string; random: Random; world: FuzzWorld },
): Body {
  const own = renamed(world.bodyOf(kind, random), path);
  if (method !== 'PATCH') {
    own['metadata'] = {
      ...(own['metadata'] as object),
      name: random.pick(names),
      ...pathName(path),
    };
  }
  if (method === 'PATCH') {
    return { contentType: random.pick(patchMediaTypes), bytes: Buffer.from(JSON.stringify(own)) };
  }
  if (random.chance(0.15) && kind.view === undefined) {
    const message = encodeMessage(own, kind.schema);
    const bytes = Buffer.from(envelope(groupVersion(kind), kind.kind, message));
    return { contentType: 'application/vnd.kubernetes.protobuf', bytes };
  }
  return { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(own)) };
}

function pathName(path: string): { name?: string } {
  const name = /\/(a|b|c)(?:$|\/)/.exec(path)?.[1];
  return name === undefined ? {} : { name };
}

export function drawRequest(random: Random, world: FuzzWorld): FuzzRequest {
  const method = random.chance(0.03) ? random.pick(oddMethods) : random.pick(methods);
  const { path, kind } = targetOf(random, method);
  const query = queryOf(random);
  // Watches and logs that follow end soon.
  if (query.has('watch')) query.set('timeoutSeconds', '1');
  const isWrite = !['GET', 'HEAD'].includes(method);
  if (world.isDry && isWrite) query.set('dryRun', 'All');
  const headers: Record<string, string> = {};
  for (const [name, values] of oddHeaders)
    if (random.chance(0.015)) headers[name] = random.pick(values);
  let body: Body | undefined;
  if (isWrite || random.chance(0.03)) {
    const draw = random.float();
    if (kind !== undefined && draw < 0.55)
      body = validBodyOf(kind, { path, method, random, world });
    else if (draw < 0.72) {
      body = {
        contentType: 'application/json',
        bytes: Buffer.from(JSON.stringify(random.pick(otherBodies))),
      };
    } else if (draw < 0.95) body = hostileBody(random);
    if (body !== undefined && random.chance(0.12)) {
      body = { ...body, bytes: damaged(body.bytes, random) };
    }
  }
  if (body !== undefined) {
    if (body.contentType !== '') headers['content-type'] ??= body.contentType;
    if (body.contentEncoding !== undefined) headers['content-encoding'] = body.contentEncoding;
  }
  const search = query.toString();
  const manner = random.chance(0.9) ? 'waits' : random.pick(['leaves', 'resets', 'half'] as const);
  return {
    method,
    target: search === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${search}`,
    headers,
    body: body?.bytes,
    manner: manner === 'half' && body === undefined ? 'waits' : manner,
  };
}
