/** ServiceAccount: the identity of processes in pods. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import type { ServiceAccount } from '../../generated/types.ts';
import { age } from '../../time.ts';

const mountableAnnotation = 'kubernetes.io/enforce-mountable-secrets';

function mountableWarnings({ metadata }: ServiceAccount): string[] {
  if (metadata.annotations?.[mountableAnnotation] === undefined) return [];
  const why =
    'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets';
  return [`metadata.annotations[${mountableAnnotation}]: ${why}`];
}

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
  warningsOnCreate: mountableWarnings,
  // Told once: whoever keeps it has heard.
  warningsOnUpdate: (object, old) =>
    old.metadata.annotations?.[mountableAnnotation] === undefined ? mountableWarnings(object) : [],
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
