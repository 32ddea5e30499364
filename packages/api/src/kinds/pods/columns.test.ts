/** The STATUS column, as upstream's printer decides it. */
import { describe, expect, test } from 'vitest';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../generated/types.ts';
import { podCells } from './columns.ts';

const now = Date.UTC(2026, 10, 21, 8);

function status(name: string, state: ContainerState, more: Partial<ContainerStatus> = {}) {
  return { name, image: 'i', imageID: '', ready: false, restartCount: 0, state, ...more };
}

const running = { running: { startedAt: '2026-11-21T07:00:00Z' } };
const waiting = (reason: string) => ({ waiting: { reason } });
const terminated = (exitCode: number, reason?: string, signal?: number) => ({
  terminated: {
    exitCode,
    ...(reason === undefined ? {} : { reason }),
    ...(signal === undefined ? {} : { signal }),
  },
});

interface Given {
  readonly status: PodStatus;
  readonly initCount?: number;
  readonly sidecar?: boolean;
  readonly deleted?: boolean;
}

function pod({ status: podStatus, initCount = 0, sidecar = false, deleted = false }: Given): Pod {
  const init = Array.from({ length: initCount }, (_, index) => ({
    name: `i${index}`,
    image: 'i',
    ...(sidecar && index === 0 ? { restartPolicy: 'Always' as const } : {}),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      creationTimestamp: '2026-11-21T07:58:00Z',
      ...(deleted ? { deletionTimestamp: '2026-11-21T08:00:00Z' } : {}),
    },
    spec: {
      containers: [{ name: 'a' }, { name: 'b' }],
      ...(init.length === 0 ? {} : { initContainers: init }),
    },
    status: podStatus,
  };
}

const ready = { type: 'Ready', status: 'True' } as const;

describe('STATUS and READY', () => {
  test.each<[string, Given, string, string]>([
    ['nothing yet', { status: { phase: 'Pending' } }, 'Pending', '0/2'],
    [
      'both run',
      {
        status: {
          phase: 'Running',
          conditions: [ready],
          containerStatuses: [
            status('a', running, { ready: true }),
            status('b', running, { ready: true }),
          ],
        },
      },
      'Running',
      '2/2',
    ],
    [
      'the first container decides of two that wait',
      {
        status: {
          phase: 'Pending',
          containerStatuses: [
            status('a', waiting('CrashLoopBackOff')),
            status('b', waiting('ErrImagePull')),
          ],
        },
      },
      'CrashLoopBackOff',
      '0/2',
    ],
    [
      'a signal without a reason',
      {
        status: {
          phase: 'Failed',
          containerStatuses: [status('a', terminated(137, undefined, 9))],
        },
      },
      'Signal:9',
      '0/2',
    ],
    [
      'an exit code without a reason',
      { status: { phase: 'Failed', containerStatuses: [status('a', terminated(3))] } },
      'ExitCode:3',
      '0/2',
    ],
    [
      'one completed, one runs and is ready',
      {
        status: {
          phase: 'Running',
          conditions: [ready],
          containerStatuses: [
            status('a', terminated(0, 'Completed')),
            status('b', running, { ready: true }),
          ],
        },
      },
      'Running',
      '1/2',
    ],
    [
      'one completed, the pod is not ready',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            status('a', terminated(0, 'Completed')),
            status('b', running, { ready: true }),
          ],
        },
      },
      'NotReady',
      '1/2',
    ],
    ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted', '0/2'],
    [
      'gated',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
      'SchedulingGated',
      '0/2',
    ],
    [
      'the second of three init containers runs',
      {
        initCount: 3,
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            status('i0', terminated(0)),
            status('i1', running),
            status('i2', waiting('PodInitializing')),
          ],
          containerStatuses: [status('a', waiting('PodInitializing'))],
        },
      },
      'Init:1/3',
      '0/2',
    ],
    [
      'an init container failed',
      {
        initCount: 1,
        status: { phase: 'Pending', initContainerStatuses: [status('i0', terminated(1, 'Error'))] },
      },
      'Init:Error',
      '0/2',
    ],
    [
      'an init container has no image',
      {
        initCount: 1,
        status: {
          phase: 'Pending',
          initContainerStatuses: [status('i0', waiting('ErrImagePull'))],
        },
      },
      'Init:ErrImagePull',
      '0/2',
    ],
    [
      'a started sidecar counts among the ready',
      {
        initCount: 1,
        sidecar: true,
        status: {
          phase: 'Running',
          initContainerStatuses: [status('i0', running, { started: true, ready: true })],
          containerStatuses: [
            status('a', running, { ready: true }),
            status('b', running, { ready: true }),
          ],
        },
      },
      'Running',
      '3/3',
    ],
    ['being deleted', { deleted: true, status: { phase: 'Running' } }, 'Terminating', '0/2'],
    [
      'deleted after its end',
      { deleted: true, status: { phase: 'Succeeded' } },
      'Succeeded',
      '0/2',
    ],
    [
      'deleted on a lost node',
      { deleted: true, status: { phase: 'Running', reason: 'NodeLost' } },
      'Unknown',
      '0/2',
    ],
  ])('%s', (_what, given, reason, counts) => {
    const cells = podCells(pod(given), now);
    expect([cells[2], cells[1]]).toEqual([reason, counts]);
  });
});

test('restarts tell when the last one was', () => {
  const lastState = { terminated: { exitCode: 1, finishedAt: '2026-11-21T07:55:00Z' } };
  const cells = podCells(
    pod({
      status: {
        phase: 'Running',
        containerStatuses: [
          status('a', running, { restartCount: 2, lastState }),
          status('b', running, { restartCount: 1 }),
        ],
      },
    }),
    now,
  );
  expect(cells[3]).toBe('3 (5m ago)');
});

test('wide cells have placeholders', () => {
  const cells = podCells(pod({ status: {} }), now);
  expect(cells.slice(4)).toEqual(['2m', '<none>', '<none>', '<none>', '<none>']);
});
