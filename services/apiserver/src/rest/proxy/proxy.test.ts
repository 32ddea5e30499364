import { describe, expect, test } from 'vitest';
import { requestHeaders, responseHeaders } from './headers.ts';
import { rewriteLocation } from './location.ts';
import { isReachable } from './reachable.ts';
import { parseProxyPath, splitPlace } from './path.ts';

describe('a path through the proxy', () => {
  test('names what is behind it, and keeps the rest as it was sent', () => {
    expect(parseProxyPath('/api/v1/namespaces/ns/pods/https:web:8443/proxy/a%2Fb//c/')).toEqual({
      group: '',
      version: 'v1',
      namespace: 'ns',
      resource: 'pods',
      name: 'https:web:8443',
      subresource: 'proxy',
      prefix: '/api/v1/namespaces/ns/pods/https:web:8443/proxy',
      rest: '/a%2Fb//c/',
    });
    expect(parseProxyPath('/api/v1/nodes/n%3A10250/proxy')).toMatchObject({
      resource: 'nodes',
      namespace: '',
      name: 'n:10250',
      rest: '',
    });
  });
  test.each([
    '/api/v1/namespaces/ns/pods/web/log',
    '/api/v1/pods/web/proxy/',
    '/api/v1/namespaces/ns/pods/web/proxying',
    '/apis/v1/namespaces/ns/pods/web/proxy',
    '/api/v1/namespaces/ns/pods/%zz/proxy',
  ])('%s is none', (path) => expect(parseProxyPath(path)).toBeUndefined());
});

test('what is this server’s own, or a name, is not reachable', () => {
  const closed = ['127.0.0.1', '0.0.0.0', '169.254.169.254', '224.0.0.1', '255.255.255.255'];
  const closed6 = ['::1', '::', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:7f00:1'];
  for (const address of [...closed, ...closed6, 'localhost', 'example.com', '']) {
    expect(isReachable(address), address).toBe(false);
  }
  for (const address of ['10.0.0.1', '172.20.0.3', '198.51.100.7', '2001:db8::1', 'fd00::1']) {
    expect(isReachable(address), address).toBe(true);
  }
});

test('scheme, name and port', () => {
  expect(splitPlace('web')).toEqual({ scheme: 'http', name: 'web', port: '' });
  expect(splitPlace('web:http')).toEqual({ scheme: 'http', name: 'web', port: 'http' });
  expect(splitPlace('https:web:')).toEqual({ scheme: 'https', name: 'web', port: '' });
  expect(splitPlace(':web:80')).toEqual({ scheme: 'http', name: 'web', port: '80' });
  expect(['', ':80', 'ftp:web:21', 'a:b:c:d'].map(splitPlace)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

describe('headers of a request', () => {
  const request = {
    peerAddress: '192.0.2.1',
    path: '/api/v1/nodes/n/proxy/pods',
    host: 'localhost:6443',
    upgrade: '',
    hasBody: false,
  };
  const sent = (rawHeaders: string[], more: Partial<typeof request> = {}) => {
    const headers = requestHeaders({ ...request, ...more, rawHeaders });
    return headers.flatMap((name, index) =>
      index % 2 === 0 ? `${name}: ${headers[index + 1]}` : [],
    );
  };

  test('credentials and what is about the connection stay here', () => {
    const raw = [
      ':method', 'GET', 'Host', 'elsewhere', 'Authorization', 'Bearer secret', 'Impersonate-User', 'me',
      'X-Remote-User', 'root', 'Connection', 'keep-alive, X-Private', 'X-Private', '1', 'TE', 'gzip',
      'Keep-Alive', 'timeout=5', 'Accept', '*/*', 'X-Forwarded-Uri', '/lie',
    ]; // prettier-ignore
    expect(sent(raw)).toEqual([
      'Host: localhost:6443',
      'accept: */*',
      'X-Forwarded-For: 192.0.2.1',
      'X-Forwarded-Uri: /api/v1/nodes/n/proxy/pods',
      'Connection: close',
    ]);
  });
  test('a client that is a proxy itself has named its own client', () => {
    expect(sent(['X-Forwarded-For', '198.51.100.7'])).toContain(
      'X-Forwarded-For: 198.51.100.7, 192.0.2.1',
    );
  });
  test('an upgrade is asked for, without the token of a browser', () => {
    const token = `base64url.bearer.authorization.k8s.io.${Buffer.from('secret').toString('base64url')}`;
    const headers = sent(['Sec-WebSocket-Protocol', `chat, ${token}`, 'Upgrade', 'websocket'], {
      upgrade: 'websocket',
    });
    expect(headers).toContain('sec-websocket-protocol: chat');
    expect(headers).toContain('Upgrade: websocket');
    expect(headers.join()).not.toContain('bearer');
  });
  test('cookies that came one by one go as one', () => {
    expect(sent(['cookie', 'a=1', 'cookie', 'b=2'])).toContain('Cookie: a=1; b=2');
  });
  test('a body of unknown length goes in chunks', () => {
    expect(sent([], { hasBody: true })).toContain('Transfer-Encoding: chunked');
    expect(sent(['Content-Length', '3'], { hasBody: true })).not.toContain(
      'Transfer-Encoding: chunked',
    );
  });
});

test('headers of an answer lose their connection and their origins, and may be many of a name', () => {
  const raw = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Connection', 'close', 'Location', '/x'];
  raw.push('Access-Control-Allow-Origin', '*', 'Transfer-Encoding', 'chunked');
  expect(responseHeaders(raw, (location) => `/proxy${location}`)).toEqual({
    'set-cookie': ['a=1', 'b=2'],
    location: '/proxy/x',
  });
});

test.each([
  ['/login?next=/', '/p/proxy/login?next=/'],
  ['http://10.244.1.7:8080/login', '/p/proxy/login'],
  ['https://localhost:6443/login#top', 'https://localhost:6443/p/proxy/login#top'],
  ['/p/proxy/already', '/p/proxy/already'],
  ['/p/proxying', '/p/proxy/p/proxying'],
  ['https://example.com/elsewhere', 'https://example.com/elsewhere'],
  ['next', 'next'],
  ['', ''],
])('the location %s is behind the proxy at %s', (location, expected) => {
  const view = {
    prefix: '/p/proxy',
    backendHost: '10.244.1.7:8080',
    clientHost: 'localhost:6443',
  };
  expect(rewriteLocation(location, view)).toBe(expected);
});
