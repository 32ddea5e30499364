/** The selector that a Job gets unless it asks for its own: its uid tells its pods from all others. */
import { deepEqual } from '../../equality.ts';
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Job } from '../../generated/types.ts';
import { goLabels, goLabelSelector } from '../../go-literal.ts';
import { compileSelector } from '../shared/workload.ts';
import { setJobDefaults } from './defaults.ts';

const controllerUid = 'batch.kubernetes.io/controller-uid';
const jobName = 'batch.kubernetes.io/job-name';

/** Each with its old name, which tools still read. */
const generatedLabels = ({ metadata: { uid = '', name } }: Job) => ({
  'controller-uid': uid,
  'job-name': name,
  [controllerUid]: uid,
  [jobName]: name,
});

export function generateSelector(job: Job): void {
  const { metadata, spec } = job;
  spec.template.metadata ??= {};
  const { labels } = spec.template.metadata;
  // What the client says is kept here, and refused by validation when it differs.
  spec.template.metadata.labels = { ...generatedLabels(job), ...labels };
  spec.selector ??= {};
  spec.selector.matchLabels = {
    [controllerUid]: metadata.uid ?? '',
    ...spec.selector.matchLabels,
  };
  // Labels that came from the template grow with it, as upstream's do.
  if (deepEqual(metadata.labels, labels)) delete metadata.labels;
  setJobDefaults(job);
}

export function validateGeneratedSelector(job: Job): FieldError[] {
  const { metadata, spec } = job;
  if (spec.manualSelector === true || spec.selector === undefined) return [];
  const errors: FieldError[] = [];
  if ((metadata.uid ?? '') === '') errors.push(required('metadata.uid'));
  const { labels } = spec.template.metadata ?? {};
  const expected = generatedLabels(job);
  for (const [key, value] of Object.entries(expected)) {
    const field = `spec.template.metadata.labels[${key}]`;
    if (labels === undefined || !Object.hasOwn(labels, key)) {
      errors.push(required(field, `must be '${value}'`));
    } else if (labels[key] !== value) {
      errors.push(invalid(field, goLabels(labels), `must be '${value}'`));
    }
  }
  const compiled = compileSelector(spec.selector);
  if (compiled !== undefined && !compiled.matches(expected)) {
    const why = '`selector` not auto-generated';
    errors.push(invalid('spec.selector', goLabelSelector(spec.selector), why));
  }
  return errors;
}
