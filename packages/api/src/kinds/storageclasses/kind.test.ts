import { describe, expect, test } from 'vitest';
import type { StorageClass } from '../../generated/types.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { storageClasses } from './kind.ts';

const base = { provisioner: 'example.com/disks' };
const storageClass = (body: object = {}) => created(storageClasses, { ...base, ...body });
const topologies = (...values: string[][]) => ({
  allowedTopologies: values.map((one) => ({
    matchLabelExpressions: [{ key: 'zone', values: one }],
  })),
});

test('a new StorageClass deletes volumes and binds at once', () => {
  expect(storageClass()).toMatchObject({
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  });
});

describe('validation of a StorageClass', () => {
  test.each<[string, object, string[]]>([
    ['no provisioner', { provisioner: '' }, ['provisioner: Required value']],
    [
      'a parameter without a name',
      { parameters: { '': 'v' } },
      ['parameters: Invalid value: "": field can not be empty.'],
    ],
    [
      'too many parameters',
      { parameters: Object.fromEntries(Array.from({ length: 513 }, (_, at) => [`p${at}`, ''])) },
      ['parameters: Too long: may not be more than 512 bytes'],
    ],
    [
      'too long parameters',
      { parameters: { a: 'é'.repeat(128 * 1024) } },
      ['parameters: Too long: may not be more than 262144 bytes'],
    ],
    [
      'a policy that only volumes have',
      { reclaimPolicy: 'Recycle' },
      ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ],
    [
      'a binding mode',
      { volumeBindingMode: 'Later' },
      [
        'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    ],
    [
      'a topology without values',
      topologies([]),
      ['allowedTopologies[0].matchLabelExpressions[0].values: Required value'],
    ],
    [
      'a value twice',
      topologies(['a', 'a']),
      ['allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"'],
    ],
    [
      'a key twice',
      {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'zone', values: ['a'] },
              { key: 'zone', values: ['b'] },
            ],
          },
        ],
      },
      ['allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"'],
    ],
    [
      'a term twice, in another order',
      topologies(['a', 'b'], ['b', 'a']),
      ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
    ],
    [
      'an empty term, which upstream takes for one that it has seen',
      { allowedTopologies: [{}] },
      ['allowedTopologies[0].matchLabelExpressions: Duplicate value: ""'],
    ],
  ])('%s', (_what, body, errors) => {
    expect(createErrors(storageClasses, { ...base, ...body })).toEqual(errors);
  });

  test('provisioners and keys are qualified names', () => {
    const body = { provisioner: 'Bad Name', ...topologies(['a']) };
    body.allowedTopologies[0]!.matchLabelExpressions[0]!.key = 'a b';
    expect(createErrors(storageClasses, body)).toEqual([
      expect.stringContaining('provisioner: Invalid value: "bad name": name part must consist'),
      expect.stringContaining(
        'allowedTopologies[0].matchLabelExpressions[0].key: Invalid value: "a b": name part must',
      ),
    ]);
  });
});

describe('an update of a StorageClass', () => {
  test.each<[Partial<StorageClass>, string[]]>([
    [{ allowVolumeExpansion: true, mountOptions: ['ro'] }, []],
    [{ parameters: { a: 'b' } }, ['parameters: Forbidden: updates to parameters are forbidden.']],
    [{ provisioner: 'other' }, ['provisioner: Forbidden: updates to provisioner are forbidden.']],
    [
      { reclaimPolicy: 'Retain' },
      ['reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.'],
    ],
    [
      { volumeBindingMode: 'WaitForFirstConsumer' },
      ['volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable'],
    ],
  ])('%j', (change, errors) => {
    const result = updated(storageClasses, storageClass(), (object) => {
      Object.assign(object, change);
    });
    expect(result.errors).toEqual(errors);
  });
});

test('the table tells which StorageClass is the default', () => {
  const object = storageClass();
  const cells = () => storageClasses.cells(object, wallTime + 5_000);
  expect(cells()).toEqual(['x', 'example.com/disks', 'Delete', 'Immediate', false, '5s']);
  for (const infix of ['', 'beta.']) {
    object.metadata.annotations = {
      [`storageclass.${infix}kubernetes.io/is-default-class`]: 'true',
    };
    expect(cells()[0]).toBe('x (default)');
  }
});
