/**
 * The commands of the scripts in testdata/: cores without any shell, whose messages stay in a bag until
 * the script delivers or drops them.
 *
 *   members N [inflight=] [bytes=] [pre-vote=no]   N voters with empty logs
 *   member ID term= log=T,T,.. [voters=]    one member whose log has entries of these terms
 *   campaign ID | tick ID [COUNT]
 *   propose ID TEXT.. | read ID NUMBER | transfer ID to= | compact ID INDEX
 *   change ID [KIND MEMBER].. [transition=] changes of membership at once; none: leaves a joint one
 *   restart ID [applied=]                   a new core from what is durable, its state machine at `applied`
 *   ready ID [hold]                         shows and does what the core says; `hold`: not yet durable
 *   persisted ID [COUNT]                    what was held is durable, or the first COUNT of it
 *   unreachable ID PEER | snapshot-lost ID PEER   what the network reports
 *   deliver [ID..]                          hands messages over, to these members
 *   stabilize [ID..]                        readies and deliveries among these until nothing moves
 *   quiet COMMAND ..                        without output
 *   drop [from=] [to=] [kind=]              loses messages
 *   status [ID..] | log ID
 *   trace                                   events since the last one, as trace.ts writes them
 */
import { createSeededRandom } from '@drydock/ports';
import type { ScriptCommand, ScriptInterpreter } from '@drydock/testing/script-runner';
import {
  encodeConfigurationEntry,
  isJoint,
  plainConfiguration,
  type ConfigurationChangeKind,
  type Transition,
} from '../configuration.ts';
import { createRaft, type InitialState, type Raft, type Ready } from '../raft.ts';
import { traceLine } from '../trace-events.ts';
import type { Configuration, Entry, MemberId, Message, Proposal } from '../types.ts';

interface Scripted {
  readonly options: ScriptCommand['options'];
  readonly raft: Raft;
  /** Durable when the script says so. */
  held: { sequence: number; messages: Message[] }[];
}

const text = new TextDecoder();

export function createInterpreter(): ScriptInterpreter {
  const members = new Map<MemberId, Scripted>();
  let bag: Message[] = [];
  let sequence = 0;
  let traced: string[] = [];

  const memberOf = (word: string | undefined): [MemberId, Scripted] => {
    const id = Number(word);
    const member = members.get(id);
    if (member === undefined) throw new Error(`there is no member ${word}`);
    return [id, member];
  };

  const start = (id: MemberId, options: ScriptCommand['options'], initial: InitialState) => {
    const raft = createRaft(
      {
        id,
        random: createSeededRandom(id),
        electionTicks: 10,
        heartbeatTicks: 1,
        preVote: options['pre-vote'] !== 'no',
        messageBytesMax: Number(options['bytes'] ?? 1_000_000),
        inflightMax: Number(options['inflight'] ?? 256),
        uncommittedBytesMax: Number(options['uncommitted'] ?? 1_000_000),
        trace: (event) => traced.push(traceLine(event)),
      },
      initial,
    );
    members.set(id, { options, raft, held: [] });
  };

  const addMember = (
    id: MemberId,
    { options }: ScriptCommand,
    { voters, terms }: { voters: MemberId[]; terms: number[] },
  ) =>
    start(id, options, {
      hardState: { term: Number(options['term'] ?? 0), vote: 0, commit: 0 },
      base: { index: 0, term: 0, configuration: plainConfiguration(voters) },
      entries: terms.map((term, at) => entryOf(term, at + 1)),
      applied: 0,
    });

  const restart = (id: MemberId, { options, raft, held }: Scripted, applied?: string) => {
    if (held.length > 0) throw new Error(`member ${id} has writes that are not durable`);
    const { log } = raft;
    const { term, vote, commit, applied: reached } = raft.status();
    start(id, options, {
      hardState: { term, vote, commit },
      base: raft.snapshotMeta(log.firstIndex - 1)!,
      entries: log.slice(log.firstIndex, log.lastIndex, Infinity),
      applied: Number(applied ?? reached),
    });
  };

  const takeReady = (id: MemberId, member: Scripted, hold: boolean): string[] => {
    const ready = member.raft.ready();
    const lines = describeReady(ready);
    bag.push(...ready.messages);
    const afterPersist = [...ready.messagesAfterPersist];
    if (ready.persist?.snapshot !== undefined) member.raft.applied(ready.persist.snapshot.index);
    if (ready.committed.length > 0) member.raft.applied(ready.committed.at(-1)!.index);
    for (const peer of ready.snapshotRequests) {
      const message = member.raft.snapshotFor(peer, member.raft.status().applied);
      if (message === undefined) continue;
      lines.push(describeMessage(message));
      bag.push(message);
    }
    if (hold || member.held.length > 0) {
      member.held.push({ sequence: ready.persist?.sequence ?? 0, messages: afterPersist });
    } else {
      if (ready.persist !== undefined) member.raft.persisted(ready.persist.sequence);
      bag.push(...afterPersist);
    }
    return lines.map((line) => `${id}  ${line}`);
  };

  const deliver = (to: (id: MemberId) => boolean): string[] => {
    const delivered = bag.filter((message) => to(message.to) && members.has(message.to));
    bag = bag.filter((message) => !delivered.includes(message));
    for (const message of delivered) {
      members.get(message.to)!.raft.step(message);
      if (message.kind === 'snapshot') {
        members.get(message.from)!.raft.reportSnapshot(message.to, true);
      }
    }
    return delivered.map((message) => `-> ${describeMessage(message)}`);
  };

  const stabilize = (among: (id: MemberId) => boolean): string[] => {
    const lines: string[] = [];
    for (let round = 0; round < 100; round++) {
      const before = lines.length;
      for (const [id, member] of members) {
        if (among(id)) lines.push(...takeReady(id, member, false));
      }
      lines.push(...deliver(among));
      const moved = [...members].some(([id, { raft }]) => among(id) && raft.hasReady());
      if (lines.length === before && !moved) return lines;
    }
    throw new Error('the members do not come to rest');
  };

  const propose = ([, { raft }]: [MemberId, Scripted], data: Uint8Array, kind: Proposal['kind']) =>
    raft.propose([{ kind, origin: 1, sequence: ++sequence, data }]);

  const among = (words: readonly string[]) => (id: MemberId) =>
    words.length === 0 || words.includes(String(id));

  const interpret = (command: ScriptCommand): string => {
    const { name, words, options } = command;
    switch (name) {
      case 'members': {
        const voters = Array.from({ length: Number(words[0]) }, (_, at) => at + 1);
        for (const id of voters) addMember(id, command, { voters, terms: [] });
        return '';
      }
      case 'member': {
        const voters = (options['voters'] ?? '1,2,3').split(',').map(Number);
        const terms = (options['log'] ?? '').split(',').filter(Boolean).map(Number);
        addMember(Number(words[0]), command, { voters, terms });
        return '';
      }
      case 'campaign':
        memberOf(words[0])[1].raft.campaign();
        return '';
      case 'tick':
        for (let count = 0; count < Number(words[1] ?? 1); count++)
          memberOf(words[0])[1].raft.tick();
        return '';
      case 'propose': {
        const data = new TextEncoder().encode(words.slice(1).join(' '));
        return propose(memberOf(words[0]), data, 'data');
      }
      case 'change': {
        const [id, ...rest] = words;
        const fallback = rest.length === 0 ? 'leave' : 'auto';
        const transition = (options['transition'] ?? fallback) as Transition;
        const context = new Uint8Array(0);
        const changes = [];
        for (let at = 0; at < rest.length; at += 2) {
          const kind = rest[at] as ConfigurationChangeKind;
          changes.push({ kind, member: Number(rest[at + 1]), context });
        }
        const data = encodeConfigurationEntry({ transition, changes });
        return propose(memberOf(id), data, 'config');
      }
      case 'read':
        return memberOf(words[0])[1].raft.readIndex(Number(words[1])) ? 'asked' : 'no leader';
      case 'transfer':
        return String(memberOf(words[0])[1].raft.transferLeadership(Number(options['to'])));
      case 'disconnected':
        memberOf(words[0])[1].raft.reportDisconnected(Number(options['from']));
        return '';
      case 'compact':
        memberOf(words[0])[1].raft.compact(Number(words[1]));
        return '';
      case 'restart':
        restart(...memberOf(words[0]), options['applied']);
        return '';
      case 'ready':
        return takeReady(...memberOf(words[0]), words[1] === 'hold').join('\n');
      case 'persisted': {
        const [, member] = memberOf(words[0]);
        const count = Number(words[1] ?? member.held.length);
        for (const { sequence, messages } of member.held.splice(0, count)) {
          member.raft.persisted(sequence);
          bag.push(...messages);
        }
        return '';
      }
      case 'unreachable':
        memberOf(words[0])[1].raft.reportUnreachable(Number(words[1]));
        return '';
      case 'snapshot-lost':
        memberOf(words[0])[1].raft.reportSnapshot(Number(words[1]), false);
        return '';
      case 'deliver':
        return deliver(among(words)).join('\n');
      case 'stabilize':
        return stabilize(among(words)).join('\n');
      case 'quiet':
        interpret({ name: words[0]!, words: words.slice(1), options });
        return '';
      case 'drop': {
        const matches = (message: Message) =>
          (options['from'] ?? String(message.from)) === String(message.from) &&
          (options['to'] ?? String(message.to)) === String(message.to) &&
          (options['kind'] ?? message.kind) === message.kind;
        const dropped = bag.filter(matches);
        bag = bag.filter((message) => !matches(message));
        return dropped.map((message) => `x ${describeMessage(message)}`).join('\n');
      }
      case 'status':
        return [...members]
          .filter(([id]) => among(words)(id))
          .map(([, { raft }]) => describeStatus(raft))
          .join('\n');
      case 'log': {
        const { log } = memberOf(words[0])[1].raft;
        return log.slice(log.firstIndex, log.lastIndex, Infinity).map(describeEntry).join(' ');
      }
      case 'trace': {
        const lines = traced.join('');
        traced = [];
        return lines;
      }
      default:
        throw new Error(`no command '${name}'`);
    }
  };
  return interpret;
}

function entryOf(term: number, index: number): Entry {
  return { index, term, kind: 'data', origin: 0, sequence: index, data: new Uint8Array(0) };
}

function describeEntry({ index, term, kind, data }: Entry): string {
  const content = kind === 'data' ? text.decode(data) : kind;
  return `${term}/${index}${content === '' ? '' : ` '${content}'`}`;
}

function describeReady(ready: Ready): string[] {
  const lines: string[] = [];
  const { persist, leadership } = ready;
  if (leadership !== undefined) {
    const { role, term, leader } = leadership;
    lines.push(`${role} in term ${term}, leader ${leader === 0 ? 'unknown' : leader}`);
  }
  if (persist !== undefined) {
    const { hardState, entries, snapshot } = persist;
    if (snapshot !== undefined) lines.push(`persist snapshot ${snapshot.term}/${snapshot.index}`);
    const { term, vote, commit } = hardState!;
    const list = entries.length === 0 ? '' : `, entries ${entries.map(describeEntry).join(' ')}`;
    lines.push(`persist term ${term} vote ${vote} commit ${commit}${list}`);
  }
  for (const message of ready.messages) lines.push(describeMessage(message));
  for (const message of ready.messagesAfterPersist) {
    lines.push(`${describeMessage(message)} (after persist)`);
  }
  if (ready.committed.length > 0)
    lines.push(`apply ${ready.committed.map(describeEntry).join(' ')}`);
  for (const { id, index } of ready.readStates) lines.push(`read ${id} may see up to ${index}`);
  return lines;
}

function describeMessage(message: Message): string {
  const { kind, from, to, term } = message;
  return `${from}->${to} ${kind} term ${term}${describeFields(message)}`;
}

function describeFields(message: Message): string {
  switch (message.kind) {
    case 'vote':
    case 'pre-vote':
      return ` last ${message.lastTerm}/${message.lastIndex}${message.transfer ? ' transfer' : ''}`;
    case 'vote-response':
    case 'pre-vote-response':
      return message.granted ? ' granted' : ' refused';
    case 'append': {
      const { previousTerm, previousIndex, commit, entries } = message;
      const list = entries.length === 0 ? '' : ` entries ${entries.map(describeEntry).join(' ')}`;
      return ` after ${previousTerm}/${previousIndex} commit ${commit}${list}`;
    }
    case 'append-response': {
      const { index, rejected, hintTerm, hintIndex } = message;
      return rejected ? ` rejects ${index}, hint ${hintTerm}/${hintIndex}` : ` has ${index}`;
    }
    case 'heartbeat':
      return ` commit ${message.commit} round ${message.round}`;
    case 'heartbeat-response':
      return ` round ${message.round}`;
    case 'commit':
      return ` ${message.commit}`;
    case 'snapshot':
      return ` ${message.snapshot.term}/${message.snapshot.index}`;
    case 'propose':
      return ` ${message.proposals.length} proposals`;
    case 'read-index':
      return ` id ${message.id}`;
    case 'read-index-response':
      return ` id ${message.id} index ${message.index}`;
    case 'timeout-now':
      return '';
    default:
      return message satisfies never;
  }
}

function describeConfiguration(configuration: Configuration): string {
  const { voters, votersOutgoing, learners, learnersNext, autoLeave } = configuration;
  const parts = [`voters ${voters.join()}`];
  if (isJoint(configuration)) parts.push(`and ${votersOutgoing.join()}`);
  if (learners.length > 0) parts.push(`learners ${learners.join()}`);
  if (learnersNext.length > 0) parts.push(`next ${learnersNext.join()}`);
  if (autoLeave) parts.push('to leave by itself');
  return parts.join(' ');
}

function describeStatus(raft: Raft): string {
  const { id, role, term, leader, commit, lastIndex, peers, configuration } = raft.status();
  const lines = [
    `${id} ${role} term ${term} leader ${leader} commit ${commit} last ${lastIndex} ` +
      describeConfiguration(configuration),
  ];
  for (const peer of peers) {
    const { state, match, next, inflight } = peer;
    lines.push(`  ${peer.id} ${state} match ${match} next ${next} in flight ${inflight}`);
  }
  return lines.join('\n');
}
