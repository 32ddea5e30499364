/**
 * The end of a member that was removed: it stops, but not before somebody else knows.
 *
 * Those that stay may have the entry that removes it, and not yet the news that it is committed. Were it to
 * stop then, they would need its vote for ever: of two members, of which the leader is removed, nobody would
 * lead again. One that has applied the change is enough: it can be elected by those that stay.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { ClusterMember } from '../membership/members.ts';

/** Whoever asked this member for its removal gets an answer within it; the original's. */
export const removalPause: Millis = 1_000;
const patience: Millis = 60_000;

export const removalError = () =>
  new Error(
    'the member has been permanently removed from the cluster; the data-dir used by this member must be removed',
  );

export interface RemovalPowers {
  readonly clock: Clock;
  readonly log: Logger;
  /** Those that stay. */
  readonly others: () => readonly ClusterMember[];
  /** The ids of the members as the one at this URL has applied them; undefined without an answer. */
  readonly idsAt: (url: string) => Promise<readonly number[] | undefined>;
}

/** Resolves when this member may stop, at the latest after a minute. */
export async function untilOthersKnow(id: number, powers: RemovalPowers): Promise<void> {
  const { clock, log, others } = powers;
  const deadline = clock.now() + patience;
  while (clock.now() < deadline) {
    await clock.sleep(removalPause);
    if (others().length === 0 || (await ask(powers)).some((ids) => !ids.includes(id))) return;
  }
  log.warn(
    { id },
    'this member was removed, and nobody who stays has said that it knows: without this one they may have no leader',
  );
}

/** After a restart: whether somebody who stays still needs this member's vote, and nobody knows better. */
export async function isStillCounted(id: number, powers: RemovalPowers): Promise<boolean> {
  const answers = await ask(powers);
  return answers.length > 0 && answers.every((ids) => ids.includes(id));
}

/** What those say that answer. */
async function ask({ others, idsAt }: RemovalPowers): Promise<(readonly number[])[]> {
  const urls = others().flatMap((one) => one.peerUrls);
  const answers = await Promise.all(urls.map((url) => idsAt(url)));
  return answers.filter((ids) => ids !== undefined);
}
