/** What a CronJob must say: its schedule, its clocks, and the Jobs it is to make. */
import { parseCron } from '../../cron.ts';
import { invalid, notSupportedInOrder, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { CronJob, CronJobSpec, JobTemplateSpec } from '../../generated/types.ts';
import { goLabelSelector } from '../../go-literal.ts';
import { validateNotNegative } from '../../metadata.ts';
import { isTimeZone } from '../../time-zone.ts';
import { validateOptionalEnum } from '../shared/enum-validation.ts';
import { validateJobSpec } from '../jobs/validation/job.ts';

/** Its Jobs are named by it and by eleven letters that tell the time, `-29312345`. */
const nameLengthMax = 52;

function validateSchedule(spec: CronJobSpec, old: CronJobSpec | undefined): FieldError[] {
  const field = 'spec.schedule';
  const { schedule, timeZone } = spec;
  if (schedule === '') return [required(field)];
  const errors: FieldError[] = [];
  const result = parseCron(schedule);
  if ('problem' in result) errors.push(invalid(field, schedule, result.problem));
  if (!schedule.includes('TZ')) return errors;
  // Those that had one before upstream refused it may keep it.
  if (old?.schedule.includes('TZ') !== true) {
    const why = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalid(field, schedule, why));
  } else if (timeZone !== undefined) {
    const why = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalid(field, schedule, why));
  }
  return errors;
}

const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;
const isZonePart = (part: string) =>
  zonePart.test(part) && part !== '.' && part !== '..' && !part.startsWith('-');

function validateTimeZone(timeZone: string | undefined): FieldError[] {
  const field = 'spec.timeZone';
  if (timeZone === undefined) return [];
  if (timeZone === '') {
    return [invalid(field, timeZone, 'timeZone must be nil or non-empty string')];
  }
  const unknown = invalid(field, timeZone, `unknown time zone ${timeZone}`);
  if (!timeZone.split('/').every(isZonePart)) return [unknown];
  const errors: FieldError[] = [];
  if (timeZone.toLowerCase() === 'local') {
    const why =
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.push(invalid(field, timeZone, why));
  }
  // To Go, `Local` is a zone: that of the machine.
  if (timeZone !== 'Local' && !isTimeZone(timeZone)) errors.push(unknown);
  return errors;
}

const concurrencyPolicies = ['Allow', 'Forbid', 'Replace'];

function validateJobTemplate({ spec }: JobTemplateSpec): FieldError[] {
  const field = 'spec.jobTemplate.spec';
  if (spec === undefined) return [];
  const errors = validateJobSpec(spec, field);
  if (spec.selector !== undefined) {
    const why = '`selector` will be auto-generated';
    errors.push(invalid(`${field}.selector`, goLabelSelector(spec.selector), why));
  }
  if (spec.manualSelector === true) {
    errors.push(notSupportedInOrder(`${field}.manualSelector`, true, ['nil', 'false']));
  }
  return errors;
}

function validateSpec(spec: CronJobSpec, old?: CronJobSpec): FieldError[] {
  const isZoneNew = old === undefined || spec.timeZone !== old.timeZone;
  const notNegative = (key: keyof CronJobSpec & `${string}${'Limit' | 'Seconds'}`) =>
    validateNotNegative(`spec.${key}`, spec[key]);
  return [
    ...validateSchedule(spec, old),
    ...notNegative('startingDeadlineSeconds'),
    ...(isZoneNew ? validateTimeZone(spec.timeZone) : []),
    ...validateOptionalEnum('spec.concurrencyPolicy', spec.concurrencyPolicy, concurrencyPolicies),
    ...validateJobTemplate(spec.jobTemplate),
    ...notNegative('successfulJobsHistoryLimit'),
    ...notNegative('failedJobsHistoryLimit'),
  ];
}

export function validateCronJob({ metadata, spec }: CronJob): FieldError[] {
  const errors = validateSpec(spec);
  if (metadata.name.length > nameLengthMax) {
    const why = `must be no more than ${nameLengthMax} characters`;
    errors.push(invalid('metadata.name', metadata.name, why));
  }
  return errors;
}

export function validateCronJobUpdate({ spec }: CronJob, old: CronJob): FieldError[] {
  return validateSpec(spec, old.spec);
}
