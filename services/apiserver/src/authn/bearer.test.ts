import { describe, expect, test } from 'vitest';
import { bearerTokenOf, splitSubprotocols } from './bearer.ts';

describe('the Authorization header', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['  Bearer abc  ', 'abc'],
    ['Bearer abc def', 'abc'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer  abc', undefined],
    ['Basic abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j carries %j', (header, token) => {
    expect(bearerTokenOf(header)).toBe(token);
  });
});

describe('the subprotocols of a WebSocket', () => {
  const protocol = (token: string) =>
    `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

  test('carry a token, which the server never chooses', () => {
    expect(splitSubprotocols(`${protocol('s.e-c')}, v5.channel.k8s.io`)).toEqual({
      kind: 'valid',
      token: 's.e-c',
      protocols: ['v5.channel.k8s.io'],
    });
  });

  test('may carry none', () => {
    expect(splitSubprotocols('a,b')).toEqual({
      kind: 'valid',
      token: undefined,
      protocols: ['a', 'b'],
    });
    expect(splitSubprotocols(undefined)).toMatchObject({ kind: 'valid', protocols: [] });
  });

  test.each([
    ['two tokens', `${protocol('a')}, ${protocol('b')}, x`],
    ['an empty token', 'base64url.bearer.authorization.k8s.io., x'],
    ['bytes that are no text', 'base64url.bearer.authorization.k8s.io._w, x'],
    ['nothing beside the token', protocol('a')],
  ])('are refused with %s, without a word of it', (_title, header) => {
    const split = splitSubprotocols(header);
    expect(split.kind).toBe('invalid');
    expect(JSON.stringify(split)).not.toContain(protocol('a'));
  });
});
