import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStaticTokens, parseTokenFile } from './token-file.ts';

const file = '/etc/tokens.csv';
const text = [
  'secret-1,alice,u1',
  'secret-2,bob,u2,"dev,ops"',
  '',
  '"se""cr,et-3",carol,u3,solo',
  ',nobody,u4',
  'secret-1,alicia,u5\r',
].join('\n');
const { tokens, warnings } = parseTokenFile(text, file);
const ask = createStaticTokens(tokens, ['https://api']);

describe('a token file', () => {
  test.each([
    ['secret-2', { user: 'bob', uid: 'u2', groups: ['dev', 'ops'] }],
    ['se"cr,et-3', { user: 'carol', uid: 'u3', groups: ['solo'] }],
    ['secret-1', { user: 'alicia', uid: 'u5', groups: [] }],
  ])('knows %j', async (token, user) => {
    expect(await ask(token, undefined)).toEqual({
      kind: 'authenticated',
      user,
      audiences: ['https://api'],
    });
  });

  test('warns of empty and of doubled tokens, and shows none', () => {
    expect(warnings).toEqual([
      `empty token has been found in token file '${file}', record number '4'`,
      `duplicate token has been found in token file '${file}', record number '5'`,
    ]);
  });

  test('is refused with too few columns or a stray quote, and shows none of it', () => {
    for (const bad of ['secret-1,alice', 'sec"ret,alice,u1', '"secret-1,alice,u1']) {
      expect(() => parseTokenFile(bad, file)).toThrow(file);
      expect(() => parseTokenFile(bad, file)).not.toThrow(/secret/);
    }
  });

  test('keeps no token, and knows none but its own', async () => {
    expect(JSON.stringify(tokens)).not.toContain('secret');
    await fc.assert(
      fc.asyncProperty(fc.string(), async (token) => {
        fc.pre(!['secret-1', 'secret-2', 'se"cr,et-3'].includes(token));
        expect(await ask(token, undefined)).toBeUndefined();
      }),
    );
  });

  test('is for this server alone', async () => {
    expect(await ask('secret-2', ['https://other'])).toBeUndefined();
    expect(await ask('secret-2', ['https://other', 'https://api'])).toMatchObject({
      audiences: ['https://api'],
    });
  });
});
