/**
 * Tokens from a file (`--token-auth-file`): lines of `token,user,uid,"group1,group2"`.
 *
 * 1. Tokens are kept and compared as SHA-256, each line in constant time, and every line is looked at:
 *    how long an answer takes tells nothing of what is in the file.
 * 2. No error and no warning shows a token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { intersect, type TokenAuthenticator } from './token-authenticator.ts';
import type { Subject } from '../authz/subject.ts';

export interface StaticToken {
  readonly hash: Buffer;
  readonly user: Subject;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest();

/** The last line of a token counts. @throws Error that names the file */
export function parseTokenFile(
  text: string,
  file: string,
): { readonly tokens: readonly StaticToken[]; readonly warnings: readonly string[] } {
  const tokens = new Map<string, StaticToken>();
  const warnings: string[] = [];
  parseCsv(text, file).forEach(([token = '', user, uid, groups], index) => {
    if (user === undefined || uid === undefined) {
      throw new Error(
        `token file '${file}' must have at least 3 columns (token, user name, user uid): record ${index + 1} has fewer`,
      );
    }
    if (token === '') {
      warnings.push(
        `empty token has been found in token file '${file}', record number '${index + 1}'`,
      );
      return;
    }
    const hash = hashOf(token);
    const key = hash.toString('hex');
    if (tokens.has(key)) {
      warnings.push(
        `duplicate token has been found in token file '${file}', record number '${index + 1}'`,
      );
    }
    tokens.set(key, { hash, user: { user, uid, groups: groups?.split(',') ?? [] } });
  });
  return { tokens: [...tokens.values()], warnings };
}

export function createStaticTokens(
  tokens: readonly StaticToken[],
  apiAudiences: readonly string[],
): TokenAuthenticator {
  return async (token, audiences = apiAudiences) => {
    const hash = hashOf(token);
    let found: Subject | undefined;
    for (const one of tokens) if (timingSafeEqual(one.hash, hash)) found = one.user;
    const shared = intersect(apiAudiences, audiences);
    // Such a token is for this server alone.
    if (found === undefined || (audiences.length > 0 && shared.length === 0)) return undefined;
    return { kind: 'authenticated', user: found, audiences: shared };
  };
}

/** RFC 4180 as Go's encoding/csv reads it: quotes may hold commas, doubled quotes and line breaks. */
function parseCsv(text: string, file: string): string[][] {
  const records: string[][] = [];
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  const end = /,|\r?\n|\r?$/y;
  let record: string[] = [];
  for (let position = 0; position < text.length; position = end.lastIndex) {
    cell.lastIndex = position;
    const [whole, quoted, plain = ''] = cell.exec(text)!;
    record.push(quoted?.replaceAll('""', '"') ?? plain);
    end.lastIndex = position + whole.length;
    const separator = end.exec(text)?.[0];
    if (separator === undefined) {
      const number = records.length + 1;
      throw new Error(`token file '${file}': a quote is out of place in record ${number}`);
    }
    if (separator === ',' && end.lastIndex < text.length) continue;
    if (separator === ',') record.push('');
    // Empty lines are no records.
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return records;
}
