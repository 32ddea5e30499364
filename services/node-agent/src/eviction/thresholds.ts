/**
 * The thresholds of eviction, out of kubelet's flags:
 *
 *     --eviction-hard memory.available<100Mi,nodefs.available<10%
 *     --eviction-soft memory.available<1Gi   --eviction-soft-grace-period memory.available=1m30s
 *     --eviction-minimum-reclaim nodefs.available=500Mi
 *
 * 0% and 100% turn a signal off, as upstream's parser has it.
 */
import { quantityValue } from '@drydock/api';
import { parseDuration } from '@drydock/process';
import type { Millis } from '@drydock/ports';
import { isSignal, type Observation, type Signal } from './signals.ts';

/** A number of bytes, inodes or processes, or a part of what there is (0 to 1). */
export type Amount = { readonly units: number } | { readonly part: number };

export interface Threshold {
  readonly signal: Signal;
  /** It is met when less than this is available. */
  readonly amount: Amount;
  /** Undefined: hard, so that pods end at once. */
  readonly graceMillis: Millis | undefined;
  /** So much more has to be free before it is met no longer. */
  readonly minReclaim: Amount | undefined;
}

export interface EvictionFlags {
  readonly hard: readonly string[];
  readonly soft: readonly string[];
  readonly softGracePeriod: readonly string[];
  readonly minimumReclaim: readonly string[];
}

/** Kubelet's on Linux. */
export const defaultHard: readonly string[] = [
  'memory.available<100Mi',
  'nodefs.available<10%',
  'nodefs.inodesFree<5%',
  'imagefs.available<15%',
  'imagefs.inodesFree<5%',
];

/** @throws Error that names the flag and says what is wrong with it */
export function parseThresholds(flags: EvictionFlags): Threshold[] {
  const reclaims = within('--eviction-minimum-reclaim', () => {
    const pairs = pairsOf(flags.minimumReclaim, '=');
    return new Map(pairs.map(([signal, text]) => [signal, reclaimOf(signal, text)]));
  });
  const graces = within('--eviction-soft-grace-period', () => {
    const pairs = pairsOf(flags.softGracePeriod, '=');
    return new Map(pairs.map(([signal, text]) => [signal, graceOf(text)]));
  });
  const read = (statements: readonly string[], graceFor: (signal: Signal) => Millis | undefined) =>
    pairsOf(statements, '<').flatMap(([signal, text]): Threshold[] => {
      const amount = amountOf(signal, text);
      const minReclaim = reclaims.get(signal);
      if (amount === undefined) return [];
      return [{ signal, amount, graceMillis: graceFor(signal), minReclaim }];
    });
  const hard = within('--eviction-hard', () => read(flags.hard, () => undefined));
  const soft = within('--eviction-soft', () =>
    read(flags.soft, (signal) => {
      const grace = graces.get(signal);
      if (grace !== undefined) return grace;
      throw new Error(`grace period must be specified for the soft eviction threshold ${signal}`);
    }),
  );
  return [...hard, ...soft];
}

function within<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${flag}: ${(error as Error).message}`, { cause: error });
  }
}

function pairsOf(statements: readonly string[], separator: '<' | '='): [Signal, string][] {
  return statements.map((statement) => {
    const [signal = '', value, ...more] = statement.split(separator).map((part) => part.trim());
    if (value === undefined || value === '' || more.length > 0) {
      throw new Error(`malformed pair "${statement}", expect string${separator}string`);
    }
    if (!isSignal(signal)) throw new Error(`unsupported eviction signal ${signal}`);
    return [signal, value];
  });
}

/** Undefined: the signal is turned off. */
function amountOf(signal: Signal, text: string): Amount | undefined {
  if (text === '0%' || text === '100%') return undefined;
  if (text.endsWith('%')) return { part: partOf(signal, text) };
  const units = quantityValue(text);
  if (units > 0) return { units };
  throw new Error(`eviction threshold ${signal} must be positive: ${text}`);
}

function partOf(signal: Signal, text: string): number {
  const percent = Number(text.slice(0, -1));
  if (Number.isNaN(percent)) throw new Error(`eviction percentage of ${signal}: ${text}`);
  if (percent < 0) {
    throw new Error(`eviction percentage threshold ${signal} must be >= 0%: ${text}`);
  }
  if (percent > 100) {
    throw new Error(`eviction percentage threshold ${signal} must be <= 100%: ${text}`);
  }
  return percent / 100;
}

function reclaimOf(signal: Signal, text: string): Amount {
  if (text.endsWith('%')) return { part: partOf(signal, text) };
  const units = quantityValue(text);
  if (units >= 0) return { units };
  throw new Error(`negative eviction minimum reclaim specified for ${signal}`);
}

function graceOf(text: string): Millis {
  if (text.startsWith('-')) {
    throw new Error(`invalid eviction grace period specified: ${text} must be a positive value`);
  }
  return parseDuration(text);
}

/** What an amount is of this node. */
export function unitsOf(amount: Amount, capacity: number): number {
  return 'units' in amount ? amount.units : Math.floor(amount.part * capacity);
}

/** @param withReclaim whether the minimum to reclaim must be free, too */
export function isMet(
  { amount, minReclaim }: Threshold,
  { available, capacity }: Observation,
  withReclaim: boolean,
): boolean {
  const more = withReclaim && minReclaim !== undefined ? unitsOf(minReclaim, capacity) : 0;
  return available < unitsOf(amount, capacity) + more;
}
