/** What the kinds of metrics.k8s.io show of themselves, as metrics-server does. */
import { nameColumn } from '../../define-kind.ts';
import type { TableColumn } from '../../kind.ts';

const column = (name: string, format: string, description: string): TableColumn => ({
  name,
  type: 'string',
  format,
  description,
  priority: 0,
});

export const usageColumns: readonly TableColumn[] = [
  nameColumn,
  column('cpu', 'quantity', 'CPU time that was used, in cores, on average over the window.'),
  column('memory', 'quantity', 'The working set at the end of the window.'),
  column('Window', 'duration', 'The time between the two measurements.'),
];
