/**
 * The two ways in which a message leaves a Raft core.
 *
 * 1. Answers that promise something about this member's disk (votes, acknowledged appends) go to
 *    `sendAfterPersist`; all else may leave before this member's own write is durable. So a leader
 *    replicates while it syncs (thesis 10.2.1).
 */
import type { RaftState } from './state.ts';
import { traceMessage } from './trace.ts';
import type { Message } from './types.ts';

export function send(state: RaftState, message: Message): void {
  traceMessage(state, 'Send', message);
  state.messages.push(message);
}

export function sendAfterPersist(state: RaftState, message: Message): void {
  traceMessage(state, 'Send', message);
  if (state.options.mutant === 'acknowledge-before-sync' && message.kind === 'append-response') {
    state.messages.push(message);
    return;
  }
  const queue = state.messagesAfterPersist;
  const last = queue.at(-1);
  // An acknowledgement of more entries says all that the one before it said.
  if (
    last?.kind === 'append-response' &&
    message.kind === 'append-response' &&
    !last.rejected &&
    !message.rejected &&
    last.to === message.to &&
    last.term === message.term &&
    last.index <= message.index
  ) {
    queue[queue.length - 1] = message;
    return;
  }
  queue.push(message);
}
