import type { Volume } from '@drydock/api';
import { silentLogger, type Logger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { beforeEach, describe, expect, it } from 'vitest';
import { pod } from '../testing/builders.ts';
import { createToyApi, type ToyApi } from '../testing/toy-api.ts';
import { createPodTokens, type PodTokens } from './tokens.ts';

const tokenSource = { path: 'token', expirationSeconds: 3_607 };
const vaultSource = { path: 'vault', audience: 'vault', expirationSeconds: 600 };
const volumes: Volume[] = [
  { name: 'a', projected: { sources: [{ serviceAccountToken: tokenSource }] } },
  {
    name: 'b',
    projected: {
      sources: [
        { serviceAccountToken: { ...tokenSource, path: 'again' } },
        { serviceAccountToken: vaultSource },
      ],
    },
  },
];
const of = pod({ volumes, serviceAccountName: 'robot' });
const { signal } = new AbortController();
const minutes = (count: number) => count * 60_000;

let wallTime: number;
let api: ToyApi;
let tokens: PodTokens;
let logged: string;
beforeEach(() => {
  wallTime = Date.UTC(2026, 0, 1);
  const clock = { ...createSystemClock(), wallTime: () => wallTime };
  api = createToyApi(() => wallTime);
  logged = '';
  const note = (...words: unknown[]) => {
    logged += words.map((word) => JSON.stringify(word)).join(' ');
  };
  const log: Logger = { ...silentLogger, warn: note, info: note, error: note };
  tokens = createPodTokens({ api: api.client, clock, log });
});
const main = async () => (await tokens.fetch(of, signal))(tokenSource);

describe('the tokens of a pod', () => {
  it('are asked for once for each audience and life, bound to the pod', async () => {
    const lookUp = await tokens.fetch(of, signal);
    expect(lookUp({ path: 'again', expirationSeconds: 3_607 })).toBe(lookUp(tokenSource));
    expect(lookUp(vaultSource)).toBe('token-2');
    const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'web', uid: 'u-1' };
    expect(api.tokenRequests).toEqual([
      {
        serviceAccount: 'shop/robot',
        spec: { audiences: [], expirationSeconds: 3_607, boundObjectRef },
      },
      {
        serviceAccount: 'shop/robot',
        spec: { audiences: ['vault'], expirationSeconds: 600, boundObjectRef },
      },
    ]);
  });

  it('are kept while they are fresh, and renewed after four fifths of their life', async () => {
    expect(await main()).toBe('token-1');
    wallTime += minutes(8);
    const lookUp = await tokens.fetch(of, signal);
    expect([lookUp(tokenSource), lookUp(vaultSource)]).toEqual(['token-1', 'token-2']);
    wallTime += 1_000;
    expect((await tokens.fetch(of, signal))(vaultSource)).toBe('token-3');
    wallTime += minutes(41);
    expect(await main()).toMatch(/^token-[45]$/);
  });

  it('stay when they cannot be renewed, until they expire', async () => {
    await main();
    api.refuseTokens('etcd is away');
    wallTime += minutes(50);
    expect(await main()).toBe('token-1');
    wallTime += minutes(11);
    expect(await main()).toEqual(new Error('token expired and refresh failed: etcd is away'));
    expect(logged).toContain('cannot renew a token yet');
    expect(logged).not.toContain('token-1');
    api.refuseTokens(undefined);
    expect(await main()).toMatch(/^token-\d$/);
  });

  it('that were never given say why', async () => {
    api.refuseTokens('no such account');
    expect(await main()).toEqual(new Error('failed to fetch token: no such account'));
  });

  it('are forgotten with the pod, and asked for again by a pod of its name', async () => {
    await main();
    tokens.forget('u-1');
    expect(await main()).toMatch(/^token-[34]$/);
  });

  it('are none for a pod without such volumes', async () => {
    const lookUp = await tokens.fetch(pod(), signal);
    expect(lookUp(tokenSource)).toBeInstanceOf(Error);
    expect(api.tokenRequests).toEqual([]);
  });
});
