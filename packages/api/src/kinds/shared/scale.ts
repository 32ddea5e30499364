/** The scale subresource, through which the count of a workload is read and written. */
import type { SubresourceDefinition } from '../../kind.ts';

export const scaleSubresource: SubresourceDefinition = {
  name: 'scale',
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  verbs: ['get', 'patch', 'update'],
};
