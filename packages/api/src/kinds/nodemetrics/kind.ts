/**
 * NodeMetrics: what a node uses. Nothing is stored: the apiserver asks the nodes. Source: metrics-server.
 */
import { defineKind } from '../../define-kind.ts';
import type { NodeMetrics } from '../../generated/types.ts';
import { usageColumns } from '../shared/usage.ts';

export const nodeMetrics = {
  ...defineKind<NodeMetrics>({
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    kind: 'NodeMetrics',
    resource: 'nodes',
    description: 'NodeMetrics tells what a node uses at present.',
    namespaced: false,
    verbs: ['get', 'list'],
    columns: usageColumns,
    cells: ({ metadata, usage, window }) => [
      metadata.name,
      usage['cpu'] ?? '0',
      usage['memory'] ?? '0',
      window,
    ],
  }),
  // As metrics-server has it: the singular is that of the nodes themselves.
  singular: '',
};
