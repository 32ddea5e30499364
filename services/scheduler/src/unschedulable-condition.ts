/** The condition PodScheduled=False with the reason, on the pod itself. */
import { formatTime, type Pod } from '@drydock/api';
import { isConflict, isNotFound, resources, type ApiClient } from '@drydock/client';
import type { Clock, Logger } from '@drydock/ports';

interface ReportPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Writes only what differs. A failure is logged: the next attempt to schedule reports again. */
export async function reportUnschedulable(
  pod: Pod,
  message: string,
  { api, clock, log, signal }: ReportPowers,
): Promise<void> {
  const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const isSame =
    before?.status === 'False' && before.reason === 'Unschedulable' && before.message === message;
  if (isSame) return;
  const now = formatTime(clock.wallTime());
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastProbeTime: null,
    lastTransitionTime: before?.status === 'False' ? (before.lastTransitionTime ?? now) : now,
  };
  const { namespace, name, uid } = pod.metadata;
  const value = { metadata: { uid }, status: { conditions: [condition] } };
  try {
    const patch = { type: 'strategic', value } as const;
    await api.patch(resources.pods, { namespace, name }, patch, { subresource: 'status', signal });
  } catch (error) {
    if (signal.aborted || isNotFound(error) || isConflict(error)) return;
    log.warn({ err: error, pod: `${namespace}/${name}` }, 'cannot write the condition');
  }
}
