/** What the node's API tells of: an agent may serve many nodes. */
import type { Pod } from '@drydock/api';
import type { RuntimeService } from '../runtime/runtime.ts';
import type { NodeUsage } from '../stats/sampler.ts';

/** A pod and the runtime that holds it. */
export interface ServedPod {
  readonly pod: Pod;
  readonly runtime: RuntimeService;
}

export interface ServedNode {
  readonly name: string;
  pods(): readonly Pod[];
  readonly runtime: RuntimeService;
  usage(): NodeUsage;
}
