/** Binding: which node a pod goes to. It is posted, the pod changes, and nothing is stored of it. */
import { defineKind } from '../../define-kind.ts';
import type { Binding } from '../../generated/types.ts';

export const bindings = defineKind<Binding>({
  kind: 'Binding',
  resource: 'bindings',
  description:
    'A Binding assigns the pod of its name to a node. The subresource of pods does the same.',
  verbs: ['create'],
});
