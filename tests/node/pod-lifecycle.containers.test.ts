/** How pods begin and end, on real containers, as kubectl shows it. */
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, expect } from 'vitest';
import { test } from '../harness/test.ts';
import { importTestImages } from './images.ts';
import { endOf, eventsOf, inPhase, podThat, shell, withPods } from './pods.ts';

beforeAll(importTestImages);

/** A folder that the containers of a pod share. */
const shared = { volumes: [{ name: 'data', emptyDir: {} }] };
const seen = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
/** Lives until it is asked to end, and says so. */
const untilAsked = (word: string) =>
  `trap 'echo ${word} >> /data/log; exit 0' TERM; while :; do sleep 0.1; done`;

test('init containers run in order, a sidecar beside all that follows and past the app', async ({
  cluster,
}) => {
  const spec = {
    ...shared,
    restartPolicy: 'Never',
    initContainers: [
      shell('echo first >> /data/log', { name: 'first', ...seen }),
      shell(`echo sidecar >> /data/log; touch /data/up; ${untilAsked('sidecar-asked')}`, {
        name: 'sidecar',
        restartPolicy: 'Always',
        startupProbe: { exec: { command: ['test', '-e', '/data/up'] }, periodSeconds: 1 },
        ...seen,
      }),
      shell('echo second >> /data/log', { name: 'second', ...seen }),
    ],
    containers: [
      shell('echo app >> /data/log; cat /data/log; sleep 2; echo app-over >> /data/log', seen),
    ],
  };
  await withPods(cluster, { ordered: spec }, async () => {
    const pod = await inPhase(cluster, 'ordered', 'Succeeded');
    expect(await cluster.kubectl('logs', 'ordered', '-c', 'main')).toBe(
      'first\nsidecar\nsecond\napp\n',
    );
    expect(endOf(pod)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(endOf(pod, 'sidecar')).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(Date.parse(endOf(pod, 'sidecar')!.finishedAt!)).toBeGreaterThanOrEqual(
      Date.parse(endOf(pod)!.finishedAt!),
    );
    const line = await cluster.kubectl('get', 'pod', 'ordered', '--no-headers');
    expect(line).toMatch(/^ordered +0\/2 +Completed +0 /);
  });
});

test('an init container that fails is tried again, or ends the pod that never restarts', async ({
  cluster,
}) => {
  const fails = { initContainers: [shell('exit 3', { name: 'init' })] };
  const app = { containers: [shell('sleep 1000')] };
  const specs = {
    stubborn: { ...fails, ...app },
    resigned: { ...fails, ...app, restartPolicy: 'Never' },
  };
  await withPods(cluster, specs, async () => {
    const resigned = await inPhase(cluster, 'resigned', 'Failed');
    expect(endOf(resigned, 'init')).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await cluster.kubectl('get', 'pod', 'resigned', '--no-headers')).toMatch(
      /0\/1 +Init:Error /,
    );
    await eventually(
      'it waits before the next try',
      async () =>
        /0\/1 +Init:CrashLoopBackOff /.test(await cluster.kubectl('get', 'pod', 'stubborn')),
      { timeoutMillis: 90_000, intervalMillis: 300 },
    );
    await eventsOf(cluster, 'stubborn', [
      /^BackOff: Back-off restarting failed container init in pod stubborn_default\(/,
    ]);
  });
});

test('hooks: postStart before the pod is ready, preStop before SIGTERM, SIGKILL at last', async ({
  cluster,
}) => {
  const lifecycle = {
    postStart: { exec: { command: ['sh', '-c', 'echo started >> /data/log'] } },
    preStop: { exec: { command: ['sh', '-c', 'echo stopping >> /data/log'] } },
  };
  const witness = shell('while :; do cat /data/log 2>/dev/null; sleep 0.2; done', {
    name: 'witness',
    ...seen,
  });
  const specs = {
    hooked: {
      ...shared,
      terminationGracePeriodSeconds: 20,
      containers: [shell(untilAsked('asked'), { lifecycle, ...seen }), witness],
    },
    unhooked: {
      containers: [
        shell('sleep 1000', {
          lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo no >&2; exit 4'] } } },
        }),
      ],
    },
    deaf: { containers: [shell("trap '' TERM; while :; do sleep 1; done")] },
  };
  await withPods(cluster, specs, async () => {
    await podThat(cluster, 'hooked', 'is ready', (pod) =>
      pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
    );
    await inPhase(cluster, 'deaf', 'Running');
    const following = cluster.kubectl('logs', '-f', 'hooked', '-c', 'witness');
    await cluster.kubectl('delete', 'pod', 'hooked', 'deaf');
    expect((await following).trimEnd().split('\n').slice(-3)).toEqual([
      'started',
      'stopping',
      'asked',
    ]);
    await eventsOf(cluster, 'deaf', ['Killing: Stopping container main']);
    await eventsOf(cluster, 'unhooked', [/^FailedPostStartHook: PostStartHook failed$/]);
    const unhooked = await podThat(
      cluster,
      'unhooked',
      'was killed',
      (pod) => endOf(pod) !== undefined,
    );
    expect(endOf(unhooked)!.exitCode).toBe(137);
  });
});

test('ends have the reasons, codes and last words that Kubernetes gives them', async ({
  cluster,
}) => {
  const never = { restartPolicy: 'Never' };
  const ends = (script: string, more = {}) => ({ ...never, containers: [shell(script, more)] });
  const limited = { resources: { limits: { memory: '24Mi' } } };
  const specs = {
    good: ends('exit 0'),
    bad: ends('echo why >&2; exit 3', { terminationMessagePolicy: 'FallbackToLogsOnError' }),
    spoken: ends('echo farewell > /dev/termination-log; exit 1'),
    greedy: ends('tail /dev/zero', limited),
    absent: { ...never, containers: [{ ...shell(''), command: ['/no/such/program'] }] },
    late: { ...ends('sleep 1000'), activeDeadlineSeconds: 2 },
    again: {
      ...shared,
      restartPolicy: 'OnFailure',
      containers: [shell('test -e /data/once && exit 0; touch /data/once; exit 1', seen)],
    },
    loops: { containers: [shell('exit 1')] },
  };
  await withPods(cluster, specs, async () => {
    const good = await inPhase(cluster, 'good', 'Succeeded');
    expect(endOf(good)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    const bad = await inPhase(cluster, 'bad', 'Failed');
    expect(endOf(bad)).toMatchObject({ exitCode: 3, reason: 'Error', message: 'why\n' });
    const spoken = await inPhase(cluster, 'spoken', 'Failed');
    expect(endOf(spoken)).toMatchObject({ exitCode: 1, message: 'farewell\n' });
    const greedy = await inPhase(cluster, 'greedy', 'Failed');
    expect(endOf(greedy)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    const absent = await inPhase(cluster, 'absent', 'Failed');
    expect(endOf(absent)).toMatchObject({ exitCode: 127, reason: 'ContainerCannotRun' });
    expect(endOf(absent)!.message).toContain('/no/such/program: no such file or directory');
    const late = await inPhase(cluster, 'late', 'Failed');
    expect(late.status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    const again = await inPhase(cluster, 'again', 'Succeeded');
    expect(again.status.containerStatuses![0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    const loops = await podThat(
      cluster,
      'loops',
      'waits',
      (pod) => pod.status.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(loops.status.phase).toBe('Running');
    expect(loops.status.containerStatuses![0]!.state!.waiting!.message).toMatch(
      /^back-off \d+s restarting failed container=main pod=loops_default\(/,
    );
    expect(good.status.qosClass).toBe('BestEffort');
    expect(greedy.status.qosClass).toBe('Burstable');
  });
});
