/** Volumes that outlive their pods: claims on folders of a node's disk, parts of volumes, kinds of hostPaths. */
import type { Event, PersistentVolume, PersistentVolumeClaim, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { expect } from 'vitest';
import type { Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';

const patience = { timeoutMillis: 60_000, intervalMillis: 300 };
const hostFolder = '/var/lib/drydock/host';
const onNode = (node: string) => ({ nodeSelector: { 'kubernetes.io/hostname': node } });

const podOf = (name: string, spec: object, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'local-volumes' } },
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'drydock-demo:1', ...container }],
    ...spec,
  },
});

const run = (script: string) => ({ command: ['sh', '-c', script] });

async function ended(cluster: Cluster, name: string): Promise<string> {
  await eventually(
    `${name} ends`,
    async () => {
      const { status } = await cluster.get<Pod>('pod', name);
      if (status.phase === 'Succeeded' || status.phase === 'Failed') return true;
      throw new Error(JSON.stringify(status.containerStatuses ?? status));
    },
    patience,
  );
  return (await cluster.kubectl('logs', name)).trim();
}

async function eventTold(cluster: Cluster, reason: string, text: string): Promise<void> {
  await eventually(
    `${reason}: ${text}`,
    async () => {
      const events = await cluster.list<Event>('events', `--field-selector=reason=${reason}`);
      if (events.some((event) => event.message?.includes(text) === true)) return true;
      throw new Error(events.map((event) => event.message).join('\n'));
    },
    patience,
  );
}

async function inPhase(cluster: Cluster, resource: 'pv' | 'pvc', name: string, phase: string) {
  await eventually(
    `${name} is ${phase}`,
    async () => {
      const { status } = await cluster.get<PersistentVolume | PersistentVolumeClaim>(
        resource,
        name,
      );
      if (status.phase === phase) return true;
      throw new Error(JSON.stringify(status));
    },
    patience,
  );
}

const volumeOf = (node: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'disk' },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Delete',
    storageClassName: 'local',
    local: { path: '/mnt/disk' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
        ],
      },
    },
  },
});

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '500Mi' } },
    storageClassName: 'local',
  },
};
const data = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] };

test('a claim keeps what its pods write, on the node that has its volume', async ({ cluster }) => {
  const node = cluster.container('node-3');
  const inNode = (script: string) => cluster.docker('exec', node, 'sh', '-c', script);
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'local' },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  try {
    await cluster.apply(storageClass);
    await cluster.apply(claim);
    await eventTold(cluster, 'WaitForFirstConsumer', 'waiting for first consumer to be created');
    await cluster.apply(volumeOf('node-3'));
    await inPhase(cluster, 'pv', 'disk', 'Available');
    const mounts = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    await cluster.apply(
      podOf('writer', data, { ...mounts, ...run('echo kept >/data/file && cat /data/file') }),
    );
    await eventTold(
      cluster,
      'FailedMount',
      'MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disk" does not exist',
    );
    await inNode(`mkdir -p ${hostFolder}/mnt/disk`);
    expect(await ended(cluster, 'writer')).toBe('kept');
    await inPhase(cluster, 'pvc', 'data', 'Bound');
    await inPhase(cluster, 'pv', 'disk', 'Bound');
    await cluster.kubectl('delete', 'pod', 'writer');

    const part = { name: 'data', mountPath: '/part', subPathExpr: 'of-$(NAME)' };
    const env = [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
    const volumeMounts = [...mounts.volumeMounts, part];
    const script = 'echo $NAME >/part/name; cat /data/file /data/of-reader/name';
    await cluster.apply(podOf('reader', data, { volumeMounts, env, ...run(script) }));
    expect(await ended(cluster, 'reader')).toBe('kept\nreader');
    const { spec } = await cluster.get<Pod>('pod', 'reader');
    expect(spec.nodeName).toBe('node-3');

    await cluster.kubectl('delete', 'pod', 'reader');
    await cluster.kubectl('delete', 'pvc', 'data');
    await inPhase(cluster, 'pv', 'disk', 'Failed');
    await eventTold(cluster, 'VolumeFailedDelete', 'no deletable volume plugin matched');
    expect((await inNode(`cat ${hostFolder}/mnt/disk/file`)).trim()).toBe('kept');
  } finally {
    const all = ['pod/writer', 'pod/reader', 'pvc/data', 'pv/disk', 'storageclass/local'];
    await cluster.kubectl('delete', ...all, '--ignore-not-found', '--grace-period=1');
    await inNode(`rm -rf ${hostFolder}/mnt`);
  }
});

test('a hostPath is what it says, or the pod waits until it is', async ({ cluster }) => {
  const node = cluster.container('node-1');
  const inNode = (script: string) => cluster.docker('exec', node, 'sh', '-c', script);
  const volumes = [
    { name: 'file', hostPath: { path: '/srv/file', type: 'File' } },
    { name: 'made', hostPath: { path: '/srv/made', type: 'DirectoryOrCreate' } },
  ];
  const volumeMounts = [
    { name: 'file', mountPath: '/file', readOnly: true },
    { name: 'made', mountPath: '/made' },
  ];
  const script = 'cat /file; (echo x >/file) 2>/dev/null || echo refused; echo y >/made/y';
  try {
    await cluster.apply(
      podOf('host-paths', { volumes, ...onNode('node-1') }, { volumeMounts, ...run(script) }),
    );
    await eventTold(
      cluster,
      'FailedMount',
      'MountVolume.SetUp failed for volume "file" : hostPath type check failed: /srv/file is not a file',
    );
    await inNode(`mkdir -p ${hostFolder}/srv && echo hello >${hostFolder}/srv/file`);
    expect(await ended(cluster, 'host-paths')).toBe('hello\nrefused');
    expect((await inNode(`cat ${hostFolder}/srv/made/y`)).trim()).toBe('y');
  } finally {
    await cluster.kubectl('delete', 'pod', 'host-paths', '--ignore-not-found');
    await inNode(`rm -rf ${hostFolder}/srv`);
  }
});

test('a link out of a volume is not mounted', async ({ cluster }) => {
  const volumes = [{ name: 'data', emptyDir: {} }];
  const mount = { name: 'data', mountPath: '/data' };
  const initContainers = [
    { name: 'init', image: 'drydock-demo:1', volumeMounts: [mount], ...run('ln -s / /data/out') },
  ];
  try {
    await cluster.apply(
      podOf(
        'escape',
        { volumes, initContainers, ...onNode('node-2') },
        { volumeMounts: [{ ...mount, subPath: 'out/etc' }], ...run('cat /data/passwd') },
      ),
    );
    await eventually(
      'it says why it waits',
      async () => {
        const { status } = await cluster.get<Pod>('pod', 'escape');
        const { reason, message } = status.containerStatuses?.[0]?.state?.waiting ?? {};
        if (reason !== 'CreateContainerConfigError') throw new Error(JSON.stringify(status));
        return message === 'failed to prepare subPath for volumeMount "data" of container "main"';
      },
      patience,
    );
  } finally {
    await cluster.kubectl('delete', 'pod', 'escape', '--ignore-not-found');
  }
});
