/**
 * Keys of labels whose values a pod shares with those that it wants beside it, or wants to be apart from.
 * When it is made they become part of the selector, so that schedulers need to know nothing of them.
 */
import type { LabelSelector, Pod, PodAffinityTerm } from '../../generated/types.ts';

type Labels = Readonly<Record<string, string>>;

function extend(
  selector: LabelSelector,
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Labels,
): void {
  for (const key of keys ?? []) {
    const value = labels[key];
    if (value === undefined) continue;
    selector.matchExpressions ??= [];
    selector.matchExpressions.push({ key, operator, values: [value] });
  }
}

/** A term without a selector selects nothing, and stays so. */
function applyToTerm(term: PodAffinityTerm, labels: Labels): void {
  const { labelSelector, matchLabelKeys, mismatchLabelKeys } = term;
  if (labelSelector === undefined) return;
  extend(labelSelector, matchLabelKeys, 'In', labels);
  extend(labelSelector, mismatchLabelKeys, 'NotIn', labels);
}

export function applyLabelKeys({ metadata, spec }: Pod): void {
  if (spec.affinity === undefined) return;
  const labels = metadata.labels ?? {};
  for (const affinity of [spec.affinity.podAffinity, spec.affinity.podAntiAffinity]) {
    const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const term of required) applyToTerm(term, labels);
    for (const { podAffinityTerm } of preferred) applyToTerm(podAffinityTerm, labels);
  }
}
