import { createManualClock } from '@drydock/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { AuthStore } from '../../auth/auth-store.ts';
import { SimpleTokens } from '../../auth/simple-tokens.ts';
import type { CallInfo } from '../grpc.ts';
import { createAuthenticator, type Authenticator } from './authenticator.ts';

const clock = createManualClock();
let store: AuthStore;
let simpleTokens: SimpleTokens;
let authenticator: Authenticator;

const create = (trustsCertificates: boolean) =>
  createAuthenticator({
    store,
    simpleTokens,
    appliedIndex: () => 10,
    clock,
    tokens: { kind: 'simple' },
    trustsCertificates,
  });

const call = (more: Partial<CallInfo>): CallInfo => ({
  requireLeader: false,
  clusterId: '',
  memberId: '',
  token: undefined,
  authorization: undefined,
  isForwarded: false,
  commonName: undefined,
  ...more,
});

beforeEach(() => {
  store = new AuthStore();
  store.addRole('r');
  simpleTokens = new SimpleTokens({ ttl: 1_000 });
  simpleTokens.assign('abcd.5', 'ann', clock.now());
  authenticator = create(true);
});

const invalid = { message: 'etcdserver: invalid auth token', code: 16 };

describe('the user of a call', () => {
  it('is whose token it carries, at the revision of now', () => {
    const ann = { user: 'ann', revision: 2 };
    for (const one of [
      { token: 'abcd.5' },
      { authorization: 'abcd.5' },
      { authorization: 'Bearer abcd.5' },
      { token: 'abcd.5', authorization: 'nonsense', commonName: 'bob' },
    ]) {
      expect(authenticator.identify(call(one))).toEqual(ann);
    }
  });

  it('is nobody with a bad token, whatever the certificate says', () => {
    for (const token of ['', 'abcd', 'abcd.6', 'bearer abcd.5']) {
      expect(authenticator.identify(call({ token, commonName: 'bob' }))).toMatchObject(invalid);
    }
  });

  it('is else the name in a checked certificate of his own', () => {
    const bob = call({ commonName: 'bob' });
    expect(authenticator.identify(bob)).toEqual({ user: 'bob', revision: 2 });
    expect(authenticator.identify({ ...bob, isForwarded: true })).toBeUndefined();
    expect(create(false).identify(bob)).toBeUndefined();
    expect(authenticator.identify(call({}))).toBeUndefined();
    // A certificate that names nobody is a user without a name, which no user has.
    expect(authenticator.identify(call({ commonName: '' }))).toEqual({ user: '', revision: 2 });
  });

  it('must be waited for when the entry of his token is not applied yet', () => {
    expect(authenticator.isAhead(call({ token: 'abcd.11' }))).toBe(true);
    for (const token of [undefined, '', 'abcd.10', 'abcd.5', 'abcd', 'a.b.99']) {
      expect(authenticator.isAhead(call({ token }))).toBe(false);
    }
  });

  it('gets tokens whose random part cannot be guessed', () => {
    const all = Array.from({ length: 100 }, () => authenticator.newTokenPrefix());
    expect(new Set(all).size).toBe(100);
    for (const one of all) expect(one).toMatch(/^[a-zA-Z]{16}$/);
  });
});
