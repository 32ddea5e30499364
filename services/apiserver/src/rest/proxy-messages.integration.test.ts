/**
 * What belongs to a message beside its head and body, on its way through the proxy: trailers, answers
 * before the answer, and the client's connection, which is good for the next request.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http2';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEtcd, type TestEtcd } from '../testing/etcd.ts';
import { startPlayedCluster, type PlayedCluster } from '../testing/played-agent.ts';

const path = '/api/v1/namespaces/default/pods/web/proxy';

let etcd: TestEtcd;
let cluster: PlayedCluster;
let web: Server;
let agent: Agent;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (request.url) {
    case '/announced':
      if (request.method === 'HEAD') {
        // As servers of other makes answer it; Node's own would not.
        const head = 'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n';
        request.socket.end(head);
        return;
      }
      response.writeHead(200, { trailer: 'X-Sum' });
      response.write('a body');
      response.addTrailers({ 'X-Sum': '42' });
      break;
    case '/unannounced':
      response.writeHead(200);
      response.write('a body');
      response.addTrailers({ 'X-Sum': '43' });
      break;
    case '/hints':
      response.writeProcessing();
      response.writeEarlyHints({ link: '</style.css>; rel=preload', 'x-more': 'yes' });
      response.writeHead(200);
      break;
    default: {
      const body = await text(request);
      const { headers, trailers } = request;
      response.end(JSON.stringify({ headers, trailers, body }));
      return;
    }
  }
  response.end();
}

beforeAll(async () => {
  etcd = await startTestEtcd(1);
  cluster = await startPlayedCluster(etcd);
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void answer(request, response);
  web = createServer(handler).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const ports = [{ containerPort: (web.address() as AddressInfo).port }];
  await cluster.runPod('web', { spec: { containers: [{ name: 'main', image: 'web', ports }] } });
  agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ...(await cluster.server.certificate('admin', 'system:masters')),
  });
});
afterAll(async () => {
  agent.destroy();
  web.closeAllConnections();
  web.close();
  await cluster[Symbol.asyncDispose]();
  await etcd[Symbol.asyncDispose]();
});

const begin = (place: string, options: RequestOptions = {}) =>
  httpsRequest({
    host: 'localhost',
    port: cluster.server.server.securePort,
    path: `${path}${place}`,
    agent,
    ...options,
  });

async function take(place: string, options: RequestOptions = {}) {
  const request = begin(place, options);
  const hints: [number, string | undefined][] = [];
  request.on('information', ({ statusCode, headers }) =>
    hints.push([statusCode, headers['link'] as string | undefined]),
  );
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const body = await text(response);
  const { headers, trailers } = response;
  return { headers, trailers, body, hints, socket: request.socket, reused: request.reusedSocket };
}

describe('trailers', () => {
  test('come through, announced or not', async () => {
    const announced = await take('/announced');
    expect(announced.headers['trailer']).toBe('X-Sum');
    expect([announced.body, announced.trailers]).toEqual(['a body', { 'x-sum': '42' }]);
    const other = await take('/unannounced');
    expect([other.body, other.trailers]).toEqual(['a body', { 'x-sum': '43' }]);
  });

  test('come through HTTP/2', async () => {
    const stream = cluster.admin.session.request({ ':path': `${path}/announced` });
    let trailers: IncomingHttpHeaders | undefined;
    stream.on('trailers', (received) => {
      trailers = received;
    });
    expect(await text(stream)).toBe('a body');
    await eventually('they are there', () => trailers?.['x-sum'] === '42');
  });

  test('of no body are left out', async () => {
    expect((await take('/announced', { method: 'HEAD' })).body).toBe('');
  });

  test('of a request reach the pod, which learns that its own are welcome', async () => {
    const headers = { trailer: 'X-Mine', te: 'trailers, deflate' };
    const request = begin('/echo', { method: 'POST', headers });
    request.write('a body');
    request.addTrailers({ 'X-Mine': '7' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(response))).toMatchObject({
      headers: { te: 'trailers', trailer: 'X-Mine' },
      trailers: { 'x-mine': '7' },
      body: 'a body',
    });
  });

  test('of a request over HTTP/2 reach the pod', async () => {
    const head = { ':path': `${path}/echo`, ':method': 'POST', trailer: 'x-mine' };
    const stream = cluster.admin.session.request(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-mine': '8' }));
    stream.end('a body');
    expect(JSON.parse(await text(stream))).toMatchObject({
      trailers: { 'x-mine': '8' },
      body: 'a body',
    });
  });
});

describe('answers before the answer', () => {
  const seen = [
    [102, undefined],
    [103, '</style.css>; rel=preload'],
  ];

  test('come through', async () => {
    expect((await take('/hints')).hints).toEqual(seen);
  });

  test('come through HTTP/2', async () => {
    const stream = cluster.admin.session.request({ ':path': `${path}/hints` });
    const hints: unknown[] = [];
    stream.on('headers', (head) => hints.push([head[':status'], head['link']]));
    await text(stream);
    expect(hints).toEqual(seen);
  });

  test('a client that waits before it sends its body is told to go on', async () => {
    const headers = { expect: '100-continue', 'content-length': 6 };
    const request = begin('/echo', { method: 'POST', headers });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('a body');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(response))).toMatchObject({ body: 'a body' });
  });
});

describe('the connection of a client', () => {
  test('is good for the next request', async () => {
    const first = await take('/echo');
    const second = await take('/announced');
    const third = await take('/echo');
    expect([second.reused, third.reused]).toEqual([true, true]);
    expect(third.socket).toBe(first.socket);
    expect(first.headers['connection']).toBe('keep-alive');
  });

  test('takes several requests at once, and answers them in their order', async () => {
    const { cert, key, ca } = await cluster.server.certificate('admin', 'system:masters');
    const port = cluster.server.server.securePort;
    const plain = connect(port, 'localhost');
    const tls = connectTls({
      socket: plain,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
      cert,
      key,
      ca,
    });
    await once(tls, 'secureConnect');
    const head = (place: string, more = '') =>
      `GET ${path}${place} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    tls.write(head('/announced') + head('/echo', 'X-Second: yes\r\nConnection: close\r\n'));
    const received = await text(tls);
    expect(received.match(/^HTTP\/1\.1 200 OK\r$/gm)).toHaveLength(2);
    expect(received.indexOf('x-sum: 42')).toBeLessThan(received.indexOf('"x-second":"yes"'));
    expect(received).toMatch(/x-sum: 42/);
  });
});
