/** Numbers that may be given as a share: `3` or `25%`. */
import type { IntOrString } from './generated/types.ts';

export const percentPattern = /^(\d+)%$/;

export interface ShareOptions {
  readonly total: number;
  /** Whether a fraction counts as a whole one. */
  readonly roundUp: boolean;
}

/** The number itself, or its share of `total`; undefined when the text is no percentage. */
export function resolveIntOrPercent(
  value: IntOrString,
  { total, roundUp }: ShareOptions,
): number | undefined {
  if (typeof value === 'number') return value;
  const match = percentPattern.exec(value);
  if (match === null) return undefined;
  const scaled = Number(match[1]) * total;
  return roundUp ? Math.ceil(scaled / 100) : Math.floor(scaled / 100);
}

/**
 * How many replicas a rolling update may have too many and too few. Both may not be zero, or nothing
 * could ever move: then one may be missing, as upstream decides it.
 */
export function resolveRollingUpdate(
  limits: { readonly maxSurge: IntOrString; readonly maxUnavailable: IntOrString },
  replicas: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const maxSurge = resolveIntOrPercent(limits.maxSurge, { total: replicas, roundUp: true }) ?? 0;
  const maxUnavailable =
    resolveIntOrPercent(limits.maxUnavailable, { total: replicas, roundUp: false }) ?? 0;
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}
