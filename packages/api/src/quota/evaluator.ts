/** What an evaluator answers: how the objects of one kind are counted and measured for quotas. */
import type { ScopedResourceSelectorRequirement } from '../generated/types.ts';
import type { KubernetesObject } from '../object.ts';
import type { Amounts } from './amounts.ts';

export interface QuotaEvaluator<T extends KubernetesObject = KubernetesObject> {
  /** Whether a quota on this resource concerns the kind. */
  counts(resource: string): boolean;
  /** @param wallTime milliseconds since the Unix epoch */
  usage(object: T, wallTime: number): Amounts;
  matchesScope(scope: ScopedResourceSelectorRequirement, object: T): boolean;
  /** Which of these resources an object must name but does not, as errors tell it. */
  missing(resources: readonly string[], object: T): string | undefined;
  /** Whether an update may cost more. */
  readonly isChargedOnUpdate: boolean;
}
