/**
 * A cluster in memory for rollout tests: the deployment and replicaset plans against a store without
 * delays, and a kubelet that the test moves one pod at a time.
 */
import {
  isControlledBy,
  isPodActive,
  isPodReady,
  type Deployment,
  type Pod,
  type ReplicaSet,
} from '@drydock/api';
import { plan as planDeployment } from '../deployment/plan.ts';
import { plan as planReplicaSet, planClaim, planStatus } from '../replicaset/plan.ts';
import { meta, momentAt, timeAt } from './builders.ts';

export class ToyCluster {
  deployment: Deployment;
  readonly replicaSets = new Map<string, ReplicaSet>();
  readonly pods = new Map<string, Pod>();
  seconds = 0;
  #lastPod = 0;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
  }

  get moment() {
    return momentAt(this.seconds);
  }

  get activePods(): Pod[] {
    return [...this.pods.values()].filter(isPodActive);
  }

  get availablePods(): Pod[] {
    return this.activePods.filter(isPodReady);
  }

  /** True when something was written. With `actionsMax` the controller is lost after so many. */
  runDeployment(actionsMax = Infinity): boolean {
    const actions = planDeployment({
      deployment: this.deployment,
      replicaSets: [...this.replicaSets.values()],
      pods: [...this.pods.values()],
      moment: this.moment,
    }).slice(0, actionsMax);
    for (const action of actions) {
      switch (action.kind) {
        case 'createReplicaSet': {
          const metadata = { ...meta(''), ...action.replicaSet.metadata };
          metadata.creationTimestamp = timeAt(this.seconds);
          this.replicaSets.set(metadata.name, { ...action.replicaSet, metadata });
          break;
        }
        case 'updateReplicaSet': {
          const { replicaSet } = action;
          const generation = (replicaSet.metadata.generation ?? 0) + 1;
          const metadata = { ...replicaSet.metadata, generation };
          this.replicaSets.set(metadata.name, { ...replicaSet, metadata });
          break;
        }
        case 'deleteReplicaSet':
          this.replicaSets.delete(action.replicaSet.metadata.name);
          break;
        case 'annotate': {
          const annotations = { ...this.deployment.metadata.annotations, ...action.annotations };
          const metadata = { ...this.deployment.metadata, annotations };
          this.deployment = { ...this.deployment, metadata };
          break;
        }
        case 'updateStatus':
          this.deployment = { ...this.deployment, status: action.status };
          break;
        case 'warn':
        case 'requeueAfter':
          break;
        default:
          throw new Error(`unknown action ${JSON.stringify(action satisfies never)}`);
      }
    }
    return actions.some((action) => action.kind !== 'requeueAfter' && action.kind !== 'warn');
  }

  runReplicaSet(name: string): boolean {
    const replicaSet = this.replicaSets.get(name)!;
    const all = [...this.pods.values()];
    const { claimed: pods, adopt, release } = planClaim(replicaSet, all);
    if (adopt.length + release.length > 0) throw new Error('nothing should change hands here');
    const action = planReplicaSet({
      replicaSet,
      pods,
      relatedPods: () => all,
      moment: this.moment,
    });
    if (action?.kind === 'create') {
      for (let index = 0; index < action.count; index++) this.#createPod(action.pod);
    } else if (action?.kind === 'delete') {
      for (const pod of action.pods) this.#terminate(pod);
    }
    const now = [...this.pods.values()].filter(isPodActive);
    const owned = now.filter((pod) => isControlledBy(pod, replicaSet));
    const { status } = planStatus({
      replicaSet,
      pods: owned,
      moment: this.moment,
      failure: undefined,
    });
    if (status !== undefined) this.replicaSets.set(name, { ...replicaSet, status });
    return action !== undefined || status !== undefined;
  }

  runReplicaSets(): boolean {
    return [...this.replicaSets.keys()].map((name) => this.runReplicaSet(name)).includes(true);
  }

  /** The kubelet gets on with a pod: starts it, makes it ready, or lets a terminating one go. */
  runKubelet(name: string): boolean {
    const pod = this.pods.get(name)!;
    if (pod.metadata.deletionTimestamp !== undefined) return this.pods.delete(name);
    if (pod.status.phase === 'Pending') {
      this.pods.set(name, { ...pod, status: { ...pod.status, phase: 'Running' } });
      return true;
    }
    if (isPodReady(pod)) return false;
    this.setReady(name, true);
    return true;
  }

  setReady(name: string, ready: boolean): void {
    const pod = this.pods.get(name)!;
    const status = ready ? ('True' as const) : ('False' as const);
    const conditions = [{ type: 'Ready', status, lastTransitionTime: timeAt(this.seconds) }];
    this.pods.set(name, { ...pod, status: { ...pod.status, conditions } });
  }

  /** Runs everything until nothing changes. */
  settle(passesMax = 500): void {
    for (let pass = 0; pass < passesMax; pass++) {
      this.seconds += 1;
      let changed = this.runDeployment();
      changed = this.runReplicaSets() || changed;
      for (const name of this.pods.keys()) changed = this.runKubelet(name) || changed;
      if (!changed) return;
    }
    throw new Error(`not settled after ${passesMax} passes`);
  }

  #createPod(template: Pod): void {
    this.#lastPod += 1;
    const name = `${template.metadata.generateName ?? ''}${this.#lastPod}`;
    const metadata = {
      ...meta(name),
      ...template.metadata,
      name,
      creationTimestamp: timeAt(this.seconds),
    };
    const spec = { ...template.spec, nodeName: `node-${this.#lastPod % 3}` };
    this.pods.set(name, { ...template, metadata, spec, status: { phase: 'Pending' } });
  }

  #terminate(pod: Pod): void {
    const metadata = { ...pod.metadata, deletionTimestamp: timeAt(this.seconds) };
    this.pods.set(pod.metadata.name, { ...pod, metadata });
  }
}
