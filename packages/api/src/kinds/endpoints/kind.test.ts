import { describe, expect, test } from 'vitest';
import type { EndpointSubset } from '../../generated/types.ts';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { endpoints } from './kind.ts';

const ips = (...list: string[]) => list.map((ip) => ({ ip }));
const errorsOf = (...subsets: object[]) => createErrors(endpoints, { subsets });
const pod = (uid: string) => ({ apiVersion: 'v1', kind: 'Pod', name: uid, uid });
const stored = (...subsets: object[]) => created(endpoints, { subsets });

describe('validation of Endpoints', () => {
  test.each<[string, object, string[]]>([
    [
      'no addresses',
      { ports: [{ port: 80 }] },
      ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
    ],
    [
      'no address at all',
      { addresses: ips('web') },
      [
        'subsets[0].addresses[0].ip: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "web": must be a valid IP address',
      ],
    ],
    [
      'an address of this machine',
      { notReadyAddresses: ips('127.0.0.1') },
      [
        'subsets[0].notReadyAddresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      'ports',
      { addresses: ips('10.0.0.1'), ports: [{ port: 0 }, { name: 'a', port: 1, protocol: 'X' }] },
      [
        'subsets[0].ports[0].name: Required value',
        'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'subsets[0].ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
  ])('%s', (_what, subset, errors) => {
    expect(errorsOf(subset)).toEqual(errors);
  });

  test('names', () => {
    const subset = {
      addresses: [{ ip: '10.0.0.1', hostname: 'a.b', nodeName: 'N' }],
      ports: [{ name: 'A', port: 80, appProtocol: 'a b' }],
    };
    expect(errorsOf(subset)).toEqual([
      expect.stringContaining(
        'subsets[0].addresses[0].hostname: Invalid value: "a.b": a lowercase RFC 1123 label',
      ),
      expect.stringContaining(
        'subsets[0].addresses[0].nodeName: Invalid value: "N": a lowercase RFC 1123 subdomain',
      ),
      expect.stringContaining(
        'subsets[0].ports[0].name: Invalid value: "A": a lowercase RFC 1123 label',
      ),
      expect.stringContaining(
        'subsets[0].ports[0].appProtocol: Invalid value: "a b": name part must consist of',
      ),
    ]);
  });
});

describe('subsets are stored in one form', () => {
  const http = { name: 'http', port: 80, protocol: 'TCP' } as const;
  const dns = { name: 'dns', port: 53, protocol: 'TCP' } as const;

  test.each<[string, object[], EndpointSubset[]]>([
    [
      'addresses are sorted, and those with the same ports share a subset',
      [
        { addresses: ips('10.0.0.2'), ports: [http] },
        { addresses: ips('10.0.0.1'), ports: [http] },
      ],
      [{ addresses: ips('10.0.0.1', '10.0.0.2'), ports: [http] }],
    ],
    [
      'ports with the same addresses share a subset',
      [
        { addresses: ips('10.0.0.1'), ports: [http] },
        { addresses: ips('10.0.0.1'), ports: [dns] },
      ],
      [{ addresses: ips('10.0.0.1'), ports: [dns, http] }],
    ],
    [
      'ports with other addresses do not',
      [
        { addresses: ips('10.0.0.2', '10.0.0.1'), ports: [http, dns] },
        { addresses: ips('10.0.0.3'), ports: [dns] },
      ],
      [
        { addresses: ips('10.0.0.1', '10.0.0.2'), ports: [http] },
        { addresses: ips('10.0.0.1', '10.0.0.2', '10.0.0.3'), ports: [dns] },
      ],
    ],
    [
      'not ready trumps ready',
      [
        { addresses: ips('10.0.0.1'), ports: [http] },
        { notReadyAddresses: ips('10.0.0.1'), ports: [http] },
      ],
      [{ notReadyAddresses: ips('10.0.0.1'), ports: [http] }],
    ],
    [
      'addresses without ports are kept',
      [{ addresses: ips('10.0.0.2') }, { addresses: ips('10.0.0.1') }],
      [{ addresses: ips('10.0.0.1', '10.0.0.2') }],
    ],
    [
      'two objects at one address are two',
      [
        {
          addresses: [
            { ip: '10.0.0.1', targetRef: pod('b') },
            { ip: '10.0.0.1', targetRef: pod('a') },
          ],
          ports: [http],
        },
      ],
      [
        {
          addresses: [
            { ip: '10.0.0.1', targetRef: pod('a') },
            { ip: '10.0.0.1', targetRef: pod('b') },
          ],
          ports: [http],
        },
      ],
    ],
  ])('%s', (_what, subsets, expected) => {
    expect(stored(...subsets).subsets).toEqual(expected);
  });

  test('after an update too', () => {
    const old = stored({ addresses: ips('10.0.0.1') });
    const { object } = updated(endpoints, old, (now) => {
      now.subsets = [{ addresses: ips('10.0.0.9', '10.0.0.5'), ports: [http] }];
    });
    expect(object.subsets).toEqual([{ addresses: ips('10.0.0.5', '10.0.0.9'), ports: [http] }]);
  });
});

test('the table shows three of what is ready', () => {
  const cell = (...subsets: object[]) => endpoints.cells(stored(...subsets), wallTime)[1];
  const ports = [{ port: 80 }];
  expect(cell()).toBe('<none>');
  expect(cell({ notReadyAddresses: ips('10.0.0.1'), ports })).toBe('');
  expect(cell({ addresses: ips('10.0.0.1') })).toBe('10.0.0.1');
  expect(cell({ addresses: ips('2001:db8::1', '10.0.0.1'), ports })).toBe(
    '10.0.0.1:80,[2001:db8::1]:80',
  );
  const many = ips('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5');
  expect(cell({ addresses: many, ports })).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...');
});
