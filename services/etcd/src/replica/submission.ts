/** Hands the proposals that wait to the core, and sorts them by what it says. */
import { changeConfiguration, decodeConfigurationEntry } from '../raft/configuration.ts';
import type { Raft } from '../raft/raft.ts';
import type { PendingProposal, ProposalQueue } from './proposals.ts';
import { ReplicaError } from './types.ts';

export function submitWaiting<Result>(raft: Raft, queue: ProposalQueue<Result>): void {
  const waiting = queue.takeWaiting().filter((proposal) => {
    const { termOnly } = proposal;
    if (termOnly === undefined) return true;
    if (raft.role === 'leader' && raft.term === termOnly) return true;
    queue.reject([proposal], leadershipOver());
    return false;
  });
  if (waiting.length === 0) return;
  if (waiting.every((proposal) => proposal.kind === 'data')) {
    submit(raft, queue, waiting);
    return;
  }
  // A change of membership is judged by itself.
  for (const proposal of waiting) submit(raft, queue, [proposal]);
}

function submit<Result>(
  raft: Raft,
  queue: ProposalQueue<Result>,
  proposals: PendingProposal<Result>[],
): void {
  const outcome = raft.propose(proposals);
  switch (outcome) {
    case 'accepted':
    case 'forwarded':
      queue.submitted(proposals, raft.term);
      return;
    case 'no-leader':
    case 'transferring':
      queue.putBack(proposals);
      return;
    case 'too-many-uncommitted':
      if (proposals.length > 1) for (const proposal of proposals) submit(raft, queue, [proposal]);
      else queue.reject(proposals, tooManyUncommitted());
      return;
    case 'change-in-progress': {
      const message = 'another change of membership is not applied yet';
      queue.reject(proposals, new ReplicaError(outcome, message));
      return;
    }
    case 'impossible-change':
      queue.reject(proposals, new ReplicaError(outcome, whyImpossible(raft, proposals[0]!)));
      return;
    default:
      outcome satisfies never;
  }
}

function whyImpossible(raft: Raft, { data }: { readonly data: Uint8Array }): string {
  const change = decodeConfigurationEntry(data);
  const reason = change && changeConfiguration(raft.status().configuration, change);
  return typeof reason === 'string' ? reason : 'the change of membership is not possible';
}

export function tooManyUncommitted(): ReplicaError {
  return new ReplicaError(
    'too-many-uncommitted',
    'too many writes wait for a quorum: members are slow or gone; try again later',
  );
}

/** It is known not to take effect. */
export function leadershipOver(): ReplicaError {
  return new ReplicaError('not-leader', 'this member no longer leads: others know better');
}
