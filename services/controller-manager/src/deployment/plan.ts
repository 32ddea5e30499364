/**
 * How a Deployment moves its ReplicaSets to the template and size it asks for (upstream's
 * pkg/controller/deployment).
 *
 * 1. A template has one ReplicaSet, named by the template's hash; its revision is one above all
 *    others, so a rollback, which kubectl makes by writing an old template, takes a new revision.
 * 2. A pass does one of: pause or scale in proportion, roll one step, recreate one step. What it
 *    did shows in the ReplicaSets' status, which brings the next pass.
 * 3. The plan is whole: carried out up to any action and then lost, the next pass continues.
 */
import {
  isControlledBy,
  type Deployment,
  type DeploymentStatus,
  type Pod,
  type ReplicaSet,
} from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';
import type { Moment } from '../moment.plan.ts';
import { currentSetAnnotations, revisionAnnotation, revisionOf } from './annotations.plan.ts';
import { findCondition, withCondition } from './conditions.plan.ts';
import { Draft, type DeploymentAction } from './draft.plan.ts';
import { isRolling, progressDeadlineSeconds, wantedReplicas } from './limits.plan.ts';
import {
  byRevision,
  findCurrent,
  hasTemplate,
  newReplicaSet,
  specReplicas,
} from './replica-sets.plan.ts';
import { currentSetReplicas, emptyOld, hasOldPods, rollOn } from './rolling.plan.ts';
import { isScalingEvent, scale } from './scale.plan.ts';
import { countStatus, isComplete, rolloutStatus, statusActions } from './status.plan.ts';

export type { DeploymentAction } from './draft.plan.ts';

export interface DeploymentSnapshot {
  readonly deployment: Deployment;
  /** The sets that the Deployment controls. */
  readonly replicaSets: readonly ReplicaSet[];
  /** The pods of those sets. */
  readonly pods: readonly Pod[];
  readonly moment: Moment;
}

export function plan(snapshot: DeploymentSnapshot): DeploymentAction[] {
  const { deployment, moment } = snapshot;
  if (selectsAll(deployment)) return planSelectingAll(deployment);
  const draft = new Draft(deployment, snapshot.replicaSets, moment);
  const current = findCurrent(deployment, snapshot.replicaSets);
  if (current !== undefined) draft.setCurrent(current);

  const isLeaving = deployment.metadata.deletionTimestamp !== undefined;
  if (isLeaving) return finish(draft, countStatus(draft));
  notePause(draft);
  if (deployment.spec.paused === true || isScalingEvent(draft)) {
    reviseCurrent(draft);
    scale(draft);
    if (deployment.spec.paused === true) cleanUp(draft);
    return finish(draft, countStatus(draft));
  }
  if (isRolling(deployment)) roll(draft);
  else recreate(draft, snapshot.pods);
  return finish(draft, rolloutStatus(draft));
}

function roll(draft: Draft): void {
  const current = reviseCurrent(draft) ?? createCurrent(draft);
  rollOn(draft, current);
  if (isComplete(draft.deployment, draft.deployment.status)) cleanUp(draft);
}

function recreate(draft: Draft, pods: readonly Pod[]): void {
  reviseCurrent(draft);
  if (emptyOld(draft) || hasOldPods(draft, pods)) return;
  const current = draft.current ?? createCurrent(draft);
  draft.scale(current, wantedReplicas(draft.deployment));
  if (isComplete(draft.deployment, draft.deployment.status)) cleanUp(draft);
}

const nextRevision = (draft: Draft) =>
  draft.old.reduce((revision, set) => Math.max(revision, revisionOf(set)), 0) + 1;

/** Brings the annotations of the current set up to date, if there is one. */
function reviseCurrent(draft: Draft): ReplicaSet | undefined {
  const { current, deployment } = draft;
  if (current === undefined) return undefined;
  const annotations = currentSetAnnotations(
    deployment,
    current.metadata.annotations ?? {},
    nextRevision(draft),
  );
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const isRevised =
    !isEqualJson(annotations, current.metadata.annotations ?? {}) ||
    minReadySeconds !== (current.spec.minReadySeconds ?? 0);
  if (isRevised) {
    const metadata = { ...current.metadata, annotations };
    draft.setCurrent({ ...current, metadata, spec: { ...current.spec, minReadySeconds } });
  }
  const isNews = findCondition(draft.status, 'Progressing') === undefined;
  if (isNews)
    noteProgress(draft, 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`);
  return draft.current;
}

function createCurrent(draft: Draft): ReplicaSet {
  const options = { replicas: currentSetReplicas(draft, 0), revision: nextRevision(draft) };
  const taken = new Set(draft.all.map((set) => set.metadata.name));
  let created = newReplicaSet(draft.deployment, options);
  while (taken.has(created.metadata.name)) {
    // Another template of this Deployment has the same hash.
    draft.status = { ...draft.status, collisionCount: (draft.status.collisionCount ?? 0) + 1 };
    created = newReplicaSet({ ...draft.deployment, status: draft.status }, options);
  }
  draft.setCurrent(created);
  noteProgress(draft, 'NewReplicaSetCreated', `Created new replica set "${created.metadata.name}"`);
  return created;
}

function noteProgress(draft: Draft, reason: string, message: string): void {
  if (progressDeadlineSeconds(draft.deployment) === undefined) return;
  const condition = { type: 'Progressing', status: 'True', reason, message } as const;
  draft.status = withCondition(draft.status, condition, draft.moment);
}

/** A paused rollout cannot be late; a resumed one starts its deadline anew. */
function notePause(draft: Draft): void {
  const { deployment } = draft;
  if (progressDeadlineSeconds(deployment) === undefined) return;
  const reason = findCondition(draft.status, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  const isPaused = deployment.spec.paused === true;
  if (isPaused === (reason === 'DeploymentPaused')) return;
  const condition = {
    type: 'Progressing',
    status: 'Unknown',
    reason: isPaused ? 'DeploymentPaused' : 'DeploymentResumed',
    message: isPaused ? 'Deployment is paused' : 'Deployment is resumed',
  } as const;
  draft.status = withCondition(draft.status, condition, draft.moment);
}

/** Deletes the oldest revisions beyond the history limit, but none that has or may have pods. */
function cleanUp(draft: Draft): void {
  const limit = draft.deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === 2 ** 31 - 1) return;
  const present = draft.old.filter((set) => set.metadata.deletionTimestamp === undefined);
  const surplus = present.sort(byRevision).slice(0, Math.max(0, present.length - limit));
  for (const set of surplus) {
    const isSettled = (set.status.observedGeneration ?? 0) >= (set.metadata.generation ?? 0);
    if (isSettled && set.status.replicas === 0 && specReplicas(set) === 0) draft.delete(set);
  }
}

function finish(draft: Draft, status: DeploymentStatus): DeploymentAction[] {
  const actions = draft.actions();
  const revision = draft.current?.metadata.annotations?.[revisionAnnotation];
  if (
    revision !== undefined &&
    draft.deployment.metadata.annotations?.[revisionAnnotation] !== revision
  ) {
    actions.push({ kind: 'annotate', annotations: { [revisionAnnotation]: revision } });
  }
  return [...actions, ...statusActions(draft, status)];
}

function selectsAll({ spec: { selector } }: Deployment): boolean {
  const isEmpty = (value: object | undefined) => Object.keys(value ?? {}).length === 0;
  return isEmpty(selector.matchLabels) && isEmpty(selector.matchExpressions);
}

function planSelectingAll(deployment: Deployment): DeploymentAction[] {
  const { generation = 0 } = deployment.metadata;
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  const warning: DeploymentAction = { kind: 'warn', reason: 'SelectingAll', message };
  if ((deployment.status.observedGeneration ?? 0) >= generation) return [warning];
  const status = { ...deployment.status, observedGeneration: generation };
  return [warning, { kind: 'updateStatus', status }];
}

/**
 * After the creation of the current set failed because its name is taken.
 * @param taken the object of that name
 */
export function planCollision(deployment: Deployment, taken: ReplicaSet): DeploymentAction[] {
  const isOurs = isControlledBy(taken, deployment) && hasTemplate(taken, deployment.spec.template);
  // Ours: only our cache was behind, and the next pass will see it.
  if (isOurs) return [];
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  return [{ kind: 'updateStatus', status: { ...deployment.status, collisionCount } }];
}

/** After the creation of the current set failed for any other reason. */
export function planCreationFailure(
  deployment: Deployment,
  failure: { readonly replicaSet: ReplicaSet; readonly why: string; readonly moment: Moment },
): DeploymentAction[] {
  const message = `Failed to create new replica set "${failure.replicaSet.metadata.name}": ${failure.why}`;
  const reason = 'ReplicaSetCreateError';
  const warning: DeploymentAction = { kind: 'warn', reason, message };
  if (progressDeadlineSeconds(deployment) === undefined) return [warning];
  const condition = { type: 'Progressing', status: 'False', reason, message } as const;
  const status = withCondition(deployment.status, condition, failure.moment);
  return status === deployment.status ? [warning] : [{ kind: 'updateStatus', status }, warning];
}
