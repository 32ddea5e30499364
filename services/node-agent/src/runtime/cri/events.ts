/**
 * What happens to containers: the runtime's own events where it has them, and otherwise the difference
 * of one list to the next (kubelet's pod lifecycle event generator).
 */
import { status as StatusCode, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { CriAnswers } from '@drydock/proto/cri';
import type { ContainerStatus, RuntimeEvent, SandboxStatus } from '../runtime.ts';

const relistMillis: Millis = 1_000;

const kinds: Readonly<Record<string, RuntimeEvent['kind']>> = {
  CONTAINER_STARTED_EVENT: 'started',
  CONTAINER_STOPPED_EVENT: 'died',
  CONTAINER_DELETED_EVENT: 'removed',
};

export interface CriEventsPowers {
  readonly open: () => ClientReadableStream<CriAnswers['ContainerEventResponse']>;
  readonly list: () => Promise<readonly (SandboxStatus | ContainerStatus)[]>;
  /** Whether a sandbox is one of this node's. */
  readonly isOurs: (sandbox: CriAnswers['PodSandboxStatus']) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

export async function followEvents(
  powers: CriEventsPowers,
  onEvent: (event: RuntimeEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await followStream(powers, onEvent, signal);
    } catch (error) {
      if ((error as ServiceError).code === StatusCode.UNIMPLEMENTED) {
        powers.log.debug({}, 'the runtime has no events; its lists are compared');
        return followLists(powers, onEvent, signal);
      }
      if (!signal.aborted) {
        powers.log.warn({ err: error }, 'lost the stream of runtime events; the relist goes on');
      }
    }
    await powers.clock.sleep(relistMillis, { signal }).catch(() => undefined);
  }
}

async function followStream(
  { open, isOurs }: CriEventsPowers,
  onEvent: (event: RuntimeEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = open();
  const cancel = () => stream.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of stream as AsyncIterable<CriAnswers['ContainerEventResponse']>) {
      const kind = kinds[event.containerEventType];
      const sandbox = event.podSandboxStatus;
      if (kind === undefined || sandbox === null || !isOurs(sandbox)) continue;
      const podUid = sandbox.metadata?.uid ?? '';
      onEvent({ kind, podUid, containerId: event.containerId });
    }
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

type Lives = ReadonlyMap<string, { readonly podUid: string; readonly state: string }>;

async function followLists(
  { list, clock, log }: CriEventsPowers,
  onEvent: (event: RuntimeEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let before: Lives | undefined;
  while (!signal.aborted) {
    try {
      const now: Lives = new Map(
        (await list()).map(({ id, pod, state }) => [id, { podUid: pod.uid, state }]),
      );
      if (before !== undefined) for (const event of differences(before, now)) onEvent(event);
      before = now;
    } catch (error) {
      log.debug({ err: error }, 'cannot list what the runtime has; will try again');
    }
    await clock.sleep(relistMillis, { signal }).catch(() => undefined);
  }
}

/** What has come to an end between two lists has also begun. Pure. */
export function differences(before: Lives, now: Lives): RuntimeEvent[] {
  const events: RuntimeEvent[] = [];
  for (const [containerId, { podUid, state }] of now) {
    const old = before.get(containerId)?.state;
    if (old === state || state === 'created') continue;
    const isAlive = state === 'running' || state === 'ready';
    const wasAlive = old === 'running' || old === 'ready';
    if (!wasAlive) events.push({ kind: 'started', podUid, containerId });
    if (!isAlive) events.push({ kind: 'died', podUid, containerId });
  }
  for (const [containerId, { podUid }] of before) {
    if (!now.has(containerId)) events.push({ kind: 'removed', podUid, containerId });
  }
  return events;
}
