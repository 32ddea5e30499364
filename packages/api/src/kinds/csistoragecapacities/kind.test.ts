import { describe, expect, test } from 'vitest';
import type { CSIStorageCapacity } from '../../generated/types.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { csiStorageCapacities } from './kind.ts';

const base = { storageClassName: 'fast', nodeTopology: { matchLabels: { zone: 'a' } } };

describe('validation of a CSIStorageCapacity', () => {
  test('capacity, topology and class', () => {
    const body = {
      storageClassName: '',
      capacity: '-1Gi',
      nodeTopology: { matchExpressions: [{ key: 'a', operator: 'Near' }] },
    };
    expect(createErrors(csiStorageCapacities, body)).toEqual([
      'nodeTopology.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
      expect.stringContaining(
        'storageClassName: Invalid value: "": a lowercase RFC 1123 subdomain',
      ),
      'capacity: Invalid value: "-1Gi": must be greater than or equal to 0',
    ]);
  });
});

describe('an update of a CSIStorageCapacity', () => {
  test.each<[Partial<CSIStorageCapacity>, string[]]>([
    [{ capacity: '1Gi', maximumVolumeSize: '1Gi' }, []],
    [
      { nodeTopology: { matchLabels: { zone: 'b' } } },
      [
        'nodeTopology: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"zone":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
      ],
    ],
    [{ storageClassName: 'slow' }, ['storageClassName: Invalid value: "slow": field is immutable']],
  ])('%j', (change, errors) => {
    const result = updated(csiStorageCapacities, created(csiStorageCapacities, base), (object) => {
      Object.assign(object, change);
    });
    expect(result.errors).toEqual(errors);
  });
});

test('the table of CSIStorageCapacities', () => {
  const cells = (body: object) =>
    csiStorageCapacities.cells(created(csiStorageCapacities, body), wallTime);
  expect(cells(base)).toEqual(['x', 'fast', '<unset>']);
  expect(cells({ ...base, capacity: '3Gi' })).toEqual(['x', 'fast', '3Gi']);
});
