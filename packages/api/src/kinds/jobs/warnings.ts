/** What the writer of a Job, or of a template of Jobs, is told although it is valid. */
import type { JobSpec } from '../../generated/types.ts';
import { templateWarnings } from '../shared/template-warnings.ts';

const completionsSoftMax = 100_000;
const parallelismSoftMax = 10_000;

export function jobSpecWarnings(spec: JobSpec, field: string): string[] {
  const { completionMode, completions = 0, parallelism = 0, template } = spec;
  const isHuge = completions > completionsSoftMax && parallelism > parallelismSoftMax;
  const size =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  return [
    ...(completionMode === 'Indexed' && isHuge ? [`${field}: ${size}`] : []),
    ...templateWarnings(template, `${field}.template`),
  ];
}
