/** When a token of a pod is fetched anew (kubelet's token manager). Pure. */

export interface HeldToken {
  readonly token: string;
  /** Milliseconds since the Unix epoch: when a client should no longer show it. */
  readonly expiresAt: number;
  readonly lifetimeSeconds: number;
}

const ageMillisMax = 24 * 3_600_000;
const renewedShare = 0.8;

/**
 * After four fifths of its life or a day, or when the machine's time was set to before it was made.
 * Pods look at their tokens at moments of their own, so that renewals are spread as they are.
 */
export function isStale({ expiresAt, lifetimeSeconds }: HeldToken, wallTime: number): boolean {
  const lifeMillis = lifetimeSeconds * 1_000;
  const age = wallTime - (expiresAt - lifeMillis);
  return age < 0 || age > Math.min(ageMillisMax, lifeMillis * renewedShare);
}

export const isExpired = ({ expiresAt }: HeldToken, wallTime: number): boolean =>
  wallTime > expiresAt;
