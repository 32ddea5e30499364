import { silentLogger } from '@drydock/ports';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCore, type TestCore } from '../../testing/member-core.ts';
import { createKvService } from '../kv-service.ts';
import { createWatchService } from '../watch-service.ts';
import type { Exchange } from './exchange.ts';
import { createGateway, type Gateway } from './gateway.ts';

let member: TestCore;
let gateway: Gateway;
let isAuthEnabled = false;

beforeAll(async () => {
  member = await startTestCore();
  gateway = createGateway({
    services: [createKvService(member.core), createWatchService(member.core)],
    bytesMax: 1_000,
    isAuthEnabled: () => isAuthEnabled,
    log: silentLogger,
  });
});
afterAll(() => member[Symbol.asyncDispose]());

function open(path: string, more: Partial<Pick<Exchange, 'method' | 'commonName'>> = {}) {
  let status = 0;
  let body = '';
  let isOver = false;
  let onBody = (_chunk: Buffer, _isLast: boolean) => {};
  const closing: (() => void)[] = [];
  const close = () => {
    if (isOver) return;
    isOver = true;
    for (const listener of closing) listener();
  };
  gateway({
    method: 'POST',
    path,
    authorization: undefined,
    commonName: '',
    isReady: true,
    get isClosed() {
      return isOver;
    },
    onBody: (listener) => {
      onBody = listener;
    },
    onReady: () => {},
    onClose: (listener) => void closing.push(listener),
    start: (code) => {
      status = code;
    },
    write: (text) => {
      body += text;
    },
    end: close,
    ...more,
  });
  return {
    send: (text: string) => onBody(Buffer.from(text), false),
    finish: () => onBody(Buffer.alloc(0), true),
    close,
    lines: () => body.split('\n').filter((line) => line !== ''),
    answer: async () => {
      await eventually('an answer', () => isOver);
      return `${status} ${body.trim()}`;
    },
  };
}

function ask(path: string, request: string, more?: Parameters<typeof open>[1]): Promise<string> {
  const call = open(path, more);
  call.send(request);
  call.finish();
  return call.answer();
}

describe('a call', () => {
  it('is answered in JSON, and its failures with the status that HTTP has for them', async () => {
    expect(await ask('/v3/kv/put', '{"key":"YQ==","value":"Yg=="}')).toMatch(/^200 \{"header":\{/);
    expect(await ask('/v3beta/kv/range', '{"key":"YQ=="}')).toContain('"kvs":[{"key":"YQ==",');
    const words = 'etcdserver: key is not provided';
    const empty = `400 ${JSON.stringify({ error: words, message: words, code: 3 })}`;
    expect(await ask('/v3/kv/range', '{}')).toBe(empty);
    expect(await ask('/v3/kv/range', '')).toBe(empty);
  });

  it('that is no JSON, too large, or of another kind is refused', async () => {
    expect(await ask('/v3/kv/range', 'garbage')).toContain(
      "invalid character 'g' looking for beginning of value",
    );
    expect(await ask('/v3/kv/range', '{"key":')).toMatch(/^400 /);
    expect(await ask('/v3/kv/range', '{"key":"*"}')).toContain('illegal base64 data');
    expect(await ask('/v3/kv/put', `{"key":"${'a'.repeat(1_000)}"}`)).toContain('too large');
  });

  it('finds only what is there, by POST', async () => {
    expect(await ask('/v3/kv/nothing', '{}')).toBe('404 Not Found');
    expect(await ask('/v3/lease/grant', '{}')).toBe('404 Not Found');
    expect(await ask('/v3/kv/range', '{}', { method: 'GET' })).toBe('405 Method Not Allowed');
  });

  it('with a certificate that names somebody is refused while users are asked for', async () => {
    const more = { commonName: 'root' };
    expect(await ask('/v3/kv/range', '{"key":"YQ=="}', more)).toMatch(/^200/);
    isAuthEnabled = true;
    expect(await ask('/v3/kv/range', '{"key":"YQ=="}', more)).toMatch(/^400 CommonName of client/);
    isAuthEnabled = false;
  });
});

describe('a watch', () => {
  it('goes on behind the end of its request, takes more of them, and ends with its client', async () => {
    const watchers = member.core.hub.watcherCount;
    const watch = open('/v3/watch');
    watch.send('{"create_request":{"key":"dw=="}}{"create_request":{"key":"dg=="');
    await eventually('created', () => watch.lines().length === 1);
    watch.send('}}');
    watch.finish();
    await eventually('both', () => watch.lines().length === 2);
    await ask('/v3/kv/put', '{"key":"dw==","value":"MQ=="}');
    await eventually('an event', () => watch.lines().length === 3);
    const [first, second, event] = watch.lines().map((line) => JSON.parse(line) as object);
    expect(first).toMatchObject({ result: { created: true } });
    expect(second).toMatchObject({ result: { created: true, watch_id: '1' } });
    expect(event).toMatchObject({ result: { events: [{ kv: { key: 'dw==', value: 'MQ==' } }] } });
    watch.close();
    expect(member.core.hub.watcherCount).toBe(watchers);
  });

  it('that is no JSON ends with an error in its stream', async () => {
    const watch = open('/v3/watch');
    watch.send('{"create_request":{"key":"*"}}');
    expect(await watch.answer()).toBe(
      '400 {"error":{"grpc_code":3,"http_code":400,"message":"illegal base64 data at input byte 0","http_status":"Bad Request"}}',
    );
  });
});
