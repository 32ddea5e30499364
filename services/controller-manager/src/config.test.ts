import { expect, test } from 'vitest';
import { isEnabled } from './config.ts';

test.each<[readonly string[], boolean]>([
  [['*'], true],
  [['*', '-namespace-controller'], false],
  [['namespace-controller'], true],
  [['node-ipam-controller'], false],
  [['-namespace-controller'], false],
  [[], false],
])('--controllers %j runs the namespace controller: %s', (asked, expected) => {
  expect(isEnabled('namespace-controller', asked)).toBe(expected);
});
