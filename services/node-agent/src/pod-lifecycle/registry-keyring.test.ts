import { describe, expect, it } from 'vitest';
import { credentialsFor, keyringOf } from './registry-keyring.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secretOf = (auths: Record<string, object>) =>
  keyringOf('kubernetes.io/dockerconfigjson', {
    '.dockerconfigjson': base64(JSON.stringify({ auths })),
  });
const entriesFor = (auths: readonly string[], image: string) => {
  const entries = auths.map((key) => [key, { auth: base64('ann:p') }]);
  const found = credentialsFor(
    secretOf(Object.fromEntries(entries) as Record<string, object>),
    image,
  );
  return found.map((one) => one.serverAddress);
};

describe('credentials for an image', () => {
  it.each([
    ['reg.example', 'reg.example/team/web:1', true],
    ['https://reg.example', 'reg.example/web', true],
    ['https://reg.example/v2/', 'reg.example/web', true],
    ['reg.example/team', 'reg.example/team/web:1', true],
    ['reg.example/team', 'reg.example/other/web:1', false],
    ['reg.example:5000', 'reg.example:5000/web@sha256:00', true],
    ['reg.example', 'reg.example:5000/web', false],
    ['*.example', 'reg.example/web', true],
    ['*.example', 'a.reg.example/web', false],
    ['r?g.example', 'reg.example/web', true],
    ['regxexample', 'reg.example/web', false],
    ['localhost', 'localhost/web', true],
    ['https://index.docker.io/v1/', 'web:1', true],
    ['docker.io', 'team/web', true],
    ['docker.io/library', 'web', true],
    ['docker.io/library', 'team/web', false],
    ['reg.example', 'web', false],
  ])('of an entry for %s go with %s: %s', (key, image, isThere) => {
    expect(entriesFor([key], image)).toEqual(isThere ? [key] : []);
  });

  it('are tried from the most specific on', () => {
    const keys = ['reg.example', 'reg.example/team', '*.example'];
    expect(entriesFor(keys, 'reg.example/team/web')).toEqual([
      'reg.example/team',
      'reg.example',
      '*.example',
    ]);
  });
});

describe('a pull secret', () => {
  it('has its passwords in either form, of which `auth` goes first', () => {
    const plain = { username: 'ann', password: 'secret' };
    expect(credentialsFor(secretOf({ 'r.x': plain }), 'r.x/web')).toEqual([
      { ...plain, serverAddress: 'r.x' },
    ]);
    const both = { ...plain, auth: base64('bob:with:colon') };
    expect(credentialsFor(secretOf({ 'r.x': both }), 'r.x/web')).toEqual([
      { username: 'bob', password: 'with:colon', serverAddress: 'r.x' },
    ]);
  });

  it('may be of the old type, and has to be one of them', () => {
    const old = keyringOf('kubernetes.io/dockercfg', {
      '.dockercfg': base64(JSON.stringify({ 'r.x': { username: 'ann', password: 'p' } })),
    });
    expect(credentialsFor(old, 'r.x/web')).toHaveLength(1);
    expect(() => keyringOf('Opaque', {})).toThrow('its type is Opaque, not kubernetes.io/docker');
  });
});
