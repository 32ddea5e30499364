import { describe, expect, test } from 'vitest';
import type { CSIDriverSpec } from '../../generated/types.ts';
import { formatFieldError } from '../../field-error.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { csiDrivers } from './kind.ts';

const driver = (spec: object = {}) => created(csiDrivers, { spec });

test('a new CSIDriver has the defaults of upstream', () => {
  const object = driver();
  expect(object.metadata.generation).toBeUndefined();
  expect(object.spec).toEqual({
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    volumeLifecycleModes: ['Persistent'],
    requiresRepublish: false,
    seLinuxMount: false,
  });
});

describe('validation of a CSIDriver', () => {
  test.each<[string, object, string[]]>([
    [
      'policy of groups',
      { fsGroupPolicy: 'All' },
      [
        'spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"',
      ],
    ],
    [
      'modes',
      { volumeLifecycleModes: ['Persistent', 'Eternal'] },
      [
        'spec.volumeLifecycleModes: Unsupported value: "Eternal": supported values: "Ephemeral", "Persistent"',
      ],
    ],
    [
      'tokens',
      {
        tokenRequests: [
          { audience: 'a', expirationSeconds: 599 },
          { audience: 'b', expirationSeconds: 2 ** 32 + 1 },
          { audience: 'a' },
          { audience: '', expirationSeconds: 600 },
        ],
      },
      [
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds',
        'spec.tokenRequests[2].audience: Duplicate value: "a"',
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(createErrors(csiDrivers, { spec })).toEqual(errors);
  });

  test('what defaults fill in is needed', () => {
    const object = driver();
    object.spec = {};
    expect(csiDrivers.validate(object).map(formatFieldError)).toEqual([
      'spec.attachedRequired: Required value',
      'spec.podInfoOnMount: Required value',
      'spec.storageCapacity: Required value',
      'spec.seLinuxMount: Required value',
    ]);
  });
});

describe('an update of a CSIDriver', () => {
  test.each<[Partial<CSIDriverSpec>, string[]]>([
    [{ storageCapacity: true, fsGroupPolicy: 'File' }, []],
    [
      { attachRequired: false },
      ['spec.attachedRequired: Invalid value: false: field is immutable'],
    ],
    [
      { volumeLifecycleModes: ['Ephemeral'] },
      [
        'spec.volumeLifecycleModes: Invalid value: []storage.VolumeLifecycleMode{"Ephemeral"}: field is immutable',
      ],
    ],
  ])('%j', (spec, errors) => {
    const result = updated(csiDrivers, driver(), (object) => {
      Object.assign(object.spec, spec);
    });
    expect(result.errors).toEqual(errors);
    expect(result.object.metadata.generation).toBe(1);
  });
});

test('the table of CSIDrivers', () => {
  const cells = (spec: object) => csiDrivers.cells(driver(spec), wallTime + 5_000);
  expect(cells({})).toEqual(['x', true, false, false, '<unset>', false, 'Persistent', '5s']);
  const tokenRequests = [{ audience: 'a' }, { audience: 'b' }];
  const volumeLifecycleModes = ['Persistent', 'Ephemeral'];
  expect(cells({ tokenRequests, volumeLifecycleModes }).slice(4, 7)).toEqual([
    'a,b',
    false,
    'Persistent,Ephemeral',
  ]);
});
