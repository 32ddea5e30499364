import { expect, test } from 'vitest';
import type { Pod } from '../generated/types.ts';
import { convertObject } from '../decode.ts';
import { findResource } from '../registry.ts';
import { ownedTypeOf } from './owned-type.ts';
import { trackUpdate } from './track-update.ts';

const kind = findResource('', 'pods')!;
const owned = ownedTypeOf(kind);

function podOf(containers: number): Pod {
  const spec = {
    containers: Array.from({ length: containers }, (_, index) => ({
      name: `c-${index}`,
      image: 'registry.example/image:1',
      ports: [{ containerPort: 80 }],
      env: Array.from({ length: 4 }, (_one, at) => ({ name: `E_${at}`, value: 'x' })),
      resources: { requests: { cpu: '100m', memory: '64Mi' } },
    })),
  };
  const value = { metadata: { name: 'p', labels: { app: 'x' } }, spec };
  const pod = convertObject({ value, duplicates: [] }, kind).object as Pod;
  kind.setDefaults(pod);
  const create = { live: undefined, object: pod, manager: 'kubectl', subresource: '', wallTime: 0 };
  pod.metadata.managedFields = trackUpdate(owned, create)!;
  return pod;
}

const statusOf = (pod: Pod, restartCount: number): Pod => ({
  ...pod,
  status: {
    phase: 'Running',
    containerStatuses: pod.spec.containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ready: true,
      restartCount,
    })),
  },
});

/** Microseconds of a status update of a pod, the best of several rounds. */
function costOf(containers: number): { readonly micros: number; readonly bytes: number } {
  const update = { manager: 'kubelet', subresource: 'status', wallTime: 0 };
  const live = statusOf(podOf(containers), 0);
  live.metadata.managedFields = trackUpdate(owned, {
    ...update,
    live: podOf(containers),
    object: live,
  })!;
  const object = statusOf(live, 1);
  const times = Math.ceil(2_000 / containers);
  let best = Infinity;
  for (let round = 0; round < 7; round += 1) {
    const start = process.hrtime.bigint();
    for (let time = 0; time < times; time += 1) trackUpdate(owned, { ...update, live, object });
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1_000 / times);
  }
  return { micros: best, bytes: JSON.stringify(object).length };
}

test('the cost of tracking grows with the object, not faster', () => {
  costOf(4);
  const small = costOf(8);
  const large = costOf(64);
  const growth = large.micros / small.micros / (large.bytes / small.bytes);
  // Quadratic work would make it 8; noise of a busy machine does not reach 3.
  expect(growth, JSON.stringify({ small, large })).toBeLessThan(3);
});

test('entries of managers that lose nothing are passed on as they are', () => {
  const live = podOf(2);
  const object = statusOf(live, 0);
  const update = { live, object, manager: 'kubelet', subresource: 'status', wallTime: 1_000 };
  const entries = trackUpdate(owned, update)!;
  expect(entries.map(({ manager }) => manager)).toEqual(['kubectl', 'kubelet']);
  expect(entries[0]!.fieldsV1).toBe(live.metadata.managedFields![0]!.fieldsV1);
});
