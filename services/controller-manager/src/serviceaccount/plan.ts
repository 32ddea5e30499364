/** The account of pods that name none (upstream's serviceaccounts_controller.go). */
import type { Namespace, ServiceAccount } from '@drydock/api';

export const defaultServiceAccountName = 'default';

/** What to create; undefined when it is there, or when its namespace is going. */
export function plan(snapshot: {
  readonly namespace: Namespace;
  readonly serviceAccount: ServiceAccount | undefined;
}): ServiceAccount | undefined {
  const { metadata, status } = snapshot.namespace;
  const isGoing = metadata.deletionTimestamp !== undefined || status.phase === 'Terminating';
  if (isGoing || snapshot.serviceAccount !== undefined) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: metadata.name, name: defaultServiceAccountName },
  };
}
