/** Columns that the tables of several workloads have. */
import { column } from '../../define-kind.ts';

export const containerColumns = [
  column('Containers', 'The names of its containers.', { wide: true }),
  column('Images', 'The images of its containers.', { wide: true }),
];

export const selectorColumn = column('Selector', 'Which pods belong to it.', { wide: true });
