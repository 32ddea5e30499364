/** What says where a pod is to run must name a node. Source: upstream's ValidatePodBinding. */
import { notSupportedInOrder, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Binding } from '../../generated/types.ts';

export function validateBinding({ target: { kind, name = '' } }: Binding): FieldError[] {
  const errors: FieldError[] = [];
  if (kind !== '' && kind !== 'Node') {
    errors.push(notSupportedInOrder('target.kind', kind, ['Node', '<empty>']));
  }
  if (name === '') errors.push(required('target.name'));
  return errors;
}
