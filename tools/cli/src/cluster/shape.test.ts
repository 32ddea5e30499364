import { expect, test } from 'vitest';
import { firstAddressOf } from './shape.ts';

test.each([
  ['10.96.0.0/16', '10.96.0.1'],
  ['10.96.0.0/12', '10.96.0.1'],
  ['192.168.255.128/25', '192.168.255.129'],
])('the service `kubernetes` of %s has the address %s', (subnet, address) => {
  expect(firstAddressOf(subnet)).toBe(address);
});
