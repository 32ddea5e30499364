/** Two pods of a node cannot have the same port of the host. */
import type { Plugin, Rejection } from '../../framework/plugin.ts';
import { portsConflict } from '../../model/pod-info.ts';

const rejection: Rejection = {
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
  resolvable: true,
};

export const nodePorts: Plugin = {
  name: 'NodePorts',
  weight: 0,
  helpedBy: ['node-added', 'assigned-pod-deleted'],
  prepare: (pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter: (pod, node) => {
    const isTaken = pod.hostPorts.some((port) =>
      node.hostPorts.some((taken) => portsConflict(port, taken)),
    );
    return isTaken ? rejection : undefined;
  },
};
