/** All plugins, in the order in which nodes are filtered. A new one is a folder and a line here. */
import type { AnyPlugin } from '../framework/plugin.ts';
import { imageLocality } from './image-locality/plugin.ts';
import { nodeAffinity } from './node-affinity/plugin.ts';
import { nodeName } from './node-name/plugin.ts';
import { nodePorts } from './node-ports/plugin.ts';
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/plugin.ts';
import { nodeResourcesFit } from './node-resources-fit/plugin.ts';
import { nodeUnschedulable } from './node-unschedulable/plugin.ts';
import { podTopologySpread } from './pod-topology-spread/plugin.ts';
import { taintToleration } from './taint-toleration/plugin.ts';
import { volumeBinding } from './volume-binding/plugin.ts';
import { volumeRestrictions } from './volume-restrictions/plugin.ts';

export const defaultPlugins: readonly AnyPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  volumeBinding,
  podTopologySpread,
  nodeResourcesBalancedAllocation,
  imageLocality,
];
