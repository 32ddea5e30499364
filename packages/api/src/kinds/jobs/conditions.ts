import type { Job } from '../../generated/types.ts';

export type JobConditionType =
  | 'Complete'
  | 'Failed'
  | 'FailureTarget'
  | 'SuccessCriteriaMet'
  | 'Suspended';

export function hasCondition({ status }: Job, wanted: JobConditionType): boolean {
  return (status.conditions ?? []).some(
    ({ type, status: truth }) => type === wanted && truth === 'True',
  );
}

export function isFinished(job: Job): boolean {
  return hasCondition(job, 'Complete') || hasCondition(job, 'Failed');
}
