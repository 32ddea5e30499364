import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CidrAllocator, CidrError, formatCidr, parseCidr } from './plan.ts';

test('nodes get /24 ranges of 10.244.0.0/16 in turn', () => {
  const allocator = new CidrAllocator('10.244.0.0/16', 24);
  expect(['a', 'b', 'c'].map((node) => allocator.allocate(node))).toEqual([
    '10.244.0.0/24',
    '10.244.1.0/24',
    '10.244.2.0/24',
  ]);
  expect(allocator.allocate('b')).toBe('10.244.1.0/24');
});

test('a returned range is given out again only when its turn comes', () => {
  const allocator = new CidrAllocator('10.0.0.0/22', 24);
  for (const node of ['a', 'b']) allocator.allocate(node);
  allocator.release('a');
  expect([allocator.allocate('c'), allocator.allocate('d'), allocator.allocate('e')]).toEqual([
    '10.0.2.0/24',
    '10.0.3.0/24',
    '10.0.0.0/24',
  ]);
  expect(allocator.allocate('f')).toBeUndefined();
});

test('a restarted allocator knows the ranges of the nodes, and tells of a range that two nodes have', () => {
  const allocator = new CidrAllocator('10.244.0.0/16', 24);
  expect(allocator.occupy('a', '10.244.0.0/24')).toBeUndefined();
  expect(allocator.occupy('b', '10.244.0.0/24')).toBe('a');
  expect(allocator.occupy('c', '192.168.7.0/24')).toBeUndefined();
  expect(allocator.allocate('new')).toBe('10.244.1.0/24');
});

test('no two nodes ever share a range, whatever the order of restarts, arrivals and departures', () => {
  const operation = fc.record({ what: fc.constantFrom('come', 'go', 'restart'), node: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
      let allocator = new CidrAllocator('10.0.0.0/20', 24);
      const nodes = new Map<string, string>();
      for (const { what, node } of operations) {
        const name = `node-${node}`;
        if (what === 'go') {
          nodes.delete(name);
          allocator.release(name);
        } else if (what === 'restart') {
          allocator = new CidrAllocator('10.0.0.0/20', 24);
          for (const [other, range] of nodes)
            expect(allocator.occupy(other, range)).toBeUndefined();
        } else {
          const range = allocator.allocate(name);
          if (range === undefined) expect(nodes.size).toBe(16);
          else nodes.set(name, range);
        }
        expect(new Set(nodes.values()).size).toBe(nodes.size);
      }
    }),
  );
});

test.each(['10.244.0.0', '10.244.0.0/33', '10.256.0.0/16', 'fd00::/64', ''])(
  '%j is refused',
  (text) => {
    expect(() => parseCidr(text)).toThrow(CidrError);
  },
);

test('a mask that does not fit is refused', () => {
  expect(() => new CidrAllocator('10.244.0.0/16', 12)).toThrow(/from \/16 to \/32/);
  expect(() => new CidrAllocator('10.0.0.0/8', 28)).toThrow(CidrError);
});

test('ranges are written with their first address', () => {
  expect(formatCidr(parseCidr('200.1.2.77/25'))).toBe('200.1.2.0/25');
});
