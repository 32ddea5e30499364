import { expect, test } from 'vitest';
import { formatFieldError } from '../../field-error.ts';
import { validateBinding } from './validation.ts';

function errorsOf(target: { kind?: string; name?: string }): string[] {
  const reference = { kind: '', apiVersion: 'v1', ...target };
  const metadata = { name: 'x' };
  const binding = { kind: 'Binding', apiVersion: 'v1', metadata, target: reference };
  return validateBinding(binding).map(formatFieldError);
}

test('a pod is bound to a node, which has a name', () => {
  expect(errorsOf({ name: 'n' })).toEqual([]);
  expect(errorsOf({ kind: 'Node', name: 'n' })).toEqual([]);
  expect(errorsOf({ kind: 'Pod' })).toEqual([
    'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
    'target.name: Required value',
  ]);
});
