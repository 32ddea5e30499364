/** A pod that names its node fits no other. */
import type { Plugin, Rejection } from '../../framework/plugin.ts';

const rejection: Rejection = {
  reasons: ["node(s) didn't match the requested node name"],
  resolvable: false,
};

export const nodeName: Plugin = {
  name: 'NodeName',
  weight: 0,
  helpedBy: ['node-added'],
  prepare: (pod) => ((pod.pod.spec.nodeName ?? '') === '' ? 'skip' : undefined),
  filter: (pod, node) => (pod.pod.spec.nodeName === node.name ? undefined : rejection),
};
