/** What the worker of a pod is given: the parts of its node. */
import type { ApiClient } from '@drydock/client';
import type { Clock, Logger } from '@drydock/ports';
import type { RuntimeService } from '../runtime/runtime.ts';
import type { Volumes } from '../volumes/volumes.ts';
import type { Endings } from './endings.ts';
import type { Images } from './images.ts';
import type { PodEvents } from './pod-events.ts';
import type { Prober } from './prober.ts';
import type { Ask } from './requests.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import type { NodeFacts, Starter } from './starter.ts';
import type { StatusWriter } from './status-writer.ts';

export interface PodWorkerPowers {
  readonly api: ApiClient;
  readonly runtime: RuntimeService;
  readonly cache: RuntimeCache;
  readonly starter: Starter;
  readonly endings: Endings;
  readonly prober: Prober;
  readonly ask: Ask;
  readonly images: Images;
  readonly volumes: Volumes | undefined;
  readonly statuses: StatusWriter;
  readonly events: PodEvents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bootId: string;
  readonly nodeFacts: () => NodeFacts;
  /** By the plan of a pod; undefined: as the plan has it. */
  readonly deadInstancesKept?: number | undefined;
  /** An address of the node's range; undefined while the node has none to give. */
  readonly takeAddress: (uid: string) => string | undefined;
  readonly releaseAddress: (uid: string) => void;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** Nothing of the pod is left. */
  readonly onFinished: (uid: string) => void;
}
