import { expect, test } from 'vitest';
import { formatFieldError } from '../field-error.ts';
import { managerOfUserAgent, validatePatchOptions } from './field-manager-name.ts';

test.each([
  ['kubectl/v1.32.4 (linux/amd64) kubernetes/59526cd', 'kubectl'],
  ['curl', 'curl'],
  ['/x', ''],
  ['a\u0007b c\u00a0d/1', 'ab cd'],
  ['x'.repeat(200), 'x'.repeat(128)],
  [`${'x'.repeat(127)}é`, 'x'.repeat(127)],
])('the manager of the User-Agent %j', (userAgent, manager) => {
  expect(managerOfUserAgent(userAgent)).toBe(manager);
});

test.each([
  [true, 'me', true, []],
  [true, '', undefined, ['fieldManager: Required value: is required for apply patch']],
  [false, '', undefined, []],
  [false, 'me', false, ['force: Forbidden: may not be specified for non-apply patch']],
  [true, 'é'.repeat(65), undefined, ['fieldManager: Too long: may not be more than 128 bytes']],
  [
    true,
    'é\n',
    undefined,
    ['fieldManager: Invalid value: "é\\n": invalid character U+000A (at position 2)'],
  ],
])('options of a patch: apply %j, manager %j, force %j', (isApply, fieldManager, force, errors) => {
  const found = validatePatchOptions({ isApply, fieldManager, force });
  expect(found.map(formatFieldError)).toEqual(errors);
});
