/** Columns that the tables of several workloads have. */
import { ageColumn, column, nameColumn } from '../../define-kind.ts';
import type { ReplicaSet, ReplicationController } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { age } from '../../time.ts';
import { containerCells } from './workload.ts';

export const containerColumns = [
  column('Containers', 'The names of its containers.', { wide: true }),
  column('Images', 'The images of its containers.', { wide: true }),
];

export const selectorColumn = column('Selector', 'Which pods belong to it.', { wide: true });

export const replicaColumns = [
  nameColumn,
  column('Desired', 'How many pods are wanted.', { type: 'integer' }),
  column('Current', 'How many pods there are.', { type: 'integer' }),
  column('Ready', 'How many pods are ready.', { type: 'integer' }),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

type Replicas = Pick<ReplicaSet | ReplicationController, 'metadata' | 'status'> & {
  readonly spec: Pick<ReplicationController['spec'], 'replicas' | 'template'>;
};

/** @param selector as a person reads it */
export function replicaCells(
  { metadata, spec, status }: Replicas,
  selector: string,
  wallTime: number,
): TableCell[] {
  return [
    metadata.name,
    spec.replicas ?? 1,
    status.replicas,
    status.readyReplicas ?? 0,
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.template),
    selector,
  ];
}
