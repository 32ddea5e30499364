/**
 * Where a pod may run can still be narrowed while gates hold it back from scheduling: what it asks of
 * nodes may be added to, and nothing of it taken away. Source: upstream's ValidatePodUpdate, KEP 3838.
 */
import { deepEqual } from '../../../equality.ts';
import { invalid } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { NodeAffinity, NodeSelectorTerm, PodSpec } from '../../../generated/types.ts';
import { goLabels, goStruct } from '../../../go-literal.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';

function validateSelector(spec: PodSpec, old: PodSpec): FieldError[] {
  const [now, before] = [spec.nodeSelector ?? {}, old.nodeSelector ?? {}];
  const isKept = Object.keys(before).every((key) => now[key] === before[key]);
  if (isKept) return [];
  const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  return [invalid('spec.nodeSelector', goLabels(spec.nodeSelector), why)];
}

type Requirements = NodeSelectorTerm['matchExpressions'];

const beginsWith = (now: Requirements = [], old: Requirements = []) =>
  deepEqual(now.slice(0, old.length), old);

function hasOnlyAdditions(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const lengthOf = (list: Requirements) => (list ?? []).length;
  const isEmpty = (term: NodeSelectorTerm) =>
    lengthOf(term.matchExpressions) + lengthOf(term.matchFields) === 0;
  // An empty term selects no node; with something added it could select some.
  if (isEmpty(old)) return isEmpty(now);
  return (
    beginsWith(now.matchExpressions, old.matchExpressions) &&
    beginsWith(now.matchFields, old.matchFields)
  );
}

function validateTerms(now: NodeAffinity | undefined, old: NodeAffinity | undefined): FieldError[] {
  const oldTerms = old?.[requiredTerms]?.nodeSelectorTerms ?? [];
  if (oldTerms.length === 0) return [];
  const terms = now?.[requiredTerms]?.nodeSelectorTerms ?? [];
  const field = `spec.affinity.nodeAffinity.${requiredTerms}.nodeSelectorTerms`;
  if (terms.length !== oldTerms.length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed';
    return [invalid(field, goStruct('[]core.NodeSelectorTerm'), why)];
  }
  return terms.flatMap((term, index) => {
    if (hasOnlyAdditions(term, oldTerms[index]!)) return [];
    const why = 'only additions are allowed (no mutations or deletions)';
    return [invalid(`${field}[${index}]`, goStruct('core.NodeSelectorTerm'), why)];
  });
}

export function validateGatedPlacement(spec: PodSpec, old: PodSpec): FieldError[] {
  return [
    ...validateSelector(spec, old),
    ...validateTerms(spec.affinity?.nodeAffinity, old.affinity?.nodeAffinity),
  ];
}

/** Puts back to what it was what is judged above. */
export function keepGatedPlacement(spec: PodSpec, old: PodSpec): void {
  if (old.nodeSelector === undefined) delete spec.nodeSelector;
  else spec.nodeSelector = old.nodeSelector;
  const { nodeAffinity: _changed, ...rest } = spec.affinity ?? {};
  const before = old.affinity?.nodeAffinity;
  const affinity = before === undefined ? rest : { ...rest, nodeAffinity: before };
  const isNothing = Object.keys(affinity).length === 0 && old.affinity === undefined;
  if (isNothing) delete spec.affinity;
  else spec.affinity = affinity;
}
