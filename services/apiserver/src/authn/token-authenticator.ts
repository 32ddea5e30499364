/** What every way of knowing a token answers with. */
import type { Subject } from '../authz/subject.ts';

export type TokenOutcome =
  | {
      readonly kind: 'authenticated';
      readonly user: Subject;
      /** Of the audiences asked for, those that the token is for. */
      readonly audiences: readonly string[];
    }
  /** `why` is safe to show: it holds nothing of the token but its claims. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Undefined: the token is of another kind.
 * @param audiences whom the token must be for; undefined: whoever this server is
 */
export type TokenAuthenticator = (
  token: string,
  audiences: readonly string[] | undefined,
) => Promise<TokenOutcome | undefined>;

export const intersect = (some: readonly string[], others: readonly string[]): string[] =>
  some.filter((one) => others.includes(one));
