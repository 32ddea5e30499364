/**
 * Sequences of operations from a seed. Few keys, few values and few leases, so that operations meet;
 * now and then something that no careful client would send.
 */
import { createSeededRandom, type Random } from '@drydock/ports';
import type {
  CompareData,
  DeleteOperation,
  Operation,
  PutOperation,
  RangeOperation,
  RevisionText,
  TxnOperation,
  TxnPart,
  WatchOperation,
} from './operations.ts';

/**
 * At most twelve living keys: the original sorts more by an order that is not stable, so that equal
 * ones come as its version of Go has them.
 */
const keys = ['a', 'a\0', 'ab', 'b', 'b/1', 'b/2', 'c', '\xff', '\xff\xff', 'z'];
const ends = [...keys, '', '\0', '\0\0', 'b0', 'd', 'a', '\xff\0'];
const values = ['', '0', '1', '2', 'ten', 'x'.repeat(300), '\0\xff\x80'];
const leases = [101, 102, 103];

export interface GenerateOptions {
  /** Revisions and leases are used with every n-th sequence only where they cost time. */
  readonly watches?: boolean;
}

export function generateSequence(seed: number, options: GenerateOptions = {}): Operation[] {
  const random = createSeededRandom(seed);
  const length = random.between(8, 40);
  const withWatches = options.watches ?? random.chance(0.3);
  const withHistory = withWatches && random.chance(0.3);
  const operations: Operation[] = [];
  for (let index = 0; index < length; index++) {
    operations.push(operation(random, { withWatches, withHistory, index }));
  }
  return operations;
}

interface Style {
  readonly withWatches: boolean;
  /** Watches of the past take the original up to 100 ms. */
  readonly withHistory: boolean;
  /** How many operations came before: about as many revisions. */
  readonly index: number;
}

function operation(random: Random, style: Style): Operation {
  const choice = random.between(1, style.withWatches ? 120 : 100);
  if (choice <= 25) return put(random);
  if (choice <= 50) return range(random, style.index);
  if (choice <= 58) return remove(random);
  if (choice <= 80) return txn(random, style.index, 0);
  if (choice <= 84) return compact(random, style.index);
  if (choice <= 96) return lease(random);
  if (choice <= 99) return { op: 'hash', revision: revision(random, style.index) };
  if (choice <= 100) return random.chance(0.2) ? { op: 'defragment' } : put(random);
  if (choice <= 113) return watch(random, style);
  if (choice <= 118) return { op: 'cancel', id: random.between(-1, 4) };
  return { op: 'progress' };
}

/** Mostly one that exists; the sequence has made about one in each operation. */
function revision(random: Random, index: number): RevisionText {
  if (random.chance(0.05)) return random.pick([-1, -2, 0, 1, 2 ** 40, 2 ** 52]);
  return offset(random.between(-2, index + 2));
}

const offset = (count: number): RevisionText =>
  (count < 0 ? String(count) : `+${count}`) as RevisionText;

function key(random: Random): string {
  return random.chance(0.02) ? '' : random.pick(keys);
}

const some = <Value extends object>(condition: boolean, value: Value): Partial<Value> =>
  condition ? value : {};

function put(random: Random): PutOperation {
  const ignoreValue = random.chance(0.1);
  const ignoreLease = random.chance(0.1);
  const value = random.pick(values);
  return {
    op: 'put',
    key: key(random),
    ...some((!ignoreValue && value !== '') || random.chance(0.05), { value }),
    ...some(ignoreLease ? random.chance(0.1) : random.chance(0.2), {
      lease: random.pick([...leases, 999, -1]),
    }),
    ...some(random.chance(0.3), { prevKv: true }),
    ...some(ignoreValue, { ignoreValue }),
    ...some(ignoreLease, { ignoreLease }),
  };
}

function remove(random: Random): DeleteOperation {
  return {
    op: 'delete',
    key: key(random),
    ...some(random.chance(0.5), { end: random.pick(ends) }),
    ...some(random.chance(0.4), { prevKv: true }),
  };
}

function range(random: Random, index: number): RangeOperation {
  const bound = () => revision(random, index);
  return {
    op: 'range',
    key: random.chance(0.2) ? '\0' : key(random),
    ...some(random.chance(0.75), { end: random.pick([...ends, '\0', '\0']) }),
    ...some(random.chance(0.3), { limit: random.pick([1, 2, 3, 5, -1, 2 ** 50]) }),
    ...some(random.chance(0.3), { revision: revision(random, index) }),
    ...some(random.chance(0.3), { order: random.pick([0, 1, 2]) }),
    ...some(random.chance(0.4), { target: random.pick([0, 1, 2, 3, 4]) }),
    ...some(random.chance(0.3), { serializable: true }),
    ...some(random.chance(0.15), { keysOnly: true }),
    ...some(random.chance(0.15), { countOnly: true }),
    ...some(random.chance(0.1), { minMod: bound() }),
    ...some(random.chance(0.1), { maxMod: bound() }),
    ...some(random.chance(0.1), { minCreate: bound() }),
    ...some(random.chance(0.1), { maxCreate: bound() }),
  };
}

function txn(random: Random, index: number, depth: number): TxnOperation {
  const parts = (): TxnPart[] =>
    Array.from({ length: random.between(0, depth === 0 ? 4 : 3) }, () =>
      part(random, index, depth),
    );
  return {
    op: 'txn',
    ...some(random.chance(0.7), {
      compare: Array.from({ length: random.between(1, 3) }, () => compare(random, index)),
    }),
    ...some(random.chance(0.9), { success: parts() }),
    ...some(random.chance(0.7), { failure: parts() }),
  };
}

function part(random: Random, index: number, depth: number): TxnPart {
  const choice = random.between(1, 100);
  if (choice <= 35) return put(random);
  if (choice <= 65) return range(random, index);
  if (choice <= 80) return remove(random);
  if (choice <= 81) return { op: 'none' };
  return depth < 3 ? txn(random, index, depth + 1) : put(random);
}

function compare(random: Random, index: number): CompareData {
  const target = random.between(0, 4);
  const wanted = [
    { version: random.between(0, 3) },
    { revision: revision(random, index) },
    { revision: revision(random, index) },
    { value: random.pick(values) },
    { lease: random.pick([0, ...leases]) },
  ][target]!;
  return {
    key: key(random),
    ...some(random.chance(0.3), { end: random.pick(ends) }),
    target,
    result: random.between(0, 3),
    ...some(random.chance(0.95), wanted),
  };
}

function compact(random: Random, index: number): Operation {
  return {
    op: 'compact',
    revision: random.chance(0.1)
      ? revision(random, index)
      : offset(random.between(0, Math.max(0, index - 1))),
    ...some(random.chance(0.3), { physical: true }),
  };
}

function lease(random: Random): Operation {
  const id = random.pick([...leases, ...leases, 999]);
  const choice = random.between(1, 12);
  if (choice <= 6) {
    return { op: 'grant', id, ttl: random.pick([100, 3_000, 9_000_000_000, 9_000_000_001]) };
  }
  if (choice <= 8) return { op: 'revoke', id };
  if (choice <= 10) return { op: 'time-to-live', id, ...some(random.chance(0.7), { keys: true }) };
  return choice === 11 ? { op: 'leases' } : { op: 'keep-alive', id };
}

function watch(random: Random, { withHistory, index }: Style): WatchOperation {
  const hasStart = withHistory && random.chance(0.6);
  // One of the past that filters everything is never seen to come up to date.
  const filters = hasStart ? [[0], [1], [1, 1]] : [[0], [1], [0, 1], [1, 1]];
  return {
    op: 'watch',
    key: key(random),
    ...some(random.chance(0.7), { end: random.pick([...ends, '\0']) }),
    ...some(hasStart, { start: offset(random.between(-1, index + 3)) }),
    ...some(random.chance(0.4), { prevKv: true }),
    ...some(random.chance(0.3), { filters: random.pick(filters) }),
    ...some(random.chance(0.3), { id: random.between(1, 3) }),
  };
}
