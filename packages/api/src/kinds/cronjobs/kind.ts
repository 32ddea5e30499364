/** CronJob: Jobs that are made when the clock says so. */
import {
  ageColumn,
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { CronJob } from '../../generated/types.ts';
import { formatLabelSelector } from '../../label-selector.ts';
import { age } from '../../time.ts';
import { setJobTemplateDefaults } from '../jobs/defaults.ts';
import { containerColumns, selectorColumn } from '../shared/columns.ts';
import { containerCells } from '../shared/workload.ts';
import { validateCronJob, validateCronJobUpdate } from './validation.ts';
import { isRespecified, podsNameWarnings } from '../shared/template-warnings.ts';
import { jobSpecWarnings } from '../jobs/warnings.ts';

function suspendCell(suspend: boolean | undefined): string {
  if (suspend === undefined) return '<unset>';
  return suspend ? 'True' : 'False';
}

/** The path is upstream's, slip included. */
const zoneWarning =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

function jobTemplateWarnings({ spec: { jobTemplate } }: CronJob): string[] {
  const { spec } = jobTemplate;
  return spec === undefined ? [] : jobSpecWarnings(spec, 'spec.jobTemplate.spec');
}

const successfulJobsDefault = 3;
const failedJobsDefault = 1;

export const cronJobs = defineKind<CronJob>({
  group: 'batch',
  kind: 'CronJob',
  resource: 'cronjobs',
  description: 'A CronJob makes a Job of one template at each time of its schedule.',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: [statusSubresource({ group: 'batch', kind: 'CronJob' })],
  setDefaults({ spec }) {
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= successfulJobsDefault;
    spec.failedJobsHistoryLimit ??= failedJobsDefault;
    if (spec.jobTemplate.spec !== undefined) setJobTemplateDefaults(spec.jobTemplate.spec);
  },
  prepareForCreate(object) {
    object.status = {};
    startGeneration(object);
  },
  prepareForUpdate(object, old) {
    object.status = old.status;
    if (!deepEqual(object.spec, old.spec)) bumpGeneration(object);
  },
  validateCreate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warningsOnCreate: (object) => [...podsNameWarnings(object), ...jobTemplateWarnings(object)],
  warningsOnUpdate: (object, old) => [
    ...(isRespecified(object, old) ? jobTemplateWarnings(object) : []),
    ...(object.spec.schedule.includes('TZ') ? [zoneWarning] : []),
  ],
  columns: [
    nameColumn,
    column('Schedule', 'When it makes Jobs, in the words of cron.'),
    column('Timezone', 'Whose clocks the schedule goes by.'),
    column('Suspend', 'Whether it makes none for now.', { type: 'boolean' }),
    column('Active', 'How many of its Jobs are running.', { type: 'integer' }),
    column('Last Schedule', 'The time since it last made a Job.'),
    ageColumn,
    ...containerColumns,
    selectorColumn,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    spec.schedule,
    spec.timeZone ?? '<none>',
    suspendCell(spec.suspend),
    (status.active ?? []).length,
    status.lastScheduleTime === undefined ? '<none>' : age(status.lastScheduleTime, wallTime),
    age(metadata.creationTimestamp, wallTime),
    ...containerCells(spec.jobTemplate.spec?.template),
    formatLabelSelector(spec.jobTemplate.spec?.selector),
  ],
});
