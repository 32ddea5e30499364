import { ageColumn, column, nameColumn } from '../../define-kind.ts';
import type { Job } from '../../generated/types.ts';
import type { TableCell } from '../../kind.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { age, humanDuration, parseTime } from '../../time.ts';
import { containerColumns, selectorColumn } from '../shared/columns.ts';
import { containerCells } from '../shared/workload.ts';
import { hasCondition } from './conditions.ts';

export const jobColumns = [
  nameColumn,
  column('Status', 'Whether it runs, waits or has ended, and how.'),
  column('Completions', 'How many pods have succeeded, of how many.'),
  column('Duration', 'How long it took, or has taken.'),
  ageColumn,
  ...containerColumns,
  selectorColumn,
];

function statusCell(job: Job): string {
  for (const type of ['Complete', 'Failed'] as const) if (hasCondition(job, type)) return type;
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const type of ['Suspended', 'FailureTarget'] as const) {
    if (hasCondition(job, type)) return type;
  }
  return 'Running';
}

/** Without a number of completions one success is enough, of any of the pods at work. */
function completionsCell({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Job, wallTime: number): string {
  if (status.startTime === undefined) return '';
  const end = status.completionTime === undefined ? wallTime : parseTime(status.completionTime);
  return humanDuration(end - parseTime(status.startTime));
}

export function jobCells(job: Job, wallTime: number): TableCell[] {
  return [
    job.metadata.name,
    statusCell(job),
    completionsCell(job),
    durationCell(job, wallTime),
    age(job.metadata.creationTimestamp, wallTime),
    ...containerCells(job.spec.template),
    formatLabelSelector(job.spec.selector),
  ];
}
