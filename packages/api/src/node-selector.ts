/** Node selectors: terms are alternatives, the requirements of a term all hold (core/v1 NodeSelector). */
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from './generated/types.ts';

/** Of a node, what it can be selected by. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const integer = /^[+-]?\d+$/;

/** @param value of the label or field; undefined when the node has none */
function holds(requirement: NodeSelectorRequirement, value: string | undefined): boolean {
  const { operator, values = [] } = requirement;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt': {
      const [bound] = values;
      if (value === undefined || bound === undefined) return false;
      if (!integer.test(value) || !integer.test(bound)) return false;
      return operator === 'Gt' ? Number(value) > Number(bound) : Number(value) < Number(bound);
    }
    default:
      return operator satisfies never;
  }
}

export function matchesNodeTerm(term: NodeSelectorTerm, node: SelectableNode): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  // A term that asks for nothing selects nothing.
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((one) => holds(one, node.labels[one.key])) &&
    matchFields.every((one) => one.key === 'metadata.name' && holds(one, node.name))
  );
}

export const matchesNodeSelector = (selector: NodeSelector, node: SelectableNode): boolean =>
  selector.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
