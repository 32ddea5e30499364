/**
 * The graph of the node authorizer: pods by their node, and what each refers to.
 *
 * 1. A pod that is bound stays on its node, and what it refers to stays what it was: an update of a pod
 *    that is known costs nothing.
 * 2. What a pod refers to is read when its node first asks, so pods on nodes that ask for little cost
 *    little.
 * 3. Where a pod is has to be read out of it. A server that starts on thousands of pods is ready without
 *    having read them, a fifth of its start: they are read in slices behind that, or when a node asks.
 */
import { pods, type Pod } from '@drydock/api';
import type { Cacher } from '../../cacher/cacher.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { referencesOf, type PodReferences } from './pod-references.ts';

interface KnownPod {
  object: StoredObject;
  references: PodReferences | undefined;
}

export interface PodOnNode {
  readonly namespace: string;
  readonly name: string;
  readonly references: PodReferences;
}

interface Told {
  /** Undefined when the pod is gone. */
  readonly object: StoredObject | undefined;
  readonly previous: StoredObject | undefined;
}

/** So many are read in a turn of the loop, which takes some 10 ms. */
const sliceMax = 200;

export class NodePods {
  readonly #byNode = new Map<string, Map<string, KnownPod>>();
  #told: Told[] = [];

  /** A pod is there, or is another one; without an object it is gone. */
  tell(object: StoredObject | undefined, previous: StoredObject | undefined): void {
    if (this.#told.length === 0) setImmediate(() => this.#readSlice());
    this.#told.push({ object, previous });
  }

  /** What was told and is not read yet. */
  get backlog(): number {
    return this.#told.length;
  }

  #readSlice(): void {
    this.#take(this.#told.splice(0, sliceMax));
    if (this.#told.length > 0) setImmediate(() => this.#readSlice());
  }

  /** An answer has to know of all that was told. */
  #catchUp(): void {
    if (this.#told.length > 0) this.#take(this.#told.splice(0));
  }

  #take(told: readonly Told[]): void {
    for (const { object, previous } of told) {
      if (object !== undefined) this.#set(object);
      else if (previous !== undefined) this.#delete(previous);
    }
  }

  #set(object: StoredObject): void {
    const node = nodeNameOf(object);
    if (node === '') return;
    let known = this.#byNode.get(node);
    if (known === undefined) {
      known = new Map();
      this.#byNode.set(node, known);
    }
    const pod = known.get(object.key);
    if (pod === undefined) known.set(object.key, { object, references: undefined });
    else pod.object = object;
  }

  #delete(object: StoredObject): void {
    const node = nodeNameOf(object);
    const known = this.#byNode.get(node);
    known?.delete(object.key);
    if (known?.size === 0) this.#byNode.delete(node);
  }

  has(node: string, namespace: string, name: string): boolean {
    this.#catchUp();
    for (const { object } of this.#byNode.get(node)?.values() ?? []) {
      if (object.name === name && object.namespace === namespace) return true;
    }
    return false;
  }

  *on(node: string): Generator<PodOnNode> {
    this.#catchUp();
    for (const known of this.#byNode.get(node)?.values() ?? []) {
      known.references ??= referencesOf(known.object.parse<Pod>());
      const { namespace, name } = known.object;
      yield { namespace, name, references: known.references };
    }
  }
}

const nodeNameOf = (object: StoredObject): string =>
  object.attributes.fields['spec.nodeName'] ?? '';

export function feedNodePods(nodePods: NodePods, cacher: Cacher): void {
  cacher.of(pods).observe((object, previous) => nodePods.tell(object, previous));
}
