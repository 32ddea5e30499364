/**
 * What may be said of a Job's progress, also by controllers that are not ours (managedBy).
 *
 * 1. Most rules look only at what an update changes, so that a status that once broke one does not
 *    stop all others.
 * 2. What has ended stays so, and what was counted stays counted.
 */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Job } from '../../../generated/types.ts';
import { goTime } from '../../../go-literal.ts';
import { validateCounts } from '../../shared/counts.ts';
import { hasCondition } from '../conditions.ts';
import { statusChanges } from './status-changes.ts';
import type { JobStatusChanges } from './status-changes.ts';
import {
  atConditions,
  validateEndings,
  validateFinished,
  validateIndexes,
  validatePodCounts,
  validateSuccess,
  validateUncounted,
  when,
} from './status-rules.ts';

const terminalConditions = ['Failed', 'Complete', 'FailureTarget'] as const;

function validateProgress(job: Job, old: Job, changes: JobStatusChanges): FieldError[] {
  const { spec, status } = job;
  const { failed = 0, succeeded = 0, completionTime } = status;
  const { failed: oldFailed = 0, succeeded: oldSucceeded = 0 } = old.status;
  // An Indexed Job whose pods may all run at once can be made smaller.
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const isMet = hasCondition(job, 'SuccessCriteriaMet');
  const wasMet = hasCondition(old, 'SuccessCriteriaMet');
  return [
    ...terminalConditions.flatMap((type) =>
      when(
        hasCondition(old, type) && !hasCondition(job, type),
        atConditions(`cannot disable the terminal ${type}=True condition`),
      ),
    ),
    ...when(
      failed < oldFailed,
      invalid('status.failed', failed, 'cannot decrease the failed counter'),
    ),
    ...when(
      !mayShrink && succeeded < oldSucceeded,
      invalid('status.succeeded', succeeded, 'cannot decrease the succeeded counter'),
    ),
    ...when(
      completionTime !== undefined &&
        old.status.completionTime !== undefined &&
        changes.completionTime,
      invalid('status.completionTime', goTime(completionTime), 'completionTime cannot be mutated'),
    ),
    ...when(
      old.status.startTime !== undefined && changes.startTime && spec.suspend !== true,
      required('status.startTime', 'startTime cannot be removed for unsuspended job'),
    ),
    ...when(wasMet && !isMet, atConditions('cannot disable the SuccessCriteriaMet=True condition')),
    ...when(
      hasCondition(old, 'Complete') && !wasMet && isMet,
      atConditions(
        'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
      ),
    ),
  ];
}

export function validateJobStatus(job: Job, old: Job): FieldError[] {
  const changes = statusChanges(job, old);
  return [
    ...validateCounts(job.status, ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...validateUncounted(job.status),
    ...validateEndings(job, changes),
    ...validateFinished(job, changes),
    ...validateIndexes(job, changes),
    ...validatePodCounts(job, changes),
    ...validateSuccess(job),
    ...validateProgress(job, old, changes),
  ];
}
