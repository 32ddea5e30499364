/**
 * A Deployment's ReplicaSets as a plan is about to leave them. What was changed becomes actions in
 * the order in which the sets were first touched, one write a set.
 */
import type { Deployment, DeploymentStatus, ReplicaSet } from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';
import type { Moment } from '../moment.plan.ts';
import { replicasAnnotations } from './annotations.plan.ts';
import { specReplicas } from './replica-sets.plan.ts';

export type DeploymentAction =
  | {
      readonly kind: 'createReplicaSet' | 'updateReplicaSet';
      readonly replicaSet: ReplicaSet;
      /** The text of a ScalingReplicaSet event once it is done. */
      readonly scaling: string | undefined;
    }
  | { readonly kind: 'deleteReplicaSet'; readonly replicaSet: ReplicaSet }
  | { readonly kind: 'annotate'; readonly annotations: Readonly<Record<string, string>> }
  | { readonly kind: 'updateStatus'; readonly status: DeploymentStatus }
  | { readonly kind: 'warn'; readonly reason: string; readonly message: string }
  | { readonly kind: 'requeueAfter'; readonly millis: number };

export class Draft {
  readonly deployment: Deployment;
  readonly moment: Moment;
  /** The status so far; counted anew at the end. */
  status: DeploymentStatus;
  readonly #before = new Map<string, ReplicaSet>();
  readonly #after = new Map<string, ReplicaSet>();
  readonly #touched = new Set<string>();
  readonly #deleted = new Set<string>();
  #currentName: string | undefined;

  constructor(deployment: Deployment, replicaSets: readonly ReplicaSet[], moment: Moment) {
    this.deployment = deployment;
    this.moment = moment;
    this.status = deployment.status;
    for (const one of replicaSets) {
      this.#before.set(one.metadata.name, one);
      this.#after.set(one.metadata.name, one);
    }
  }

  /** The set with the Deployment's template. */
  get current(): ReplicaSet | undefined {
    return this.#currentName === undefined ? undefined : this.#after.get(this.#currentName);
  }

  get old(): ReplicaSet[] {
    return this.all.filter((one) => one.metadata.name !== this.#currentName);
  }

  get all(): ReplicaSet[] {
    return [...this.#after.values()];
  }

  setCurrent(replicaSet: ReplicaSet): void {
    this.#currentName = replicaSet.metadata.name;
    this.put(replicaSet);
  }

  put(replicaSet: ReplicaSet): void {
    const { name } = replicaSet.metadata;
    if (this.#after.get(name) === replicaSet) return;
    this.#after.set(name, replicaSet);
    this.#touched.add(name);
  }

  /** True when that changes the number. */
  scale(replicaSet: ReplicaSet, replicas: number): boolean {
    const { name } = replicaSet.metadata;
    const present = this.#after.get(name) ?? replicaSet;
    const annotations = {
      ...present.metadata.annotations,
      ...replicasAnnotations(this.deployment),
    };
    const isChange = specReplicas(present) !== replicas;
    if (!isChange && isEqualJson(annotations, present.metadata.annotations)) return false;
    this.put({
      ...present,
      metadata: { ...present.metadata, annotations },
      spec: { ...present.spec, replicas },
    });
    return isChange;
  }

  delete(replicaSet: ReplicaSet): void {
    this.#deleted.add(replicaSet.metadata.name);
  }

  /** The writes to the ReplicaSets. */
  actions(): DeploymentAction[] {
    const writes = [...this.#touched].map((name) => this.#write(name));
    const deletions = [...this.#deleted].map((name) => ({
      kind: 'deleteReplicaSet' as const,
      replicaSet: this.#before.get(name)!,
    }));
    return [...writes.filter((write) => write !== undefined), ...deletions];
  }

  #write(name: string): DeploymentAction | undefined {
    const before = this.#before.get(name);
    const replicaSet = this.#after.get(name)!;
    const isNew = before === undefined;
    if (!isNew && isEqualJson(before, replicaSet)) return undefined;
    const from = isNew ? 0 : specReplicas(before);
    const to = specReplicas(replicaSet);
    const direction = to > from ? 'up' : 'down';
    const scaling =
      from === to ? undefined : `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
    return { kind: isNew ? 'createReplicaSet' : 'updateReplicaSet', replicaSet, scaling };
  }
}
