import { describe, expect, test } from 'vitest';
import {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  isCIDR,
  isIP,
  isIPv6,
  labelValueProblems,
  portNameProblems,
  qualifiedNameProblems,
} from './names.ts';

describe('names', () => {
  test.each(['a', 'a-b', '1', 'a'.repeat(63)])('%j is a DNS label', (name) => {
    expect(dns1123LabelProblems(name)).toEqual([]);
  });
  test.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'é'])('%j is no DNS label', (name) => {
    expect(dns1123LabelProblems(name)).not.toEqual([]);
  });
  test('the message has the pattern and the examples of upstream', () => {
    expect(dns1123LabelProblems('A_')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]);
    expect(dns1123SubdomainProblems('A_')).toEqual([
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ]);
    expect(dns1123LabelProblems('a'.repeat(64))).toEqual(['must be no more than 63 characters']);
  });
  test('a service begins with a letter', () => {
    expect(dns1035LabelProblems('1a')).not.toEqual([]);
    expect(dns1035LabelProblems('a1')).toEqual([]);
  });
  test('a label key has an optional prefix', () => {
    expect(qualifiedNameProblems('example.com/App_1')).toEqual([]);
    expect(qualifiedNameProblems('/a')[0]).toBe('prefix part must be non-empty');
    expect(qualifiedNameProblems('a/')[0]).toBe('name part must be non-empty');
    expect(qualifiedNameProblems('a/b/c')).toHaveLength(1);
    expect(qualifiedNameProblems('a'.repeat(64))).toEqual([
      'name part must be no more than 63 characters',
    ]);
  });
  test('a label value may be empty, but is no sentence', () => {
    expect(labelValueProblems('')).toEqual([]);
    expect(labelValueProblems('a b')).toHaveLength(1);
  });
  test('a port name is short and holds a letter', () => {
    expect(portNameProblems('http-2')).toEqual([]);
    expect(portNameProblems('1234')).toEqual(['must contain at least one letter (a-z)']);
    expect(portNameProblems('a'.repeat(16))).toEqual(['must be no more than 15 characters']);
    expect(portNameProblems('a--b')).toEqual(['must not contain consecutive hyphens']);
  });
  test('a hostile name costs no more than its length', () => {
    const name = `${'a'.repeat(100_000)}!`;
    expect(dns1123LabelProblems(name)).toHaveLength(2);
    expect(qualifiedNameProblems(name)).toHaveLength(2);
  });
});

describe('addresses', () => {
  test.each([
    '10.0.0.1',
    '010.0.00.1',
    '::',
    '::1',
    'fe80::1',
    '2001:db8::ffff',
    '::ffff:10.0.0.1',
  ])('%s is an address', (address) => {
    expect(isIP(address)).toBe(true);
  });
  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0x1',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    'g::',
    '1:2:3:4:5:6:7',
  ])('%s is none', (address) => {
    expect(isIP(address)).toBe(false);
  });
  test('prefixes have a length that fits', () => {
    expect(isCIDR('10.0.0.0/24')).toBe(true);
    expect(isCIDR('10.0.0.0/33')).toBe(false);
    expect(isCIDR('2001:db8::/64')).toBe(true);
    expect(isCIDR('10.0.0.0')).toBe(false);
    expect(isIPv6('1:2:3:4:5:6:7:8')).toBe(true);
  });
});
