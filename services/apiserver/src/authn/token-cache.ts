/**
 * Remembers for a moment which tokens were good.
 *
 * 1. What is remembered may be wrong for `lifetimeMillis`: a token whose pod was deleted works that much
 *    longer, with upstream (10 s) as here. That is the price. What it saves: verifying an ES256 signature
 *    and looking up three objects costs ten times as much as a hit.
 * 2. Refusals are not remembered: an object that was missing may be there a moment later.
 * 3. Tokens themselves are not kept, only their SHA-256, and no more than `entriesMax` of them.
 */
import { hash } from 'node:crypto';
import type { Clock, Millis } from '@drydock/ports';
import type { TokenAuthenticator, TokenOutcome } from './token-authenticator.ts';

/** About a kilobyte each: 4 MB at worst. */
const entriesMax = 4_096;

export interface TokenCacheOptions {
  readonly lifetimeMillis: Millis;
  readonly clock: Clock;
}

export function rememberTokens(
  ask: TokenAuthenticator,
  { lifetimeMillis, clock }: TokenCacheOptions,
): TokenAuthenticator {
  const known = new Map<string, { readonly outcome: TokenOutcome; readonly until: Millis }>();
  return async (token, audiences) => {
    // In one call: on the way of every request with a token, objects of a hash cost more than hashing.
    const key = hash('sha256', `${token}\0${JSON.stringify(audiences ?? null)}`, 'base64');
    const found = known.get(key);
    if (found !== undefined && clock.now() < found.until) return found.outcome;
    known.delete(key);
    const outcome = await ask(token, audiences);
    if (outcome?.kind !== 'authenticated') return outcome;
    known.set(key, { outcome, until: clock.now() + lifetimeMillis });
    // In the order of their ends, but for those that were asked for at once.
    const [oldest] = known.keys();
    if (known.size > entriesMax) known.delete(oldest!);
    return outcome;
  };
}
