/** ServiceAccount: the identity of processes in pods. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import type { ServiceAccount } from '../../generated/types.ts';
import { age } from '../../time.ts';

export const serviceAccounts = defineKind<ServiceAccount>({
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  description: 'A ServiceAccount is the identity of the processes in pods.',
  shortNames: ['sa'],
  subresources: [
    {
      name: 'token',
      group: 'authentication.k8s.io',
      version: 'v1',
      kind: 'TokenRequest',
      verbs: ['create'],
    },
  ],
  columns: [
    nameColumn,
    column('Secrets', 'How many secrets its pods may mount.', { type: 'integer' }),
    ageColumn,
  ],
  cells: (object, wallTime) => [
    object.metadata.name,
    object.secrets?.length ?? 0,
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
