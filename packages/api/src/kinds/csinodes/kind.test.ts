import { describe, expect, test } from 'vitest';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { csiNodes } from './kind.ts';

const driver = { name: 'a.example.com', nodeID: 'n', topologyKeys: ['zone'] };
const errorsOf = (...drivers: object[]) => createErrors(csiNodes, { spec: { drivers } });

describe('validation of a CSINode', () => {
  test.each<[string, object[], string[]]>([
    ['no node id', [{ ...driver, nodeID: '' }], ['spec.drivers[0].nodeID: Required value']],
    [
      'a long node id',
      [{ ...driver, nodeID: 'n'.repeat(257) }],
      [
        `spec.drivers[0].nodeID: Invalid value: "${'n'.repeat(257)}": must be 256 characters or less`,
      ],
    ],
    [
      'a negative count',
      [{ ...driver, allocatable: { count: -1 } }],
      ['spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a driver twice',
      [driver, driver],
      ['spec.drivers[1].name: Duplicate value: "a.example.com"'],
    ],
    [
      'a key twice',
      [{ ...driver, topologyKeys: ['zone', 'zone'] }],
      ['spec.drivers[0]: Duplicate value: "zone"'],
    ],
  ])('%s', (_what, drivers, errors) => {
    expect(errorsOf(...drivers)).toEqual(errors);
  });

  test('names and keys', () => {
    expect(errorsOf({ ...driver, name: 'A B', topologyKeys: ['', 'a b'] })).toEqual([
      expect.stringContaining('spec.drivers[0].name: Invalid value: "A B": a lowercase RFC 1123'),
      'spec.drivers[0]: Required value',
      'spec.drivers[0]: Invalid value: "": name part must be non-empty',
      expect.stringContaining('spec.drivers[0]: Invalid value: "": name part must consist of'),
      expect.stringContaining('spec.drivers[0]: Invalid value: "a b": name part must consist of'),
    ]);
  });
});

test('an update of a CSINode adds and removes drivers, and changes none', () => {
  const old = created(csiNodes, { spec: { drivers: [driver] } });
  const other = { ...driver, name: 'b.example.com' };
  const replaced = updated(csiNodes, old, ({ spec }) => {
    spec.drivers = [other];
  });
  expect(replaced.errors).toEqual([]);
  const changed = updated(csiNodes, old, ({ spec }) => {
    spec.drivers[0]!.nodeID = 'm';
  });
  expect(changed.errors).toEqual([
    `spec.drivers: Invalid value: ${JSON.stringify({ ...driver, nodeID: 'm' })}: field is immutable`,
  ]);
});

test('the table of CSINodes counts their drivers', () => {
  const object = created(csiNodes, { spec: { drivers: [driver] } });
  expect(csiNodes.cells(object, wallTime + 5_000)).toEqual(['x', 1, '5s']);
});
