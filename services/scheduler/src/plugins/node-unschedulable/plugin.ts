/** A cordoned node takes no pods, but for those that tolerate its taint. */
import type { Taint } from '@drydock/api';
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import { toleratesAny } from '../taint-toleration/tolerates.ts';

const unschedulable: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const rejection: Rejection = { reasons: ['node(s) were unschedulable'], resolvable: false };

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  weight: 0,
  helpedBy: ['node-added', 'node-changed'],
  prepare: (pod) => (toleratesAny(pod.tolerations, unschedulable) ? 'skip' : undefined),
  filter: (_pod, node) => (node.isUnschedulable ? rejection : undefined),
};
