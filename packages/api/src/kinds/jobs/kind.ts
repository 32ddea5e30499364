/** Job: pods that run until so many of them have succeeded. */
import {
  bumpGeneration,
  defineKind,
  startGeneration,
  statusSubresource,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { Job } from '../../generated/types.ts';
import { jobCells, jobColumns } from './columns.ts';
import { setJobDefaults, setJobSpecDefaults } from './defaults.ts';
import { generateSelector } from './selector.ts';
import { validateJob } from './validation/job.ts';
import { validateJobStatus } from './validation/status.ts';
import { validateJobUpdate } from './validation/update.ts';
import { isRespecified, podsNameWarnings } from '../shared/template-warnings.ts';
import { jobSpecWarnings } from './warnings.ts';

export const jobs = defineKind<Job>({
  group: 'batch',
  kind: 'Job',
  resource: 'jobs',
  description: 'A Job runs pods until so many of them have succeeded.',
  categories: ['all'],
  subresources: [statusSubresource({ group: 'batch', kind: 'Job' })],
  setDefaults(job) {
    setJobSpecDefaults(job.spec);
    setJobDefaults(job);
  },
  prepareForCreate(job) {
    if (job.spec.manualSelector !== true) generateSelector(job);
    job.status = {};
    startGeneration(job);
  },
  prepareForUpdate(job, old) {
    job.status = old.status;
    if (!deepEqual(job.spec, old.spec)) bumpGeneration(job);
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warningsOnCreate: (job) => [...podsNameWarnings(job), ...jobSpecWarnings(job.spec, 'spec')],
  warningsOnUpdate: (job, old) =>
    isRespecified(job, old) ? jobSpecWarnings(job.spec, 'spec') : [],
  columns: jobColumns,
  cells: jobCells,
  fieldSelectors: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
});
