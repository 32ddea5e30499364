/**
 * PodMetrics: what the containers of a pod use. Nothing is stored: the apiserver asks the nodes. Source:
 * metrics-server.
 */
import { defineKind } from '../../define-kind.ts';
import type { PodMetrics } from '../../generated/types.ts';
import { addQuantities } from '../../quantity.ts';
import { usageColumns } from '../shared/usage.ts';

const sumOf = ({ containers }: PodMetrics, resource: string) =>
  addQuantities(...containers.map(({ usage }) => usage[resource] ?? '0'));

export const podMetrics = {
  ...defineKind<PodMetrics>({
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    kind: 'PodMetrics',
    resource: 'pods',
    description: 'PodMetrics tells what the containers of a pod use at present.',
    verbs: ['get', 'list'],
    columns: usageColumns,
    cells: (metrics) => [
      metrics.metadata.name,
      sumOf(metrics, 'cpu'),
      sumOf(metrics, 'memory'),
      metrics.window,
    ],
  }),
  // As metrics-server has it: the singular is that of the pods themselves.
  singular: '',
};
