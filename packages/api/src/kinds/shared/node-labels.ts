/** Labels of nodes that have newer names. Source: upstream's pkg/api/node. */
import type { NodeSelectorTerm } from '../../generated/types.ts';

const deprecated: Readonly<Record<string, string>> = {
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
};

/** What to use in the place of a label, or undefined when nothing is wrong with it. */
export function nodeLabelWarning(label: string): string | undefined {
  return Object.hasOwn(deprecated, label) ? deprecated[label] : undefined;
}

/** @param field of the list that `expressions` is */
export function expressionWarnings(
  expressions: readonly { readonly key: string }[] | undefined,
  field: string,
): string[] {
  return (expressions ?? []).flatMap(({ key }, index) => {
    const why = nodeLabelWarning(key);
    return why === undefined ? [] : [`${field}[${index}].key: ${key} is ${why}`];
  });
}

export function nodeTermWarnings(term: NodeSelectorTerm, field: string): string[] {
  return expressionWarnings(term.matchExpressions, `${field}.matchExpressions`);
}
