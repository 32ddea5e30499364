/** The end of a container: its stop signal, and SIGKILL when the grace is over. */
import type Docker from 'dockerode';
import type { Clock, Millis } from '@drydock/ports';
import { deadlineExceeded } from './engine.ts';
import { toRuntimeError, unlessGone } from './errors.ts';
import type { Inspected } from './status.ts';

export async function stopContainer(
  container: Docker.Container,
  graceMillis: Millis,
  { inspect, clock }: { readonly inspect: () => Promise<Inspected | undefined>; clock: Clock },
): Promise<void> {
  const inspected = await inspect();
  if (inspected === undefined || !inspected.State.Running) return;
  const kill = (signal: string) => unlessGone(container.kill({ signal }));
  if (graceMillis > 0) await kill(inspected.Config.StopSignal ?? 'SIGTERM');
  else await kill('SIGKILL');
  const timer =
    graceMillis > 0
      ? // Whoever waits learns from the wait that the engine is away.
        clock.setTimer(graceMillis, () => void kill('SIGKILL').catch(() => undefined))
      : undefined;
  try {
    while (!(await hasEnded(container)));
  } finally {
    timer?.cancel();
  }
}

/** No for a container that outlives a call to the engine: a grace may be longer. */
async function hasEnded(container: Docker.Container): Promise<boolean> {
  try {
    await unlessGone(container.wait());
    return true;
  } catch (error) {
    const failure = toRuntimeError(error);
    if (failure.message !== deadlineExceeded) throw failure;
    return false;
  }
}
