/** Typed access to the component API, and what controllers are built from. */
export {
  apiVersionOf,
  createApiClient,
  type ApiClient,
  type CallOptions,
  type DeleteOptions,
  type ListOptions,
  type NewObject,
  type ObjectList,
  type ObjectName,
  type PatchOptions,
  type Selection,
} from './api.ts';
export {
  createController,
  type ChangeKind,
  type Controller,
  type ControllerOptions,
} from './controller.ts';
export {
  isAlreadyExists,
  isConflict,
  isForbidden,
  isGone,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  isUnavailable,
} from './errors.ts';
export {
  createEventRecorder,
  type EventInput,
  type EventRecorder,
  type EventRecorderOptions,
} from './events.ts';
export { createExpectations, type Expectations } from './expectations.ts';
export {
  createInformer,
  createInformerSet,
  type Informer,
  type InformerHandler,
  type InformerOptions,
  type InformerPowers,
  type InformerSet,
  type InformerState,
} from './informer.ts';
export {
  createLeaderElector,
  type LeaderElectionOptions,
  type LeaderElectionPowers,
  type LeaderElector,
} from './leader-election.ts';
export {
  createLeaderElectionMetrics,
  createWorkQueueMetrics,
  type LeaderElectionMetrics,
  type WorkQueueMetrics,
} from './metrics.ts';
export { resources, type Resource } from './resources.ts';
export { keyOf, splitKey, type Indexer, type ObjectKey, type ObjectReader } from './store.ts';
export type { WatchEvent } from './watch.ts';
export {
  createWorkQueue,
  type Sync,
  type SyncResult,
  type WorkQueue,
  type WorkQueueOptions,
  type WorkQueuePowers,
} from './work-queue.ts';
