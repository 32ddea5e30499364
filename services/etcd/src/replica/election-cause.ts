/**
 * Why an election began, or a leader lost its office: from facts that the member recorded, without looking at
 * anything else, so that the judgement can be tested and repeated.
 *
 * 1. What this member did wrong itself (a stalled loop, a slow disk) is blamed before the network: a process
 *    that does not run hears nobody.
 * 2. A connection that ends while its leader still spoke was closed by the leader's machine: the process is
 *    gone. A cut network leaves the connection standing, and silent.
 * 3. Of other members' disks and processors nothing is known here: such a leader is silent. It says itself what
 *    happened, when it learns that it was deposed.
 */
import type { Millis } from '@drydock/ports';

export const electionCauses = [
  /** No leader was known since this member started. */
  'start',
  /** The leader handed over. */
  'transfer',
  /** The leader's process ended. */
  'leader-stopped',
  /** Writes of this member's log took too long. */
  'slow-fsync',
  /** This member's process did not run: its ticks were late. */
  'busy-process',
  /** The connection is lost, or stands and is silent. */
  'lost-network',
] as const;

export type ElectionCause = (typeof electionCauses)[number];

/**
 * campaign: this member asks for votes. step-down: it led, and no quorum answered. deposed: it led, and
 * learnt of a newer term.
 */
export type ElectionEvent = 'campaign' | 'step-down' | 'deposed';

export interface ElectionFacts {
  readonly event: ElectionEvent;
  /** The leader wanted it. */
  readonly isTransfer: boolean;
  /** A leader was known at some time since this member started. */
  readonly hasKnownLeader: boolean;
  readonly electionTimeout: Millis;
  /** The most that a tick was late, of late. */
  readonly tickLateness: Millis;
  /** The longest write of the log, of late; one that still lasts counts so far. */
  readonly logSync: Millis;
  /** Since the last message of the leader; of a leader: since the last answer that made a quorum. */
  readonly silence: Millis;
  /** To the leader; of a leader: to the peers that a quorum lacks. Undefined where that is unknown. */
  readonly link: LinkState | undefined;
}

export interface LinkState {
  readonly isUp: boolean;
  /** Nobody listens at the address. */
  readonly isRefused: boolean;
  /** Since it is up, or down. */
  readonly duration: Millis;
}

export interface Judgement {
  readonly cause: ElectionCause;
  /** What speaks for it, for people. */
  readonly detail: string;
}

export function judgeElection(facts: ElectionFacts): Judgement {
  const { electionTimeout, tickLateness, logSync, silence, link } = facts;
  if (facts.isTransfer) return { cause: 'transfer', detail: 'the leader handed over' };
  if (facts.event === 'campaign' && !facts.hasKnownLeader) {
    return { cause: 'start', detail: 'no leader was known since this member started' };
  }
  // Half of the silence that starts an election is more than any other delay explains.
  const isLate = tickLateness >= electionTimeout / 2;
  const isSlow = logSync >= electionTimeout / 2;
  // A log that is written on the loop's own thread stalls the loop: the disk is the reason of both.
  if (isSlow && (isLate || facts.event !== 'campaign' || link?.isUp !== false)) {
    return { cause: 'slow-fsync', detail: `a write of the log took ${round(logSync)} ms` };
  }
  if (isLate) {
    return { cause: 'busy-process', detail: `a tick came ${round(tickLateness)} ms late` };
  }
  if (facts.event === 'campaign' && link?.isUp === false) {
    const spokeUntilItClosed = silence - link.duration < electionTimeout;
    if (link.isRefused || spokeUntilItClosed) {
      const how = link.isRefused ? 'nobody listens at its address' : 'it closed the connection';
      return { cause: 'leader-stopped', detail: `${how}; silent for ${round(silence)} ms` };
    }
  }
  return {
    cause: 'lost-network',
    detail: `${describeLink(link)}, silent for ${round(silence)} ms`,
  };
}

function describeLink(link: LinkState | undefined): string {
  if (link === undefined) return 'no connection is known';
  if (link.isUp) return 'the connection stands';
  return link.isRefused ? 'nobody listens there' : `connection lost ${round(link.duration)} ms ago`;
}

const round = (millis: Millis) => Math.round(millis);
