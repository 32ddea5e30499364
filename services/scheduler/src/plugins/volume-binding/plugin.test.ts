import { createSeededRandom } from '@drydock/ports';
import {
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
} from '@drydock/api';
import { describe, expect, test } from 'vitest';
import { createCache } from '../../cache/cache.ts';
import { describeFailure } from '../../framework/diagnosis.ts';
import { createFramework } from '../../framework/framework.ts';
import { podInfoOf } from '../../model/pod-info.ts';
import { nodeNamed, podNamed } from '../../testing/objects.ts';
import { volumeRestrictions } from '../volume-restrictions/plugin.ts';
import { volumeBinding } from './plugin.ts';

function volumeOn(node: string, name = `disk-${node}`): PersistentVolume {
  const term = { key: 'kubernetes.io/hostname', operator: 'In' as const, values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '10Gi' },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'late',
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [term] }] } },
    },
    status: { phase: 'Available' },
  };
}

function claimOf(name: string, more: Partial<PersistentVolumeClaim['spec']> = {}) {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default', uid: `uid-of-${name}` },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'late',
      ...more,
    },
    status: { phase: 'Pending' },
  };
  return claim;
}

function boundTo(volume: string, more: Partial<PersistentVolumeClaim['spec']> = {}) {
  const claim = claimOf('data', { volumeName: volume, ...more });
  claim.metadata.annotations = { [volumeAnnotations.bindCompleted]: 'yes' };
  claim.status = { phase: 'Bound' };
  return claim;
}

const podWith = (name: string, ...claimNames: string[]): Pod =>
  podNamed(name, {
    spec: {
      volumes: claimNames.map((claimName, index) => ({
        name: `v${index}`,
        persistentVolumeClaim: { claimName },
      })),
    },
  });

function world(claims: PersistentVolumeClaim[], volumes: PersistentVolume[], provisioner?: string) {
  const cache = createCache();
  for (const name of ['a', 'b']) cache.setNode(nodeNamed(name));
  for (const claim of claims) cache.storage.setClaim(claim);
  for (const volume of volumes) cache.storage.setVolume(volume);
  cache.storage.setClass({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'late' },
    provisioner: provisioner ?? 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const framework = createFramework([volumeRestrictions, volumeBinding], createSeededRandom(1));
  const decide = (pod: Pod) => {
    const decision = framework.decide(podInfoOf(pod), cache);
    return decision.kind === 'fits' ? decision.nodeName : describeFailure(decision.diagnosis);
  };
  return { cache, decide };
}

const everywhere = (reason: string) =>
  `0/2 nodes are available: ${reason}. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.`;

describe('a pod with claims', () => {
  test('goes where a volume is that its waiting claim can have', () => {
    const { decide } = world([claimOf('data')], [volumeOn('b')]);
    expect(decide(podWith('web', 'data'))).toBe('b');
  });

  test('goes to none where its claims would share a volume', () => {
    const { decide } = world([claimOf('x'), claimOf('y')], [volumeOn('a'), volumeOn('b')]);
    const reason = "2 node(s) didn't find available persistent volumes to bind";
    expect(decide(podWith('web', 'x', 'y'))).toBe(everywhere(reason));
    const more = world(
      [claimOf('x'), claimOf('y')],
      [volumeOn('a'), volumeOn('b'), volumeOn('b', 'second')],
    );
    expect(more.decide(podWith('web', 'x', 'y'))).toBe('b');
  });

  test('does not get a volume that was promised to another claim', () => {
    const { cache, decide } = world([claimOf('x'), claimOf('y')], [volumeOn('b')]);
    cache.storage.promise(volumeOn('b'), claimOf('x'));
    expect(decide(podWith('one', 'x'))).toBe('b');
    expect(decide(podWith('two', 'y'))).toMatch("didn't find available persistent volumes");
    cache.storage.takeBack('disk-b');
    expect(decide(podWith('two', 'y'))).toBe('b');
  });

  test('stays with the volume that its claim has', () => {
    const { decide } = world([boundTo('disk-a')], [volumeOn('a')]);
    expect(decide(podWith('web', 'data'))).toBe('a');
    const elsewhere = world([boundTo('disk-c')], [volumeOn('c')]);
    expect(elsewhere.decide(podWith('web', 'data'))).toBe(
      everywhere('2 node(s) had volume node affinity conflict'),
    );
    const lost = world([boundTo('gone')], []);
    expect(lost.decide(podWith('web', 'data'))).toBe(
      everywhere('2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
    );
  });

  test('may go anywhere when somebody makes its volume there', () => {
    const { decide } = world([claimOf('data')], [], 'example.com/disks');
    expect(['a', 'b']).toContain(decide(podWith('web', 'data')));
  });

  test.each([
    ['data', undefined, 'persistentvolumeclaim "data" not found'],
    [
      'data',
      claimOf('data', { storageClassName: 'other' }),
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      'data',
      { ...claimOf('data', { volumeName: 'x' }), status: { phase: 'Lost' as const } },
      'persistentvolumeclaim "data" bound to non-existent persistentvolume "x"',
    ],
    [
      'data',
      {
        ...claimOf('data'),
        metadata: { ...claimOf('data').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      },
      'persistentvolumeclaim "data" is being deleted',
    ],
  ])('waits for %s: %o', (name, claim, reason) => {
    const { decide } = world(claim === undefined ? [] : [claim], [volumeOn('a')]);
    expect(decide(podWith('web', name))).toBe(everywhere(reason));
  });

  test('is not let in beside another that has its claim for itself alone', () => {
    const claim = boundTo('disk-a', { accessModes: ['ReadWriteOncePod'] });
    const { cache, decide } = world([claim], [volumeOn('a')]);
    const first = podInfoOf(podWith('first', 'data'));
    cache.setPod(first, 'a');
    expect(decide(podWith('second', 'data'))).toBe(
      '0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
    cache.removePod(first.uid);
    expect(decide(podWith('second', 'data'))).toBe('a');
  });
});
