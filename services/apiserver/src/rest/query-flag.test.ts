import { expect, test } from 'vitest';
import { isSet, parseFlag } from './query-flag.ts';

test.each([
  ['', undefined],
  ['watch=true', true],
  ['watch=True', true],
  ['watch=1', true],
  ['watch', true],
  ['watch=yes', true],
  ['watch=false', false],
  ['watch=FALSE', false],
  ['watch=0', false],
])('%j', (query, value) => {
  expect(parseFlag(new URLSearchParams(query), 'watch')).toBe(value);
  expect(isSet(new URLSearchParams(query), 'watch')).toBe(value === true);
});
