/** A Scale as the table that `kubectl get --subresource=scale` prints. */
import { age, type Scale, type TableColumn } from '@drydock/api';
import type { Rendering } from './bodies.ts';

const columns: readonly TableColumn[] = [
  ['Name', 'string', 'The name of the object, unique within its scope.'],
  ['Desired', 'integer', 'How many pods are wanted.'],
  ['Available', 'integer', 'How many pods there are.'],
  ['Age', 'string', 'The time since the object was created.'],
].map(([name, type, description]) => ({
  name: name!,
  type: type as TableColumn['type'],
  format: '',
  description: description!,
  priority: 0,
}));

export function renderScaleTable(
  scale: Scale,
  { includeObject, wallTime }: Pick<Rendering, 'includeObject' | 'wallTime'>,
): string {
  const { metadata, spec, status } = scale;
  const created = metadata.creationTimestamp;
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  const shown = { None: null, Metadata: partial, Object: scale }[includeObject];
  return JSON.stringify({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: metadata.resourceVersion },
    columnDefinitions: columns,
    rows: [
      {
        cells: [metadata.name, spec.replicas ?? 0, status?.replicas ?? 0, age(created, wallTime)],
        object: shown,
      },
    ],
  });
}
