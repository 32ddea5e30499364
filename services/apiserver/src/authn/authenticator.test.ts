import { silentLogger, type Logger } from '@drydock/ports';
import { createManualClock } from '@drydock/testing/manual-clock';
import { describe, expect, test } from 'vitest';
import { createAuthenticator } from './authenticator.ts';
import type { TokenAuthenticator } from './token-authenticator.ts';
import { rememberTokens } from './token-cache.ts';
import { parseTokenFile } from './token-file.ts';
import type { Subject } from '../authz/subject.ts';

const logged: unknown[] = [];
const log: Logger = { ...silentLogger, info: (...words) => void logged.push(words) };
const authenticator = createAuthenticator(
  {
    staticTokens: parseTokenFile('s3cret,alice,u1,dev', 'f').tokens,
    serviceAccounts: { issuers: ['https://i'], keys: [], apiAudiences: ['https://i'] },
  },
  { clock: createManualClock(), log, lookUp: () => Promise.resolve(undefined) },
);
const ask = (headers: Record<string, string>, identity?: Subject) =>
  authenticator.authenticate({ identity, header: (name) => headers[name] });
const alice = { user: 'alice', uid: 'u1', groups: ['dev', 'system:authenticated'] };

describe('who sends a request', () => {
  test('is told by a certificate before all else', async () => {
    const user = { user: 'bob', groups: [] };
    expect(await ask({ authorization: 'Bearer s3cret' }, user)).toEqual({
      user: 'bob',
      groups: ['system:authenticated'],
    });
  });

  test('is told by a token in the header, or in the subprotocol of a WebSocket', async () => {
    expect(await ask({ authorization: 'Bearer s3cret' })).toEqual(alice);
    const word = `base64url.bearer.authorization.k8s.io.${Buffer.from('s3cret').toString('base64url')}`;
    const offered = { 'sec-websocket-protocol': `${word}, v5.channel.k8s.io` };
    expect(await ask({ ...offered, upgrade: 'websocket' })).toEqual(alice);
    await expect(ask(offered)).rejects.toThrow('Unauthorized');
  });

  test('is nobody without a proof, and the log has the reason but not the token', async () => {
    for (const headers of [
      {},
      { authorization: 'Basic s3cret' },
      { authorization: 'Bearer g-uess' },
    ]) {
      await expect(ask(headers)).rejects.toMatchObject({
        code: 401,
        status: { message: 'Unauthorized', reason: 'Unauthorized' },
      });
    }
    expect(JSON.stringify(logged)).toContain('invalid bearer token');
    expect(JSON.stringify(logged)).not.toMatch(/g-uess|s3cret/);
  });
});

describe('the memory of good tokens', () => {
  const clock = createManualClock();
  const asked: string[] = [];
  const slow: TokenAuthenticator = (token, audiences = []) => {
    asked.push(token);
    const user = { user: token, groups: [] };
    return Promise.resolve(
      token === 'bad'
        ? { kind: 'refused', why: 'bad' }
        : { kind: 'authenticated', user, audiences },
    );
  };
  const remembering = rememberTokens(slow, { lifetimeMillis: 10_000, clock });

  test('lasts for its time, for one question, and for answers alone that were yes', async () => {
    await remembering('a', undefined);
    await remembering('a', undefined);
    expect(asked).toEqual(['a']);
    expect(await remembering('a', ['x'])).toMatchObject({ audiences: ['x'] });
    expect(asked).toEqual(['a', 'a']);
    await clock.advance(10_000);
    await remembering('a', undefined);
    expect(asked).toEqual(['a', 'a', 'a']);
    await remembering('bad', undefined);
    await remembering('bad', undefined);
    expect(asked.slice(3)).toEqual(['bad', 'bad']);
  });

  test('is bounded: the oldest go', async () => {
    for (let count = 0; count <= 4_096; count += 1) await remembering(`t${count}`, undefined);
    asked.length = 0;
    await remembering('t4096', undefined);
    await remembering('t0', undefined);
    expect(asked).toEqual(['t0']);
  });
});
