import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '@drydock/ports';
import { checkLinearizable, type Model, type Operation } from './checker.ts';

type Input = { kind: 'write'; name: string; value: number } | { kind: 'read'; name: string };

/** Registers that start at 0; independent of each other. */
const registers: Model<number, Input, number> = {
  initial: 0,
  step: (state, input, output) => {
    if (input.kind === 'write') return [input.value];
    return output === undefined || output === state ? [state] : [];
  },
  key: String,
  partition: ({ name }) => name,
};

const unknown = { output: undefined, return: Infinity } as const;
const write = (value: number, call: number, end?: number, name = 'x') => ({
  client: 0,
  input: { kind: 'write' as const, name, value },
  call,
  ...(end === undefined ? unknown : { output: value, return: end }),
});
const read = (value: number, call: number, end: number, name = 'x') => ({
  client: 1,
  input: { kind: 'read' as const, name },
  call,
  output: value,
  return: end,
});
const verdict = (...operations: Operation<Input, number>[]) =>
  checkLinearizable(operations, registers).kind;

describe('good histories', () => {
  test('an empty one', () => expect(verdict()).toBe('linearizable'));
  test('one after the other', () => {
    expect(verdict(write(1, 0, 1), read(1, 2, 3), write(2, 4, 5), read(2, 6, 7))).toBe(
      'linearizable',
    );
  });
  test('reads that overlap a write see it or do not, in one order', () => {
    expect(verdict(write(1, 0, 10), read(0, 1, 2), read(1, 3, 4))).toBe('linearizable');
  });
  test('a write without an answer took effect late, or never', () => {
    expect(verdict(write(1, 0), read(0, 1, 2), read(1, 3, 4))).toBe('linearizable');
    expect(verdict(write(1, 0), read(0, 1, 2), read(0, 3, 4))).toBe('linearizable');
  });
  test('two concurrent writes end in either order', () => {
    expect(verdict(write(1, 0, 9), write(2, 0, 9), read(1, 10, 11))).toBe('linearizable');
    expect(verdict(write(1, 0, 9), write(2, 0, 9), read(2, 10, 11))).toBe('linearizable');
  });
});

describe('bad histories', () => {
  test('a stale read', () => {
    expect(verdict(write(1, 0, 1), write(2, 2, 3), read(1, 4, 5))).toBe('violation');
  });
  test('a lost write', () => expect(verdict(write(1, 0, 1), read(0, 2, 3))).toBe('violation'));
  test('a read of what nobody wrote', () => expect(verdict(read(7, 0, 1))).toBe('violation'));
  test('a read of what is written only later', () => {
    expect(verdict(read(1, 0, 1), write(1, 2, 3))).toBe('violation');
  });
  test('reads that go back in time while a write is under way', () => {
    expect(verdict(write(1, 0, 10), read(1, 1, 2), read(0, 3, 4))).toBe('violation');
  });
  test('a write without an answer that takes effect twice', () => {
    const history = [write(1, 0), read(1, 1, 2), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)];
    expect(verdict(...history)).toBe('violation');
  });
  test('one object of two', () => {
    const history = [write(1, 0, 1, 'x'), write(2, 0, 1, 'y'), read(1, 2, 3, 'x')];
    expect(verdict(...history, read(0, 2, 3, 'y'))).toBe('violation');
    expect(verdict(...history, read(2, 2, 3, 'y'))).toBe('linearizable');
  });
});

test('a violation names what could not follow, and the longest order', () => {
  const stale = read(1, 4, 5);
  const result = checkLinearizable([write(1, 0, 1), write(2, 2, 3), stale], registers);
  expect(result).toMatchObject({ kind: 'violation', stuck: [stale], state: '2' });
});

test('a search that is too hard gives up and says so', () => {
  const writes = Array.from({ length: 20 }, (_, at) => write(at, 0, 100));
  const result = checkLinearizable([...writes, read(99, 200, 201)], registers, { stepsMax: 1_000 });
  expect(result).toEqual({ kind: 'gave-up' });
});

/** A real register under random timing: what it answers is linearizable by construction. */
function drawHistory(seed: number): Operation<Input, number>[] {
  const random = createSeededRandom(seed);
  let value = 0;
  return Array.from({ length: 60 }, (_, at) => at)
    .map((at) => ({ at, moment: at * 10 }))
    .map(({ at, moment }): Operation<Input, number> => {
      const call = moment - random.between(0, 40);
      const end = moment + random.between(0, 40);
      if (random.chance(0.5)) {
        const isLost = random.chance(0.05);
        const happens = !isLost || random.chance(0.5);
        if (happens) value = at;
        return write(at, call, isLost ? undefined : end);
      }
      return read(value, call, end);
    });
}

test('histories of a real register pass; with one read changed to an old value they do not', () => {
  let changed = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const history = drawHistory(seed);
    expect(checkLinearizable(history, registers).kind).toBe('linearizable');
    const at = history.findLastIndex(({ input }) => input.kind === 'read');
    const broken = history.with(at, { ...history[at]!, output: -1 });
    expect(checkLinearizable(broken, registers).kind).toBe('violation');
    changed++;
  }
  expect(changed).toBe(40);
});
