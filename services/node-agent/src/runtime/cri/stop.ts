/** The end of a container. */
import type { Clock, Millis } from '@drydock/ports';
import { criRuntimeService as service } from '@drydock/proto/cri';
import type { CriConnection } from './connection.ts';
import { unlessGone } from './errors.ts';

/**
 * The runtime counts whole seconds of real time, so the agent's own clock ends the grace; the runtime's
 * ends it when there is no agent any more.
 */
export async function stopContainer(
  connection: CriConnection,
  clock: Clock,
  { id, graceMillis }: { readonly id: string; readonly graceMillis: Millis },
): Promise<void> {
  const stop = (seconds: number) =>
    unlessGone(
      connection.call(
        service.StopContainer,
        { containerId: id, timeout: seconds },
        { timeoutMillis: Infinity },
      ),
    );
  const timer =
    graceMillis === 0
      ? undefined
      : clock.setTimer(graceMillis, () => void stop(0).catch(() => undefined));
  try {
    await stop(Math.ceil(graceMillis / 1000));
  } finally {
    timer?.cancel();
  }
}
