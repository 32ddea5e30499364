import { expect, test } from 'vitest';
import { formatFieldError } from '../../field-error.ts';
import { validateBinding } from './validation.ts';

const errorsOf = (target: object) =>
  validateBinding({ kind: 'Binding', apiVersion: 'v1', metadata: { name: 'x' }, target }).map(
    formatFieldError,
  );

test('a pod is bound to a node, which has a name', () => {
  expect(errorsOf({ name: 'n' })).toEqual([]);
  expect(errorsOf({ kind: 'Node', name: 'n' })).toEqual([]);
  expect(errorsOf({ kind: 'Pod' })).toEqual([
    'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"',
    'target.name: Required value',
  ]);
});
