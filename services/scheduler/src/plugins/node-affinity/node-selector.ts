/** Node selectors: terms are alternatives, the requirements of a term all hold (core/v1 NodeSelector). */
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '@drydock/api';
import type { NodeView } from '../../model/node-info.ts';

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

export function matchesTerm(term: NodeSelectorTerm, node: NodeView): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  // A term that asks for nothing selects nothing.
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((one) => holds(one, node.labels[one.key])) &&
    matchFields.every((one) => one.key === 'metadata.name' && holds(one, node.name))
  );
}

export const matchesSelector = (selector: NodeSelector, node: NodeView): boolean =>
  selector.nodeSelectorTerms.some((term) => matchesTerm(term, node));
