/** What may be true of a Job's status at one time. */
import { duplicate, invalid, omitted, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Job, JobStatus } from '../../../generated/types.ts';
import { goStruct, goTime } from '../../../go-literal.ts';
import { parseTime } from '../../../time.ts';
import { hasCondition, isFinished } from '../conditions.ts';
import { countIndexes, sharedIndex } from './indexes.ts';
import type { JobStatusChanges } from './status-changes.ts';

export const when = (isBroken: boolean, error: FieldError): FieldError[] =>
  isBroken ? [error] : [];

export const atConditions = (why: string): FieldError => invalid('status.conditions', omitted, why);

export function validateUncounted({ uncountedTerminatedPods: pods }: JobStatus): FieldError[] {
  const seen = new Set<string>();
  return (['succeeded', 'failed'] as const).flatMap((key) =>
    (pods?.[key] ?? []).flatMap((uid, index) => {
      const field = `status.uncountedTerminatedPods.${key}[${index}]`;
      if (uid === '') return [invalid(field, uid, 'must not be empty')];
      if (seen.has(uid)) return [duplicate(field, uid)];
      seen.add(uid);
      return [];
    }),
  );
}

export function validateEndings(job: Job, changes: JobStatusChanges): FieldError[] {
  const isComplete = hasCondition(job, 'Complete');
  const isFailed = hasCondition(job, 'Failed');
  const isFailureTarget = hasCondition(job, 'FailureTarget');
  return [
    ...when(
      (changes.complete || changes.failed) && isComplete && isFailed,
      atConditions('cannot set Complete=True and Failed=true conditions'),
    ),
    ...when(
      (changes.complete || changes.failureTarget) && isComplete && isFailureTarget,
      atConditions('cannot set Complete=True and FailureTarget=true conditions'),
    ),
    ...validateTimes(job, changes),
    ...when(
      (changes.failed || changes.failureTarget) && isFailed && !isFailureTarget,
      atConditions('cannot set Failed=True condition without the FailureTarget=true condition'),
    ),
    ...when(
      (changes.complete || changes.successCriteriaMet) &&
        isComplete &&
        !hasCondition(job, 'SuccessCriteriaMet'),
      atConditions(
        'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      ),
    ),
  ];
}

function validateTimes(job: Job, changes: JobStatusChanges): FieldError[] {
  const field = 'status.completionTime';
  const { startTime, completionTime } = job.status;
  const isComplete = hasCondition(job, 'Complete');
  const isCompletionNews = changes.complete || changes.completionTime;
  const isBeforeStart =
    startTime !== undefined &&
    completionTime !== undefined &&
    parseTime(completionTime) < parseTime(startTime);
  const shown = goTime(completionTime);
  return [
    ...when(
      isCompletionNews && completionTime !== undefined && !isComplete,
      invalid(field, shown, 'cannot set completionTime when there is no Complete=True condition'),
    ),
    ...when(
      isCompletionNews && completionTime === undefined && isComplete,
      required(field, 'completionTime is required for Complete jobs'),
    ),
    ...when(
      (changes.startTime || changes.completionTime) && isBeforeStart,
      invalid(field, shown, 'completionTime cannot be set before startTime'),
    ),
  ];
}

export function validateFinished(job: Job, changes: JobStatusChanges): FieldError[] {
  if (!isFinished(job)) return [];
  const { active = 0, startTime, uncountedTerminatedPods: pods } = job.status;
  const uncountedCount = (pods?.failed ?? []).length + (pods?.succeeded ?? []).length;
  return [
    ...when(
      (changes.finished || changes.active) && active > 0,
      invalid('status.active', active, 'active>0 is invalid for finished job'),
    ),
    ...when(
      (changes.finished || changes.startTime) && startTime === undefined,
      required('status.startTime', 'startTime is required for finished job'),
    ),
    ...when(
      (changes.finished || changes.uncountedTerminatedPods) && uncountedCount > 0,
      invalid(
        'status.uncountedTerminatedPods',
        goStruct('batch.UncountedTerminatedPods'),
        'uncountedTerminatedPods needs to be empty for finished job',
      ),
    ),
  ];
}

export function validateIndexes({ spec, status }: Job, changes: JobStatusChanges): FieldError[] {
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const { completedIndexes = '', failedIndexes } = status;
  const hasBackoff = backoffLimitPerIndex !== undefined;
  const format = (key: 'completedIndexes' | 'failedIndexes', text: string): FieldError[] => {
    if (completions === undefined || !changes[key]) return [];
    const parsed = countIndexes(text, completions);
    if ('count' in parsed) return [];
    return [invalid(`status.${key}`, text, `error parsing ${key}: ${parsed.problem}`)];
  };
  const shared =
    completions === undefined
      ? undefined
      : sharedIndex(completedIndexes, failedIndexes ?? '', completions);
  return [
    ...format('completedIndexes', completedIndexes),
    ...(hasBackoff ? format('failedIndexes', failedIndexes ?? '') : []),
    ...when(
      changes.completedIndexes && completedIndexes !== '' && completionMode !== 'Indexed',
      invalid(
        'status.completedIndexes',
        completedIndexes,
        'cannot set non-empty completedIndexes when non-indexed completion mode',
      ),
    ),
    ...when(
      changes.failedIndexes && failedIndexes !== undefined && !hasBackoff,
      invalid(
        'status.failedIndexes',
        failedIndexes,
        'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      ),
    ),
    ...when(
      (changes.failedIndexes || changes.completedIndexes) && shared !== undefined,
      invalid(
        'status.failedIndexes',
        failedIndexes,
        `failedIndexes and completedIndexes overlap at index: ${shared}`,
      ),
    ),
  ];
}

export function validatePodCounts(job: Job, changes: JobStatusChanges): FieldError[] {
  const { active = 0, ready = 0, terminating = 0 } = job.status;
  return [
    ...when(
      (changes.finished || changes.terminating) && terminating > 0 && isFinished(job),
      invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'),
    ),
    ...when(
      (changes.ready || changes.active) && ready > active,
      invalid('status.ready', ready, 'cannot set more ready pods than active'),
    ),
  ];
}

export function validateSuccess(job: Job): FieldError[] {
  const isMet = hasCondition(job, 'SuccessCriteriaMet');
  return [
    ...when(
      isMet && hasCondition(job, 'Failed'),
      atConditions('cannot set SuccessCriteriaMet=True and Failed=true conditions'),
    ),
    ...when(
      isMet && hasCondition(job, 'FailureTarget'),
      atConditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'),
    ),
    ...when(
      job.spec.successPolicy !== undefined && !isMet && hasCondition(job, 'Complete'),
      atConditions(
        'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
      ),
    ),
  ];
}
