/** Charges of one namespace, when the store is slow. The charges themselves: admission.integration.test.ts. */
import { expect, test } from 'vitest';
import { findResource, type Pod, type ResourceQuota } from '@drydock/api';
import { createManualClock } from '@drydock/testing/manual-clock';
import { keyOf } from '../../storage/keys.ts';
import { StoredObject, encodeForStorage } from '../../storage/stored-object.ts';
import type { Store } from '../store.ts';
import { createQuotaCharge } from './quota-charge.ts';

const quota: ResourceQuota = {
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  metadata: { name: 'q', namespace: 'default' },
  spec: {},
  status: { hard: { pods: '9' }, used: { pods: '0' } },
};

/** A store of that one quota, whose writes end when they are let go. */
function createHeldStore() {
  let held = structuredClone(quota);
  const waiting: (() => void)[] = [];
  const place = keyOf(findResource('', 'resourcequotas')!, 'default', 'q');
  const stored = () => StoredObject.fromStorage(place, encodeForStorage(held), 1)!;
  const store: Pick<Store, 'read' | 'change'> = {
    read: () => Promise.resolve(stored()),
    change: async (_target, plan) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      const planned = await plan(stored());
      if (planned.kind === 'put') held = planned.object as ResourceQuota;
      return { kind: 'stored', object: stored() };
    },
  };
  return {
    store: store as Store,
    used: () => held.status.used,
    waitingCount: () => waiting.length,
    letGo: () => waiting.shift()?.(),
  };
}

function setUp() {
  const clock = createManualClock();
  const held = createHeldStore();
  const view = {
    limitRanges: () => [],
    quotas: () => [quota],
    priorityClasses: () => [],
    ingressClasses: () => [],
    storageClasses: () => [],
  };
  const charge = createQuotaCharge({ store: held.store, view, clock });
  const ask = (name: string) => {
    const object = { kind: 'Pod', metadata: { name }, spec: { containers: [] }, status: {} };
    return {
      target: { kind: findResource('', 'pods')!, namespace: 'default', name },
      object: object as unknown as Pod,
      old: undefined,
      dryRun: false,
    };
  };
  const create = (name: string) => charge.openBill()(ask(name));
  return { clock, held, create, ask, charge };
}

test('they follow one another', async () => {
  const { clock, held, create } = setUp();
  const both = [create('a'), create('b')];
  await clock.settle();
  expect(held.waitingCount()).toBe(1);
  held.letGo();
  await both[0];
  await clock.settle();
  expect(held.waitingCount()).toBe(1);
  held.letGo();
  await both[1];
  expect(held.used()).toEqual({ pods: '2' });
});

test('who has waited too long is told so, and charged nothing', async () => {
  const { clock, held, create } = setUp();
  const first = create('a');
  const second = create('b');
  await clock.settle();
  await clock.advance(10_001);
  held.letGo();
  await first;
  await expect(second).rejects.toMatchObject({
    code: 500,
    message: 'Internal error occurred: resource quota evaluates timeout',
  });
  expect(held.used()).toEqual({ pods: '1' });
});

test('a request that is tried again pays once', async () => {
  const { clock, held, charge, ask } = setUp();
  const bill = charge.openBill();
  const paid = bill(ask('a'));
  await clock.settle();
  held.letGo();
  await paid;
  await bill(ask('a'));
  expect(held.used()).toEqual({ pods: '1' });
});
