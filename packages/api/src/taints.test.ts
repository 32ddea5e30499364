import { describe, expect, test } from 'vitest';
import type { Taint, Toleration } from './generated/types.ts';
import { tolerates } from './taints.ts';

const taint: Taint = { key: 'k', value: 'v', effect: 'NoExecute' };

describe('toleration of a taint', () => {
  test.each<[string, Toleration, boolean]>([
    ['equal key and value', { key: 'k', operator: 'Equal', value: 'v', effect: 'NoExecute' }, true],
    ['Equal is the default', { key: 'k', value: 'v' }, true],
    ['another value', { key: 'k', value: 'w' }, false],
    ['no value does not equal one', { key: 'k' }, false],
    ['Exists ignores the value', { key: 'k', operator: 'Exists' }, true],
    ['another key', { key: 'x', operator: 'Exists' }, false],
    ['no key and Exists tolerates everything', { operator: 'Exists' }, true],
    ['another effect', { key: 'k', operator: 'Exists', effect: 'NoSchedule' }, false],
  ])('%s', (_what, toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected);
  });
});
