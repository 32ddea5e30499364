import type { KubernetesObject, OwnerReference } from '@drydock/api';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeAt } from '../testing/builders.ts';
import {
  foregroundFinalizer,
  nodeOf,
  orphanFinalizer,
  OwnerGraph,
  type Suspects,
} from './graph.plan.ts';
import { planForeground, planItem, type OwnerState, type Propagation } from './plan.ts';

const referenceTo = (owner: KubernetesObject, blockOwnerDeletion = true): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid!,
  blockOwnerDeletion,
});

function objectOf(name: string, owners: readonly KubernetesObject[] = []): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      ownerReferences: owners.map((owner) => referenceTo(owner)),
    },
  };
}

describe('planItem', () => {
  const item = objectOf('item');
  const dependent = nodeOf(objectOf('dependent', [item]));
  const run = (states: readonly OwnerState[], more: Partial<Parameters<typeof planItem>[0]> = {}) =>
    planItem({
      item,
      owners: new Map(states.map((state, index) => [`${state}-${index}`, state])),
      dependents: [],
      ...more,
    });
  const deletion = (propagationPolicy: Propagation, unblock = false) => ({
    kind: 'delete',
    propagationPolicy,
    unblock,
  });

  test('a solid owner keeps it, without its references to others', () => {
    expect(run([])).toEqual({ kind: 'keep' });
    expect(run(['solid'])).toEqual({ kind: 'keep' });
    expect(run(['solid', 'dangling', 'waiting'])).toEqual({
      kind: 'dropReferences',
      ownerUids: ['dangling-1', 'waiting-2'],
    });
  });

  test('without a solid owner it goes, in the background unless its finalizers say otherwise', () => {
    expect(run(['dangling'])).toEqual(deletion('Background'));
    expect(run(['waiting'])).toEqual(deletion('Background'));
    const held = (finalizer: string) => ({
      item: { ...item, metadata: { ...item.metadata, finalizers: [finalizer] } },
    });
    expect(run(['dangling'], held(orphanFinalizer))).toEqual(deletion('Orphan'));
    expect(run(['dangling'], held(foregroundFinalizer))).toEqual(deletion('Foreground'));
  });

  test('with dependents it goes in the foreground when an owner waits', () => {
    expect(run(['waiting'], { dependents: [dependent] })).toEqual(deletion('Foreground'));
    expect(run(['dangling'], { dependents: [dependent] })).toEqual(deletion('Background'));
  });

  test('a circle of foreground deletions is opened', () => {
    const circling = { ...dependent, isDeletingDependents: true };
    expect(run(['waiting'], { dependents: [circling] })).toEqual(deletion('Foreground', true));
  });
});

test('a foreground deletion waits for blocking dependents only', () => {
  const graph = new OwnerGraph();
  const owner = objectOf('owner');
  graph.observe(owner);
  graph.observe(objectOf('blocking', [owner]));
  const loose = objectOf('loose');
  graph.observe({
    ...loose,
    metadata: { ...loose.metadata, ownerReferences: [referenceTo(owner, false)] },
  });
  const blocking = graph.blockingDependentsOf('uid-owner');
  expect(planForeground(blocking)).toEqual({ kind: 'lookAt', uids: ['uid-blocking'] });
  expect(graph.forget('uid-blocking').delete).toEqual(new Set());
  expect(planForeground(graph.blockingDependentsOf('uid-owner'))).toEqual({
    kind: 'removeFinalizer',
  });
});

test('an object is suspected when it names an owner wrongly, whichever was seen first', () => {
  const owner = objectOf('owner');
  const wrong = objectOf('wrong', [{ ...owner, kind: 'Secret' }]);
  const late = new OwnerGraph();
  expect(late.observe(wrong).delete).toEqual(new Set(['uid-wrong']));
  expect(late.observe(owner).delete).toEqual(new Set(['uid-wrong']));
  const elsewhere = objectOf('elsewhere', [owner]);
  const graph = new OwnerGraph();
  graph.observe(owner);
  const moved = { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'other' } };
  expect(graph.observe(moved).delete).toEqual(new Set(['uid-elsewhere']));
  expect(graph.observe(objectOf('right', [owner])).delete).toEqual(new Set());
});

/** A store with finalizers, and a collector whose watches lag behind by a random number of events. */
class ToyStore {
  readonly objects = new Map<string, KubernetesObject>();
  readonly graph = new OwnerGraph();
  readonly suspects = { delete: new Set<string>(), orphan: new Set<string>() };
  readonly #events: (() => Suspects)[] = [];
  readonly deleted: string[] = [];

  put(object: KubernetesObject): void {
    this.objects.set(object.metadata.uid!, object);
    this.#events.push(() => this.graph.observe(object));
  }

  remove(uid: string, policy: Propagation): void {
    const object = this.objects.get(uid);
    if (object === undefined) return;
    const held = new Set(object.metadata.finalizers);
    if (policy === 'Foreground') held.add(foregroundFinalizer);
    if (policy === 'Orphan') held.add(orphanFinalizer);
    if (held.size === 0) return this.#gone(uid);
    const metadata = { ...object.metadata, finalizers: [...held], deletionTimestamp: timeAt(0) };
    this.put({ ...object, metadata });
  }

  unfinalize(uid: string, finalizer: string): void {
    const object = this.objects.get(uid);
    if (object === undefined) return;
    const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
    if (finalizers.length === 0) this.#gone(uid);
    else this.put({ ...object, metadata: { ...object.metadata, finalizers } });
  }

  #gone(uid: string): void {
    this.objects.delete(uid);
    this.deleted.push(uid);
    this.#events.push(() => this.graph.forget(uid));
  }

  /** The collector sees up to so many events. */
  deliver(count: number): void {
    for (const event of this.#events.splice(0, count)) {
      const found = event();
      for (const uid of found.delete) this.suspects.delete.add(uid);
      for (const uid of found.orphan) this.suspects.orphan.add(uid);
    }
  }

  collect(): void {
    for (const uid of new Set(this.suspects.orphan)) {
      this.suspects.orphan.delete(uid);
      for (const dependent of this.graph.dependentsOf(uid))
        this.dropReferences(dependent.uid, [uid]);
      this.unfinalize(uid, orphanFinalizer);
    }
    for (const uid of new Set(this.suspects.delete)) {
      this.suspects.delete.delete(uid);
      this.#attempt(uid);
    }
  }

  #attempt(uid: string): void {
    const node = this.graph.get(uid);
    const item = this.objects.get(uid);
    if (node === undefined || item === undefined) return;
    if (node.isDeletingDependents) {
      const action = planForeground(this.graph.blockingDependentsOf(uid));
      if (action.kind === 'removeFinalizer') this.unfinalize(uid, foregroundFinalizer);
      else for (const one of action.uids) this.suspects.delete.add(one);
      return;
    }
    if (node.isBeingDeleted) return;
    const owners = new Map(
      (item.metadata.ownerReferences ?? []).map((one) => [one.uid, this.#stateOf(one.uid)]),
    );
    const action = planItem({ item, owners, dependents: this.graph.dependentsOf(uid) });
    if (action.kind === 'dropReferences') this.dropReferences(uid, action.ownerUids);
    if (action.kind === 'delete') {
      expect([...owners.values()]).not.toContain('solid');
      this.remove(uid, action.propagationPolicy);
    }
  }

  #stateOf(uid: string): OwnerState {
    const owner = this.objects.get(uid);
    if (owner === undefined) return 'dangling';
    return nodeOf(owner).isDeletingDependents ? 'waiting' : 'solid';
  }

  dropReferences(uid: string, ownerUids: readonly string[]): void {
    const object = this.objects.get(uid);
    if (object === undefined) return;
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter(
      (one) => !ownerUids.includes(one.uid),
    );
    this.put({ ...object, metadata: { ...object.metadata, ownerReferences } });
  }

  settle(): void {
    for (let round = 0; round < 200; round++) {
      this.deliver(Infinity);
      if (this.suspects.delete.size + this.suspects.orphan.size === 0) return;
      this.collect();
    }
    throw new Error('the collector does not come to rest');
  }
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('create' as const),
    owners: fc.array(fc.nat(15), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    which: fc.nat(30),
    policy: fc.constantFrom<Propagation>('Background', 'Foreground', 'Orphan'),
  }),
  fc.record({ kind: fc.constant('collect' as const), events: fc.nat(10) }),
);

test('nothing with a live owner is ever deleted, and nothing of absent owners only is left', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
      const store = new ToyStore();
      const created: KubernetesObject[] = [];
      for (const one of steps) {
        if (one.kind === 'create') {
          const owners = [...new Set(one.owners)].flatMap((index) => created[index] ?? []);
          const object = objectOf(`o${created.length}`, owners);
          created.push(object);
          store.put(object);
        } else if (one.kind === 'remove') {
          const uid = created[one.which % Math.max(1, created.length)]?.metadata.uid;
          if (uid !== undefined) store.remove(uid, one.policy);
        } else {
          store.deliver(one.events);
          store.collect();
        }
      }
      store.settle();
      for (const object of store.objects.values()) {
        expect(object.metadata.deletionTimestamp).toBeUndefined();
        const owners = object.metadata.ownerReferences ?? [];
        if (owners.length > 0) expect(owners.some((one) => store.objects.has(one.uid))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('dependents that are seen only after their owner has gone are suspected', () => {
  const graph = new OwnerGraph();
  const owner = objectOf('owner');
  graph.observe(owner);
  graph.forget('uid-owner');
  expect(graph.observe(objectOf('late', [owner])).delete).toEqual(new Set(['uid-late']));
});

test('a foreground deletion of a chain goes leaf first', () => {
  const store = new ToyStore();
  const root = objectOf('root');
  const middle = objectOf('middle', [root]);
  for (const object of [root, middle, objectOf('leaf', [middle])]) store.put(object);
  store.settle();
  store.remove('uid-root', 'Foreground');
  store.settle();
  expect(store.deleted).toEqual(['uid-leaf', 'uid-middle', 'uid-root']);
});
