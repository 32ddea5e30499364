/** Who does what only the leader can do: this member, or the leader that it asks. */
import type { Millis } from '@drydock/ports';
import { failures, type Failure } from '../mvcc/failure.ts';
import { linearize, type MemberCore } from './core.ts';
import type { AskLeader } from './leader-calls.ts';
import type { Method } from './peer-calls.ts';

export interface Leader {
  readonly ask: AskLeader;
}

const pause: Millis = 100;

export interface LeaderCall<Request, Response> {
  readonly method: Method<Request, Response>;
  readonly request: Request;
  readonly local: () => Promise<Failure | Response>;
  /** Without a leader: why it would refuse, as far as this member knows. */
  readonly check?: (() => Failure | undefined) | undefined;
}

/**
 * Waits for a leader as long as a request may take. The answer of another member counts when this one has
 * applied what it speaks of.
 */
export async function passToLeader<Request, Response extends object>(
  core: MemberCore,
  leader: Leader | undefined,
  call: LeaderCall<Request, Response>,
): Promise<Failure | Response> {
  const { clock, replica } = core;
  if (leader === undefined) return replica.isLeader() ? call.local() : failures.notLeader;
  const deadline = clock.now() + 5_000 + 2 * core.electionTimeout;
  for (;;) {
    const isLocal = replica.isLeader();
    const outcome = isLocal
      ? await call.local()
      : await leader.ask(call.method, call.request, deadline - clock.now());
    // Neither has changed anything: the leader may have become another one just now.
    if (!isOneOf(outcome, [failures.notLeader, failures.noLeader])) {
      const isElsewhere = !isLocal && !('kind' in outcome);
      const stale = isElsewhere ? await linearize(core) : undefined;
      return stale ?? outcome;
    }
    const refusal = replica.status().leader === 0 ? call.check?.() : undefined;
    if (refusal !== undefined) return refusal;
    if (clock.now() + pause >= deadline) return failures.timeout;
    await clock.sleep(pause);
  }
}

function isOneOf(outcome: object, list: readonly Failure[]): boolean {
  return list.some((one) => 'message' in outcome && outcome.message === one.message);
}
