import type { ContainerStatus } from '@drydock/api';
import { expect, it } from 'vitest';
import { container, pod } from '../testing/builders.ts';
import { logTarget } from './log-target.ts';

const base = { name: 'main', ready: false, restartCount: 0, image: '', imageID: '' };
const terminated = { terminated: { exitCode: 1, containerID: 'docker://old' } };

function target(status: Partial<ContainerStatus>, previous = false, name = 'main') {
  const of = pod({}, { status: { containerStatuses: [{ ...base, ...status }] } });
  const found = logTarget(of, { container: name, previous });
  return found.kind === 'container' ? found.id : found.message;
}

it('logs are those of the running instance, or of the last one', () => {
  const running = { containerID: 'docker://new', state: { running: {} }, lastState: terminated };
  expect(target(running)).toBe('new');
  expect(target(running, true)).toBe('old');
  expect(target(running, false, '')).toBe('new');
  const looping = { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: terminated };
  expect(target(looping)).toBe('old');
});

it('refusals are in kubelet’s words', () => {
  const waiting = (reason: string) => target({ state: { waiting: { reason } } });
  expect(waiting('ContainerCreating')).toBe(
    'container "main" in pod "web" is waiting to start: ContainerCreating',
  );
  expect(waiting('ImagePullBackOff')).toBe(
    'container "main" in pod "web" is waiting to start: trying and failing to pull image',
  );
  expect(target({ state: { running: {} }, containerID: 'docker://new' }, true)).toBe(
    'previous terminated container "main" in pod "web" not found',
  );
  expect(target({}, false, 'nobody')).toBe('container nobody is not valid for pod web');
  const two = pod({ containers: [container('a'), container('b')] });
  expect(logTarget(two, { container: 'b', previous: false })).toEqual({
    kind: 'refused',
    message: 'container "b" in pod "web" is not available',
  });
});
