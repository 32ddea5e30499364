/**
 * The engine hears of the kernel's out-of-memory killer on another way than of the death that it caused,
 * and often after it. So a container with a limit that died of SIGKILL is looked at again, until the
 * engine says that this was why or has had time enough to hear of it; who killed it is asked once,
 * and what the status says stays.
 */
import type { Clock, Millis } from '@drydock/ports';
import type { Inspected } from './status.ts';

/** Wall milliseconds after a death in which the news of its cause may come. */
const newsMillisMax = 1_000;
const lookAgainMillis: Millis = 50;
const exitCodeOfSigkill = 137;

/** The container's state once the cause of its death is known; of one that lives, at once. */
export async function inspectSettled(
  inspect: () => Promise<Inspected | undefined>,
  clock: Clock,
): Promise<Inspected | undefined> {
  for (;;) {
    const inspected = await inspect();
    if (inspected === undefined || !mayBeOutOfMemory(inspected)) return inspected;
    if (clock.wallTime() - Date.parse(inspected.State.FinishedAt) >= newsMillisMax)
      return inspected;
    await clock.sleep(lookAgainMillis);
  }
}

function mayBeOutOfMemory({ State: state, HostConfig: { Memory: limit = 0 } }: Inspected): boolean {
  const wasKilled = state.Status === 'exited' && state.ExitCode === exitCodeOfSigkill;
  return wasKilled && !state.OOMKilled && limit > 0;
}
