import { describe, expect, test } from 'vitest';
import { formatFieldError } from '../../field-error.ts';
import {
  canonicalIPv6,
  isStrictSubset,
  validateCIDR,
  validateIP,
  validateNonSpecialIP,
} from './ip-addresses.ts';

test('addresses and ranges', () => {
  expect(validateIP('10.0.0.1', 'f')).toEqual([]);
  expect(validateIP('10.0.0', 'f').map(formatFieldError)).toEqual([
    'f: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]);
  expect(validateCIDR('10.0.0.0/8', 'f')).toEqual([]);
  expect(validateCIDR('10.0.0.0', 'f').map(formatFieldError)).toEqual([
    'f: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  ]);
});

test.each([
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1::0', '1::'],
  ['0::1', '::1'],
  ['::ffff:c000:0201', '::ffff:192.0.2.1'],
  ['192.0.2.1', undefined],
  ['nonsense', undefined],
])('the text of %s by RFC 5952 is %s', (address, canonical) => {
  expect(canonicalIPv6(address)).toBe(canonical);
});

describe('addresses that no other machine could reach', () => {
  const loopback = 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
  const linkLocal = 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
  const multicast = 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)';

  test.each([
    ['10.0.0.1', undefined],
    ['2001:db8::1', undefined],
    ['::ffff:10.0.0.1', undefined],
    ['224.0.1.1', undefined],
    ['fec0::1', undefined],
    ['nonsense', 'must be a valid IP address'],
    ['0.0.0.0', 'may not be unspecified (0.0.0.0)'],
    ['::', 'may not be unspecified (::)'],
    ['127.1.2.3', loopback],
    ['::1', loopback],
    ['::ffff:127.0.0.1', loopback],
    ['::ffff:7f00:1', loopback],
    ['169.254.169.254', linkLocal],
    ['fe80::1', linkLocal],
    ['febf::1', linkLocal],
    ['224.0.0.251', multicast],
    ['ff02::fb', multicast],
  ])('%s: %s', (address, why) => {
    const errors = why === undefined ? [] : [`f: Invalid value: "${address}": ${why}`];
    expect(validateNonSpecialIP(address, 'f').map(formatFieldError)).toEqual(errors);
  });
});

describe('ranges within ranges', () => {
  test.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['11.0.0.0/16', '10.0.0.0/8', false],
    ['10.0.128.0/18', '10.0.128.0/17', true],
    ['10.0.64.0/18', '10.0.128.0/17', false],
    ['1.2.3.4/32', '0.0.0.0/0', true],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['2001:db9::/48', '2001:db8::/32', false],
    ['::1/128', '0.0.0.0/0', false],
  ])('%s strictly within %s: %s', (inner, outer, expected) => {
    expect(isStrictSubset(inner, outer)).toBe(expected);
  });
});
