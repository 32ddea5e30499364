/**
 * The rules of a ClusterRole that gathers those of others: in the order of its selectors and of the
 * names that each selects, each rule once (upstream's clusterroleaggregation_controller.go).
 */
import { selectorFromLabelSelector, type ClusterRole, type PolicyRule } from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';

export interface AggregateAction {
  readonly kind: 'setRules';
  readonly rules: readonly PolicyRule[];
}

/** Undefined for a role that gathers nothing, or has gathered all already. */
export function plan(snapshot: {
  readonly clusterRole: ClusterRole;
  readonly clusterRoles: readonly ClusterRole[];
}): AggregateAction | undefined {
  const { clusterRole } = snapshot;
  if (clusterRole.aggregationRule === undefined) return undefined;
  const others = snapshot.clusterRoles
    .filter(({ metadata }) => metadata.name !== clusterRole.metadata.name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const labelSelector of clusterRole.aggregationRule.clusterRoleSelectors ?? []) {
    const selector = selectorFromLabelSelector(labelSelector);
    for (const { metadata, rules: own } of others) {
      if (!selector.matches(metadata.labels)) continue;
      for (const rule of own ?? []) {
        if (!rules.some((known) => isEqualJson(known, rule))) rules.push(rule);
      }
    }
  }
  return isEqualJson(rules, clusterRole.rules ?? []) ? undefined : { kind: 'setRules', rules };
}
