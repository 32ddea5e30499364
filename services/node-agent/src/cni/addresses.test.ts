import { describe, expect, it } from 'vitest';
import { gatewayOf, nextAddress, parseRange } from './addresses.ts';

describe('addresses of pods', () => {
  it('begin after the gateway and leave out the broadcast address', () => {
    const used = new Set<string>();
    const given: string[] = [];
    for (let address = nextAddress('10.244.1.0/29', used, undefined); address !== undefined;) {
      used.add(address);
      given.push(address);
      address = nextAddress('10.244.1.0/29', used, address);
    }
    expect(gatewayOf('10.244.1.0/29')).toBe('10.244.1.1');
    expect(given).toEqual([2, 3, 4, 5, 6].map((last) => `10.244.1.${last}`));
  });

  it('go round before one is used again', () => {
    expect(nextAddress('10.244.1.0/24', new Set(), '10.244.1.7')).toBe('10.244.1.8');
    expect(nextAddress('10.244.1.0/24', new Set(), '10.244.1.254')).toBe('10.244.1.2');
    expect(nextAddress('10.244.2.0/24', new Set(), '10.244.1.9')).toBe('10.244.2.2');
  });

  it('are refused for what is no range', () => {
    expect(() => parseRange('10.244.1.0')).toThrow('"10.244.1.0" is no IPv4 range');
    expect(() => parseRange('10.244.1.300/24')).toThrow('is no IPv4 address');
  });
});
