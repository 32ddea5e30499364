import type { Job, JobSpec } from '../../generated/types.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';

const backoffLimitDefault = 6;
const backoffLimitNone = 2_147_483_647;

/** What the template of a CronJob gets as well. */
export function setJobTemplateDefaults(spec: JobSpec): void {
  setPodSpecDefaults(spec.template.spec);
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of onPodConditions ?? []) {
      if ((pattern.status as string) === '') pattern.status = 'True';
    }
  }
}

export function setJobSpecDefaults(spec: JobSpec): void {
  if (spec.parallelism === undefined) spec.completions ??= 1;
  spec.parallelism ??= 1;
  // With a limit for each index, the one for all of them stands in nobody's way.
  spec.backoffLimit ??=
    spec.backoffLimitPerIndex === undefined ? backoffLimitDefault : backoffLimitNone;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??=
    spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  setJobTemplateDefaults(spec);
}

/** A Job without labels has those of its template. */
export function setJobDefaults({ metadata, spec }: Job): void {
  const { labels } = spec.template.metadata ?? {};
  if (labels !== undefined && Object.keys(metadata.labels ?? {}).length === 0) {
    metadata.labels = { ...labels };
  }
}
