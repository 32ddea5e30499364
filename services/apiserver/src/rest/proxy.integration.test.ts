/** Requests through the apiserver to what runs in pods: a web server of the test plays the pod. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { freePort } from '@drydock/testing/ports';
import {
  playedPodAddress,
  startPlayedCluster,
  type PlayedCluster,
} from '../testing/played-agent.ts';

let etcd: TestEtcd;
let cluster: PlayedCluster;
let web: Server;
let secure: Server;
let agent: Agent;
let port: number;
/** Requests that the web server holds open, by their paths. */
const held = new Map<string, { request: IncomingMessage; response: ServerResponse }>();

const podPath = (place: string) => `/api/v1/namespaces/default/pods/${place}/proxy`;
const servicePath = (place: string) => `/api/v1/namespaces/default/services/${place}/proxy`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url!.split('?')[0]!;
  if (path.startsWith('/held')) {
    held.set(path, { request, response });
    return;
  }
  if (path === '/redirect')
    response.writeHead(302, { location: `http://${playedPodAddress}:${port}/to` });
  else if (path === '/page' || path === '/gzip') {
    const page = Buffer.from('<h1>é</h1><a href="/next">next</a><img src="near.png">');
    const encoding = path === '/gzip' ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...encoding });
    response.end(path === '/gzip' ? gzipSync(page) : page);
    return;
  } else if (path === '/cookies') response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
  else if (path === '/broken') {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half of it', () => request.socket.destroy());
    return;
  } else if (path === '/hang-up') {
    request.socket.destroy();
    return;
  } else if (path === '/teapot') response.writeHead(418);
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body: await text(request) }));
}

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startPlayedCluster(etcd);
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response);
  web = createServer(handler).listen(0, '127.0.0.1');
  await once(web, 'listening');
  port = (web.address() as AddressInfo).port;
  const sockets = new WebSocketServer({ noServer: true });
  web.on('upgrade', (request, socket, head) => {
    if (request.url === '/forbidden') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(`hello ${request.url}`);
      client.on('message', (data) => client.send(data));
    });
  });
  const { cert, key } = await cluster.server.authority.issue({ commonName: 'web' });
  secure = createTlsServer({ cert, key }, handler).listen(0, '127.0.0.1');
  await once(secure, 'listening');
  await cluster.runPod('web', {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'web', ports: [{ containerPort: port }] }] },
  });
  agent = new Agent({
    keepAlive: false,
    ...(await cluster.server.certificate('admin', 'system:masters')),
  });
});
afterAll(async () => {
  web.closeAllConnections();
  web.close();
  secure.closeAllConnections();
  secure.close();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});
afterEach(async () => {
  await eventually('every connection is closed', async () => {
    const metrics = await cluster.server.metrics.metrics();
    return /^apiserver_streams\{subresource="proxy"\} 0$/m.test(metrics);
  });
});

/** Over HTTP/1.1, as most clients of proxies are. */
function begin(path: string, options: RequestOptions = {}) {
  return httpsRequest({
    host: 'localhost',
    port: cluster.server.server.securePort,
    path,
    agent,
    ...options,
  });
}
async function ask(
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
  body?: string,
) {
  // Of its own accord Node frames no body of a DELETE.
  const length = body === undefined ? {} : { 'content-length': body.length };
  const request = begin(path, { method, headers: { ...headers, ...length } });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { code: response.statusCode, headers: response.headers, text: await text(response) };
}

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}
const echoOf = (text: string) => JSON.parse(text) as Echo;

describe('a request to a pod', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'goes on as %s',
    async (method) => {
      const body = method === 'GET' ? undefined : 'a body';
      const answer = await ask(`${podPath('web')}/a%2Fb?x=1&watch=true`, { method }, body);
      expect(answer.code).toBe(200);
      expect(echoOf(answer.text)).toMatchObject({
        method,
        url: '/a%2Fb?x=1&watch=true',
        body: body ?? '',
      });
    },
  );
  test('goes on with a target that HTTP/1.1 could not say', async () => {
    const answer = await cluster.admin.request('GET', `${podPath('web')}/caf\u00e9`);
    expect(answer.code).toBe(200);
    expect(echoOf(answer.text).url).toMatch(/^\/caf(%[0-9A-F]{2})+$/);
  });
  test('a HEAD goes on', async () => {
    expect((await cluster.admin.request('HEAD', `${podPath('web')}/`)).code).toBe(200);
  });
  test('goes on over HTTP/2, too', async () => {
    const sent = { body: 'a body', headers: { 'content-type': 'text/plain' } };
    const answer = await cluster.admin.request('POST', `${podPath(`web:${port}`)}/over`, sent);
    expect(answer.code).toBe(200);
    const echo = echoOf(answer.text);
    expect(echo).toMatchObject({ method: 'POST', url: '/over', body: 'a body' });
    expect(echo.headers).toMatchObject({ 'content-type': 'text/plain' });
    expect(echo.headers['host']).toMatch(/^localhost:\d+$/);
  });
  test('tells the pod who asked and where, and not how it proved that', async () => {
    const headers = { authorization: 'Bearer secret', 'x-forwarded-for': '198.51.100.7' };
    const { headers: seen } = echoOf((await ask(`${podPath('web')}/folder/`, { headers })).text);
    expect(seen['authorization']).toBeUndefined();
    expect(seen['x-forwarded-for']).toBe('198.51.100.7, 127.0.0.1');
    expect(seen['x-forwarded-uri']).toBe('/api/v1/namespaces/default/pods/web/proxy/folder/');
  });
  test('brings back codes and headers, and addresses as they are good for the client', async () => {
    expect((await ask(`${podPath('web')}/teapot`)).code).toBe(418);
    const { headers } = await ask(`${podPath('web')}/cookies`);
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const redirect = await ask(`${podPath('web')}/redirect`);
    expect(redirect.code).toBe(302);
    expect(redirect.headers.location).toBe(`${podPath('web')}/to`);
  });
  test('brings pages whose links lead through the proxy', async () => {
    const page = `<h1>é</h1><a href="${podPath('web')}/next">next</a><img src="near.png">`;
    expect((await ask(`${podPath('web')}/page`)).text).toBe(page);
    const request = begin(`${podPath('web')}/gzip`);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(gunzipSync(await buffer(response)).toString()).toBe(page);
    expect((await ask(`${podPath('web')}/page`, { method: 'HEAD' })).code).toBe(200);
  });
  test('without its last slash is sent to the folder', async () => {
    const answer = await ask(`${podPath('web')}?a=b`);
    expect([answer.code, answer.headers.location]).toEqual([301, `${podPath('web')}/?a=b`]);
  });
  test('reaches a server that speaks TLS', async () => {
    const place = `https:web:${(secure.address() as AddressInfo).port}`;
    expect(echoOf((await ask(`${podPath(place)}/safe`)).text).url).toBe('/safe');
  });
  test('flows both ways before it is whole', async () => {
    const request = begin(`${podPath('web')}/held/stream`, { method: 'POST' });
    request.write('first');
    const { request: seen, response } = await eventually('the pod has it', () =>
      held.get('/held/stream'),
    );
    expect(String((await once(seen, 'data'))[0])).toBe('first');
    response.writeHead(200);
    response.write('early');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('early');
    request.end('last');
    expect(String((await once(seen, 'data'))[0])).toBe('last');
    response.end('late');
    expect(await text(answer)).toBe('late');
  });
  test('ends in the pod when its client goes', async () => {
    const request = begin(`${podPath('web')}/held/left`);
    request.on('error', () => undefined);
    request.end();
    const { response } = await eventually('the pod has it', () => held.get('/held/left'));
    const closed = once(response, 'close');
    request.destroy();
    await closed;
  });
});

test('a client that goes on in no HTTP is refused, and leaves nothing behind', async () => {
  const request = begin(`${podPath('web')}/`, { method: 'DELETE' });
  // Node frames no body of a DELETE of its own accord.
  request.end('no request');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(400);
  response.resume();
});

describe('an answer that breaks off', () => {
  test('is shown to be broken', async () => {
    const request = begin(`${podPath('web')}/broken`);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await expect(text(response)).rejects.toThrow('aborted');
  });
  test('before it has begun is one that could not be had', async () => {
    const answer = await ask(`${podPath('web')}/hang-up`);
    expect(answer.code).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({
      reason: 'ServiceUnavailable',
      message: 'error trying to reach service: EOF',
    });
  });
});

test.each([
  ['web', 200],
  [':web:', 200],
  ['a:b:c:d', 400, 'invalid pod request "a:b:c:d"'],
  ['nobody', 404, 'pods "nobody" not found'],
  ['web:name', 503, 'error trying to reach service: dial tcp: lookup tcp/name: unknown port'],
])('%s is answered with %i', async (place, code, message = '') => {
  const answer = await ask(`${podPath(place)}/`);
  expect(answer.code).toBe(code);
  expect(answer.text).toContain(JSON.stringify(message).slice(1, -1));
});
test('a port that nobody listens on is told in the words of the original', async () => {
  const closed = await freePort();
  const answer = await ask(`${podPath(`web:${closed}`)}/`);
  expect(answer.code).toBe(503);
  expect(answer.headers['retry-after']).toBeUndefined();
  expect((JSON.parse(answer.text) as { message: string }).message).toBe(
    `error trying to reach service: dial tcp ${playedPodAddress}:${closed}: connect: connection refused`,
  );
});

describe('a request to a service', () => {
  const create = async (path: string, body: unknown) => {
    const answer = await cluster.admin.request('POST', path, { body });
    expect(answer.code, answer.text).toBe(201);
  };
  const service = (name: string, ports: readonly object[]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports },
  });
  beforeAll(async () => {
    const services = '/api/v1/namespaces/default/services';
    await create(
      services,
      service('web', [
        { name: 'http', port: 80 },
        { name: 'other', port: 81 },
      ]),
    );
    await create(services, service('empty', [{ port: 80 }]));
    await create(services, service('by-hand', [{ port: 80 }]));
    await create('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port }],
      endpoints: [
        { addresses: ['10.244.9.1'], targetRef: { kind: 'Pod', name: 'gone' } },
        { addresses: ['10.244.9.2'], conditions: { ready: false } },
        { addresses: [playedPodAddress], targetRef: { kind: 'Pod', name: 'web' } },
      ],
    });
    await create('/api/v1/namespaces/default/endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'by-hand' },
      subsets: [
        {
          addresses: [{ ip: playedPodAddress, targetRef: { kind: 'Pod', name: 'web' } }],
          ports: [{ port }],
        },
      ],
    });
  });

  test.each(['web:http', 'web:80', 'http:web:80', 'by-hand', 'by-hand:80'])(
    'reaches a pod that is ready: %s',
    async (place) => {
      expect(echoOf((await ask(`${servicePath(place)}/x`)).text).url).toBe('/x');
    },
  );
  test.each([
    ['nobody', 404, 'services "nobody" not found'],
    ['empty:80', 503, 'no endpoints available for service "empty"'],
    ['web', 503, 'no endpoints available for service "web"'],
    ['web:81', 503, 'no endpoints available for service "web"'],
    ['web:82', 503, 'no service port 82 found for service "web"'],
    ['ftp:web:80', 400, 'invalid service request "ftp:web:80"'],
  ])('%s is answered with %i', async (place, code, message) => {
    const answer = await ask(`${servicePath(place)}/`);
    expect(answer.code).toBe(code);
    expect((JSON.parse(answer.text) as { message: string }).message).toBe(message);
  });
});

describe('a WebSocket through the proxy', () => {
  const open = (path: string) =>
    new WebSocket(`wss://localhost:${cluster.server.server.securePort}${podPath('web')}${path}`, {
      agent,
    });
  test('is the pod’s', async () => {
    const socket = open('/chat');
    const [hello] = (await once(socket, 'message')) as [Buffer];
    expect(hello.toString()).toBe('hello /chat');
    const large = 'x'.repeat(300_000);
    socket.send(large);
    const [echoed] = (await once(socket, 'message')) as [Buffer];
    expect(echoed.toString() === large).toBe(true);
    socket.close();
    await once(socket, 'close');
  });
  test('is refused as the pod refuses it', async () => {
    const socket = open('/forbidden');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(403);
    expect(await text(response)).toBe('no');
  });
});

test('what a method may do is a verb of pods/proxy', async () => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] }],
  };
  const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
  await cluster.admin.request('POST', `${path}/roles`, { body: role });
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }],
  };
  await cluster.admin.request('POST', `${path}/rolebindings`, { body: binding });
  using reader = await cluster.server.client('reader');
  await eventually('the role is known', async () => {
    return (await reader.request('GET', `${podPath('web')}/`)).code === 200;
  });
  const refused = await reader.request('POST', `${podPath('web')}/`, { body: '{}' });
  expect(refused.code).toBe(403);
  expect(refused.text).toContain('cannot create resource \\"pods/proxy\\"');
});
