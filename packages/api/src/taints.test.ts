import { describe, expect, test } from 'vitest';
import type { Pod, Taint, Toleration } from './generated/types.ts';
import { addDefaultTolerations, tolerates, tolerationSeconds, untoleratedTaint } from './taints.ts';

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

  test('the first taint that nothing covers is the reason', () => {
    const taints: Taint[] = [taint, { key: 'other', effect: 'NoSchedule' }];
    const tolerations: Toleration[] = [{ key: 'k', operator: 'Exists' }];
    expect(untoleratedTaint(taints, tolerations, ['NoSchedule', 'NoExecute'])).toBe(taints[1]);
    expect(untoleratedTaint(taints, tolerations, ['NoExecute'])).toBeUndefined();
    expect(untoleratedTaint(undefined, undefined, ['NoExecute'])).toBeUndefined();
  });
});

describe('time that a pod may stay', () => {
  test('none, the shortest, or for ever', () => {
    expect(tolerationSeconds([taint], [])).toBe(0);
    expect(
      tolerationSeconds(
        [taint],
        [
          { key: 'k', operator: 'Exists', tolerationSeconds: 300 },
          { operator: 'Exists', tolerationSeconds: 20 },
        ],
      ),
    ).toBe(20);
    expect(tolerationSeconds([taint], [{ operator: 'Exists' }])).toBe(Number.POSITIVE_INFINITY);
    expect(tolerationSeconds([{ key: 'a', effect: 'NoSchedule' }], [])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('a new pod stays 300 s on a node that is not ready, unless it says otherwise', () => {
    const pod = {
      spec: {
        containers: [],
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
        ],
      },
    } as unknown as Pod;
    addDefaultTolerations(pod);
    expect(pod.spec.tolerations).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
    ]);
  });
});
