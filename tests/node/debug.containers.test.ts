/** `kubectl debug` on a real pod: a second container that sees the processes of the first. */
import type { Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, expect } from 'vitest';
import { test } from '../harness/test.ts';
import { importTestImages, testImage } from './images.ts';

const name = 'patient';
const patience = { timeoutMillis: 60_000, intervalMillis: 300 };

beforeAll(importTestImages);

test('a debug container sees the processes of its target, leaves its output, and starts once', async ({
  cluster,
}) => {
  const command = ['sh', '-c', 'exec sleep 4242'];
  const containers = [{ name: 'main', image: testImage, imagePullPolicy: 'Never', command }];
  const metadata = { name };
  const spec = { containers, terminationGracePeriodSeconds: 0 };
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  const pod = () => cluster.get<Pod>('pod', name);
  try {
    await eventually('it runs', async () => (await pod()).status.phase === 'Running', patience);
    await cluster.kubectl(
      'debug',
      name,
      '--container=doctor',
      `--image=${testImage}`,
      '--target=main',
      '--image-pull-policy=Never',
      '--',
      'sh',
      '-c',
      'ps; exit 3',
    );
    const state = await eventually(
      'it has looked',
      async () => (await pod()).status.ephemeralContainerStatuses?.[0]?.state?.terminated,
      patience,
    );
    expect(state).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await cluster.kubectl('logs', name, '-c', 'doctor')).toContain('sleep 4242');
    const now = await pod();
    expect(now.status.phase).toBe('Running');
    expect(now.status.containerStatuses![0]).toMatchObject({ ready: true, restartCount: 0 });
    expect(now.status.ephemeralContainerStatuses![0]!.restartCount).toBe(0);
  } finally {
    await cluster.kubectl('delete', 'pod', name, '--now');
  }
});
