import { deepEqual } from '../../../equality.ts';
import type { Job, JobStatus } from '../../../generated/types.ts';
import { hasCondition, isFinished } from '../conditions.ts';
import type { JobConditionType } from '../conditions.ts';

export type JobStatusChanges = ReturnType<typeof statusChanges>;

/** Which parts of a Job's status an update changes. */
export function statusChanges(job: Job, old: Job) {
  const isChanged = (key: keyof JobStatus) => !deepEqual(job.status[key], old.status[key]);
  const isTurned = (type: JobConditionType) => hasCondition(job, type) !== hasCondition(old, type);
  return {
    finished: isFinished(job) !== isFinished(old),
    complete: isTurned('Complete'),
    failed: isTurned('Failed'),
    failureTarget: isTurned('FailureTarget'),
    successCriteriaMet: isTurned('SuccessCriteriaMet'),
    active: (job.status.active ?? 0) !== (old.status.active ?? 0),
    ready: isChanged('ready'),
    terminating: isChanged('terminating'),
    completedIndexes: (job.status.completedIndexes ?? '') !== (old.status.completedIndexes ?? ''),
    failedIndexes: isChanged('failedIndexes'),
    startTime: isChanged('startTime'),
    completionTime: isChanged('completionTime'),
    uncountedTerminatedPods: isChanged('uncountedTerminatedPods'),
  };
}
