/** Nodes repel pods that do not tolerate their taints; with PreferNoSchedule they only cost score. */
import type { Toleration } from '@drydock/api';
import { normalizeToMax, type Plugin } from '../../framework/plugin.ts';
import { toleratesAny } from './tolerates.ts';

interface State {
  /** Those that count for taints that are only preferences. */
  readonly preferring: readonly Toleration[];
}

export const taintToleration: Plugin<State> = {
  name: 'TaintToleration',
  weight: 3,
  helpedBy: ['node-added', 'node-changed'],
  prepare: (pod) => ({
    preferring: pod.tolerations.filter(
      ({ effect }) => effect === undefined || effect === 'PreferNoSchedule',
    ),
  }),
  filter: (pod, node) => {
    for (const taint of node.taints) {
      if (taint.effect === 'PreferNoSchedule' || toleratesAny(pod.tolerations, taint)) continue;
      const reason = `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
      return { reasons: [reason], resolvable: false };
    }
    return undefined;
  },
  score: (_pod, node, { preferring }) => {
    let count = 0;
    for (const taint of node.taints) {
      if (taint.effect === 'PreferNoSchedule' && !toleratesAny(preferring, taint)) count++;
    }
    return count;
  },
  normalize: (scores) => normalizeToMax(scores, { reverse: true }),
};
