/** Probes of every kind on real containers: who is restarted, who gets no traffic, who is not yet judged. */
import { beforeAll, expect } from 'vitest';
import type { Pod } from '@drydock/api';
import { test } from '../harness/test.ts';
import { importTestImages } from './images.ts';
import { eventsOf, podThat, shell, withPods } from './pods.ts';

beforeAll(importTestImages);

const isReady = (pod: Pod) =>
  pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
const restarts = (pod: Pod) => pod.status.containerStatuses?.[0]?.restartCount ?? 0;
/** A web server that can be told to be unwell by removing its page. */
const serves = 'mkdir /www; echo well > /www/health; exec httpd -f -p 8080 -h /www';

test('http, tcp and exec: unready gets no traffic, not alive is restarted', async ({ cluster }) => {
  const often = { periodSeconds: 1, failureThreshold: 2 };
  const specs = {
    web: {
      containers: [
        shell(serves, {
          readinessProbe: { httpGet: { path: '/health', port: 8080 }, ...often },
          livenessProbe: { tcpSocket: { port: 8080 }, ...often },
        }),
      ],
    },
    sick: {
      containers: [
        shell('touch /alive; sleep 1000', {
          livenessProbe: { exec: { command: ['cat', '/alive'] }, ...often },
        }),
      ],
    },
    slow: {
      containers: [
        shell('sleep 4; touch /up; sleep 1000', {
          startupProbe: {
            exec: { command: ['test', '-e', '/up'] },
            periodSeconds: 1,
            failureThreshold: 60,
          },
          // Without the startup probe this would end it at once.
          livenessProbe: {
            exec: { command: ['test', '-e', '/up'] },
            periodSeconds: 1,
            failureThreshold: 1,
          },
        }),
      ],
    },
  };
  await withPods(cluster, specs, async () => {
    await podThat(cluster, 'web', 'is ready', isReady);
    await cluster.kubectl('exec', 'web', '--', 'rm', '/www/health');
    const unready = await podThat(cluster, 'web', 'is not ready', (pod) => isReady(pod) === false);
    expect(unready.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        reason: 'ContainersNotReady',
        message: 'containers with unready status: [main]',
      }),
    );
    await eventsOf(cluster, 'web', [
      'Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404',
    ]);
    await cluster.kubectl('exec', 'web', '--', 'sh', '-c', 'echo well > /www/health');
    expect(restarts(await podThat(cluster, 'web', 'is ready again', isReady))).toBe(0);

    await podThat(cluster, 'sick', 'is ready', isReady);
    await cluster.kubectl('exec', 'sick', '--', 'rm', '/alive');
    await podThat(cluster, 'sick', 'was restarted', (pod) => restarts(pod) === 1);
    await eventsOf(cluster, 'sick', [
      "Unhealthy: Liveness probe failed: cat: can't open '/alive': No such file or directory\n",
      'Killing: Container main failed liveness probe, will be restarted',
    ]);

    const slow = await podThat(cluster, 'slow', 'is ready', isReady);
    expect(slow.status.containerStatuses![0]).toMatchObject({ started: true, restartCount: 0 });
  });
});

test('grpc asks the health service; a readiness gate waits for whoever sets its condition', async ({
  cluster,
}) => {
  // A member of etcd answers grpc.health.v1, and its image is there.
  const part = cluster.container('etcd-1');
  const image = (await cluster.docker('inspect', '--format', '{{.Config.Image}}', part)).trim();
  const main = '/app/services/etcd/src/main.ts';
  const member = (probe: object) => ({
    containers: [
      {
        ...shell(''),
        image,
        command: ['node', main, '--data-dir=/tmp/data'],
        args: [
          '--listen-client-urls=http://0.0.0.0:2379',
          '--advertise-client-urls=http://0.0.0.0:2379',
        ],
        readinessProbe: { periodSeconds: 1, ...probe },
      },
    ],
  });
  const gate = 'example.com/announced';
  const specs = {
    member: { ...member({ grpc: { port: 2379 } }), readinessGates: [{ conditionType: gate }] },
    stranger: member({ grpc: { port: 2379, service: 'nobody' } }),
  };
  await withPods(cluster, specs, async () => {
    const waiting = await podThat(cluster, 'member', 'has ready containers', (pod) =>
      pod.status.conditions?.some((one) => one.type === 'ContainersReady' && one.status === 'True'),
    );
    expect(waiting.status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Ready',
        status: 'False',
        reason: 'ReadinessGatesNotReady',
        message: `corresponding condition of pod readiness gate "${gate}" does not exist.`,
      }),
    );
    const conditions = [{ type: gate, status: 'True' }];
    const patch = JSON.stringify({ status: { conditions } });
    await cluster.kubectl('patch', 'pod', 'member', '--subresource=status', '-p', patch);
    await podThat(cluster, 'member', 'is ready', isReady);
    await eventsOf(cluster, 'stranger', [/^Unhealthy: Readiness probe failed: .*unknown service/]);
  });
});
