/** What a Job must say: counts and modes, then its policies, then its pods. */
import {
  invalid,
  notSupported,
  notSupportedInOrder,
  required,
  tooLong,
} from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Job, JobSpec } from '../../../generated/types.ts';
import { problemsAt, utf8Length, validateNotNegative } from '../../../metadata.ts';
import { dns1123LabelProblems, dns1123SubdomainProblems, urlPathProblems } from '../../../names.ts';
import { validateLabelSelector } from '../../shared/selector-validation.ts';
import { compileSelector, validatePodTemplate, validateSelected } from '../../shared/workload.ts';
import { validateGeneratedSelector } from '../selector.ts';
import { validatePodFailurePolicy } from './pod-failure-policy.ts';
import { validateSuccessPolicy } from './success-policy.ts';

const indexedParallelismMax = 100_000;
const failedIndexesMax = 100_000;
/** Above so many completions, what may fail and run at once is bounded lower. */
const completionsSoftMax = 100_000;
const highParallelismMax = 10_000;
const highFailedIndexesMax = 10_000;
const managedByBytesMax = 63;

const notNegative = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

function validateManagedBy(managedBy: string | undefined, field: string): FieldError[] {
  if (managedBy === undefined) return [];
  const errors: FieldError[] = [];
  const slash = managedBy.indexOf('/');
  const [host, path] = [managedBy.slice(0, Math.max(slash, 0)), managedBy.slice(slash + 1)];
  if (managedBy === '') errors.push(required(field));
  else if (host === '' || path === '') {
    const why = 'must be a domain-prefixed path (such as "acme.io/foo")';
    errors.push(invalid(field, managedBy, why));
  } else {
    errors.push(...problemsAt(field, host, dns1123SubdomainProblems(host)));
    errors.push(...problemsAt(field, path, urlPathProblems(path)));
  }
  if (utf8Length(managedBy) > managedByBytesMax) errors.push(tooLong(field, managedByBytesMax));
  return errors;
}

function validateHighCompletions(spec: JobSpec, field: string): FieldError[] {
  const { completions = 0, backoffLimitPerIndex, maxFailedIndexes, parallelism = 0 } = spec;
  if (completions <= completionsSoftMax || backoffLimitPerIndex === undefined) return [];
  const errors: FieldError[] = [];
  const limit = (max: number) =>
    `must be less than or equal to ${max} when completions are above ${completionsSoftMax} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined) {
    const why = `must be specified when completions is above ${completionsSoftMax}`;
    errors.push(required(`${field}.maxFailedIndexes`, why));
  }
  if (parallelism > highParallelismMax) {
    errors.push(invalid(`${field}.parallelism`, parallelism, limit(highParallelismMax)));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > highFailedIndexesMax) {
    const at = `${field}.maxFailedIndexes`;
    errors.push(invalid(at, maxFailedIndexes, limit(highFailedIndexesMax)));
  }
  return errors;
}

function validateIndexed(spec: JobSpec, field: string): FieldError[] {
  const { completions, maxFailedIndexes = 0, parallelism = 0 } = spec;
  const errors: FieldError[] = [];
  const failedField = `${field}.maxFailedIndexes`;
  if (completions === undefined) {
    errors.push(required(`${field}.completions`, 'when completion mode is Indexed'));
  }
  if (parallelism > indexedParallelismMax) {
    const why = `must be less than or equal to ${indexedParallelismMax} when completion mode is Indexed`;
    errors.push(invalid(`${field}.parallelism`, parallelism, why));
  }
  if (completions !== undefined && maxFailedIndexes > completions) {
    const why = 'must be less than or equal to completions';
    errors.push(invalid(failedField, maxFailedIndexes, why));
  }
  if (maxFailedIndexes > failedIndexesMax) {
    const why = `must be less than or equal to ${failedIndexesMax}`;
    errors.push(invalid(failedField, maxFailedIndexes, why));
  }
  return [...errors, ...validateHighCompletions(spec, field)];
}

function validateCompletionMode(spec: JobSpec, field: string): FieldError[] {
  const mode = spec.completionMode ?? 'NonIndexed';
  if (mode === 'Indexed') return validateIndexed(spec, field);
  if (mode !== 'NonIndexed') {
    const supported = ['NonIndexed', 'Indexed'];
    return [notSupportedInOrder(`${field}.completionMode`, mode, supported)];
  }
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((key) =>
    spec[key] === undefined
      ? []
      : [invalid(`${field}.${key}`, spec[key], 'requires indexed completion mode')],
  );
}

function validateReplacementPolicy(spec: JobSpec, field: string): FieldError[] {
  const policy = spec.podReplacementPolicy;
  const supported =
    spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (policy === undefined || supported.includes(policy)) return [];
  return [notSupported(`${field}.podReplacementPolicy`, policy, supported)];
}

function validateRestartPolicy(spec: JobSpec, field: string): FieldError[] {
  const at = `${field}.template.spec.restartPolicy`;
  const policy = spec.template.spec.restartPolicy ?? '';
  // The default, Always, is none for a Job: its pods are to end.
  if (policy === '' || policy === 'Always') {
    return [required(at, 'valid values: "OnFailure", "Never"')];
  }
  if (policy !== 'OnFailure' && policy !== 'Never') {
    return [notSupportedInOrder(at, policy, ['OnFailure', 'Never'])];
  }
  if (spec.podFailurePolicy === undefined || policy === 'Never') return [];
  return [invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** What holds for a Job and for the template of a CronJob alike. */
export function validateJobSpec(spec: JobSpec, field: string): FieldError[] {
  const errors = notNegative.flatMap((key) => validateNotNegative(`${field}.${key}`, spec[key]));
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    const why = 'when maxFailedIndexes is specified';
    errors.push(required(`${field}.backoffLimitPerIndex`, why));
  }
  return [
    ...errors,
    ...validateManagedBy(spec.managedBy, `${field}.managedBy`),
    ...validateCompletionMode(spec, field),
    ...validatePodFailurePolicy(spec, `${field}.podFailurePolicy`),
    ...validateSuccessPolicy(spec, `${field}.successPolicy`),
    ...validateReplacementPolicy(spec, field),
    ...validatePodTemplate(spec.template, `${field}.template`),
    ...validateRestartPolicy(spec, field),
  ];
}

function validateSelector({ selector, template }: JobSpec): FieldError[] {
  const errors =
    selector === undefined
      ? [required('spec.selector')]
      : validateLabelSelector(selector, 'spec.selector');
  const compiled = compileSelector(selector);
  if (compiled !== undefined) errors.push(...validateSelected(template, compiled, 'spec.template'));
  return errors;
}

/** Pods of an Indexed Job have its name and their index as the name of their host. */
function validateHostNames({ metadata: { name }, spec }: Job): FieldError[] {
  const { completionMode, completions = 0 } = spec;
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const longest = `${name}-${completions - 1}`;
  if (dns1123LabelProblems(longest).length === 0) return [];
  const why = `will not able to create pod with invalid DNS label: ${longest}`;
  return [invalid('metadata.name', name, why)];
}

export function validateJob(job: Job): FieldError[] {
  return [
    ...validateGeneratedSelector(job),
    ...validateJobSpec(job.spec, 'spec'),
    ...validateSelector(job.spec),
    ...validateHostNames(job),
  ];
}
