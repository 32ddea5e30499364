import type { Pod, PodStatus } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import {
  bootId,
  container,
  deleted,
  exited,
  memory,
  pod,
  running,
  runtime,
  sandbox,
  startWallTime,
} from '../testing/builders.ts';
import type { PodMemory } from './memory.ts';
import type { PodRuntime } from './pod-facts.ts';
import { status } from './status.ts';

const statusOf = (of: Pod, facts: PodRuntime, remembered: PodMemory = memory()): PodStatus =>
  status({
    pod: of,
    runtime: facts,
    memory: remembered,
    bootId,
    runtimeName: 'docker',
    nodeAddress: '172.20.0.3',
    wallTime: startWallTime + 60_000,
  });

const conditions = (of: PodStatus) =>
  of.conditions!.map(({ type, status: value, reason }) =>
    [type, value, ...(reason === undefined ? [] : [reason])].join(' '),
  );

describe('the status of a pod', () => {
  it('without a sandbox is Pending, with containers being created', () => {
    const now = statusOf(pod(), runtime([]));
    expect(now.phase).toBe('Pending');
    expect(now.containerStatuses![0]!.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
    expect(conditions(now)).toEqual([
      'PodReadyToStartContainers False',
      'Initialized True',
      'Ready False ContainersNotReady',
      'ContainersReady False ContainersNotReady',
      'PodScheduled True',
    ]);
    expect(now.conditions![2]!.message).toBe('containers with unready status: [main]');
    expect(now.qosClass).toBe('BestEffort');
  });

  it('tells of ephemeral containers, which count for nothing else', () => {
    const debugged = pod({ ephemeralContainers: [container('debugger')] });
    const of = (...more: Parameters<typeof runtime>[1][]) =>
      statusOf(debugged, runtime([sandbox()], running('main'), ...more));
    const [waiting] = of().ephemeralContainerStatuses!;
    expect(waiting!.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
    const now = of(exited('debugger', 3));
    expect(now.phase).toBe('Running');
    expect(conditions(now)).toContain('Ready True');
    const [ended] = now.ephemeralContainerStatuses!;
    expect(ended).toMatchObject({
      ready: false,
      restartCount: 0,
      lastState: {},
      state: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(ended).not.toHaveProperty('started');
  });

  it('with all containers running is Running and Ready, with its addresses', () => {
    const now = statusOf(pod(), runtime([sandbox()], running('main')));
    expect(now).toMatchObject({
      phase: 'Running',
      podIP: '10.244.1.5',
      podIPs: [{ ip: '10.244.1.5' }],
      hostIP: '172.20.0.3',
      startTime: '2026-01-01T00:00:00Z',
    });
    expect(now.containerStatuses![0]).toMatchObject({
      ready: true,
      started: true,
      restartCount: 0,
      containerID: 'docker://main-0',
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    });
    expect(conditions(now).slice(0, 3)).toEqual([
      'PodReadyToStartContainers True',
      'Initialized True',
      'Ready True',
    ]);
  });

  it('is ready only once its readiness probe has succeeded', () => {
    const probed = pod({ containers: [container('main', { readinessProbe: {} })] });
    const facts = runtime([sandbox()], running('main'));
    const ready = (probes: PodMemory['probes']) =>
      statusOf(probed, facts, memory({ probes })).containerStatuses![0]!.ready;
    expect(ready(new Map())).toBe(false);
    expect(ready(new Map([['main-0', { readiness: true }]]))).toBe(true);
  });

  it('in a crash loop says so, and how the last instance ended', () => {
    const waiting = new Map([['main', { reason: 'CrashLoopBackOff', message: 'back-off 10s' }]]);
    const facts = runtime([sandbox()], exited('main', 3, { attempt: 1 }));
    const now = statusOf(pod(), facts, memory({ waiting }));
    expect(now.phase).toBe('Running');
    expect(now.containerStatuses![0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      restartCount: 1,
    });
  });

  it('tells why a container ended', () => {
    const reason = (facts: Parameters<typeof exited>[2], code = 1) =>
      statusOf(pod({ restartPolicy: 'Never' }), runtime([sandbox()], exited('main', code, facts)))
        .containerStatuses![0]!.state!.terminated;
    expect(reason({}, 0)).toMatchObject({ reason: 'Completed', exitCode: 0 });
    expect(reason({ oomKilled: true }, 137)).toMatchObject({ reason: 'OOMKilled' });
    expect(reason({ error: 'no such file' }, 127)).toMatchObject({
      reason: 'ContainerCannotRun',
      message: 'no such file',
    });
    expect(reason({ terminationMessage: 'last words' })).toMatchObject({ message: 'last words' });
  });

  it('that is over stays what it was when its node has lost the containers', () => {
    const once = pod({ restartPolicy: 'Never' });
    const over = statusOf(once, runtime([sandbox()], exited('main', 0)));
    for (const later of [{ ...once, status: over }, deleted({ ...once, status: over })]) {
      const now = statusOf(later, runtime([]));
      expect(now.phase).toBe('Succeeded');
      expect(now.containerStatuses).toEqual(over.containerStatuses);
    }
  });

  it('ends as Succeeded or Failed when nothing restarts', () => {
    const end = (policy: 'Never' | 'OnFailure', code: number) => {
      const now = statusOf(
        pod({ restartPolicy: policy }),
        runtime([sandbox()], exited('main', code)),
      );
      return [now.phase, conditions(now)[2]];
    };
    expect(end('Never', 0)).toEqual(['Succeeded', 'Ready False PodCompleted']);
    expect(end('Never', 1)).toEqual(['Failed', 'Ready False PodFailed']);
    expect(end('OnFailure', 0)).toEqual(['Succeeded', 'Ready False PodCompleted']);
    expect(end('OnFailure', 1)[0]).toBe('Running');
  });

  it('names init containers that have not done their work', () => {
    const inited = pod({ initContainers: [container('a'), container('b')] });
    const now = statusOf(inited, runtime([sandbox()], exited('a', 0), running('b')));
    expect(now.phase).toBe('Pending');
    expect(now.conditions![1]).toMatchObject({
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [b]',
    });
    expect(now.containerStatuses![0]!.state).toEqual({ waiting: { reason: 'PodInitializing' } });
  });

  it('after a reboot counts on and says that the container was lost', () => {
    const containerStatuses = [
      {
        name: 'main',
        ready: true,
        restartCount: 2,
        image: 'main:1',
        imageID: '',
        containerID: 'docker://old',
        state: { running: { startedAt: '2025-12-31T00:00:00Z' } },
      },
    ];
    const before = pod({}, { status: { phase: 'Running', containerStatuses } });
    const now = statusOf(before, runtime([]));
    expect(now.containerStatuses![0]).toMatchObject({
      restartCount: 2,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
    });
  });

  it('keeps the times of what did not change, and says nothing of the conditions of others', () => {
    const facts = runtime([sandbox()], running('main'));
    const first = statusOf(pod(), facts);
    const foreign = { type: 'DisruptionTarget', status: 'True' as const };
    const before = pod({}, { status: { ...first, conditions: [...first.conditions!, foreign] } });
    const second = status({
      pod: before,
      runtime: facts,
      memory: memory(),
      bootId,
      runtimeName: 'docker',
      nodeAddress: '172.20.0.3',
      wallTime: startWallTime + 3_600_000,
    });
    expect(second.conditions).toEqual(first.conditions!);
  });

  it('of a deleted pod becomes final when its last container has ended', () => {
    const gone = deleted(pod());
    expect(statusOf(gone, runtime([sandbox()], running('main'))).phase).toBe('Running');
    expect(statusOf(gone, runtime([sandbox()], exited('main', 143))).phase).toBe('Failed');
    expect(statusOf(gone, runtime([sandbox()], exited('main', 0))).phase).toBe('Succeeded');
  });
});
