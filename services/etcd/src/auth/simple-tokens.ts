/**
 * Simple tokens: random strings that each member keeps in memory, with their users.
 *
 * 1. A token is made by an applied log entry, so all members come to know it. It is named after that
 *    entry (`random.index`): a member that has not applied it yet knows that it has to wait.
 * 2. It lives as long as it is used: each use gives it another whole TTL, on the member used.
 * 3. Nothing of it is stored. After a restart its user has to show the password again, which clients do
 *    by themselves when they read "invalid auth token".
 * 4. Oldest use comes first, so forgetting what has run out looks at nothing else.
 */
interface Token {
  readonly user: string;
  /** Cluster milliseconds. */
  readonly expiresAt: number;
}

export class SimpleTokens {
  readonly #tokens = new Map<string, Token>();
  readonly #ttl: number;

  /** `ttl` in cluster milliseconds. */
  constructor(options: { ttl: number }) {
    this.#ttl = options.ttl;
  }

  get size(): number {
    return this.#tokens.size;
  }

  assign(token: string, user: string, now: number): void {
    this.#forgetExpired(now);
    this.#tokens.set(token, { user, expiresAt: now + this.#ttl });
  }

  /** Whose token it is, while it lives; using it makes it live longer. */
  use(token: string, now: number): string | undefined {
    this.#forgetExpired(now);
    const found = this.#tokens.get(token);
    if (found === undefined) return undefined;
    this.#tokens.delete(token);
    this.#tokens.set(token, { user: found.user, expiresAt: now + this.#ttl });
    return found.user;
  }

  /** The user is gone, or has another password. */
  forgetUser(user: string): void {
    for (const [token, one] of this.#tokens) if (one.user === user) this.#tokens.delete(token);
  }

  clear(): void {
    this.#tokens.clear();
  }

  #forgetExpired(now: number): void {
    for (const [token, { expiresAt }] of this.#tokens) {
      if (expiresAt > now) return;
      this.#tokens.delete(token);
    }
  }
}

/** The log entry that made a simple token; undefined when this is none. */
export function entryOfToken(token: string): number | undefined {
  const match = /^[^.]+\.(\d{1,15})$/.exec(token);
  return match === null ? undefined : Number(match[1]);
}
