/** `./drydock raft`: what etcd's members think of each other, once or live. */
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import type { RaftState } from '@drydock/proto/etcd';
import { etcdClientFiles, etcdMembers } from '../cluster/cluster.ts';
import { watchRaft } from '../cluster/raft-watch.ts';
import { loadState, openStateFolder } from '../state.ts';
import { renderTable } from '../terminal/table.ts';
import { renderLook } from './status.ts';

/** How long a member may take to answer at first. */
const firstAnswerMillis = 2_000;
const lookMillis = 250;
const reconnectMillis = 1_000;

export interface MemberState {
  readonly name: string;
  /** Undefined while it does not answer. */
  state: RaftState | undefined;
}

export async function raft(options: { name: string; watch?: boolean }): Promise<void> {
  const folder = openStateFolder(options.name);
  const files = etcdClientFiles(folder);
  using watching = new DisposableStack();
  const members: MemberState[] = etcdMembers(loadState(folder)).map(({ name, port }) => {
    const member: MemberState = { name, state: undefined };
    let current: Disposable;
    const follow = () => {
      current = watchRaft(port, files, {
        onState: (state) => (member.state = state),
        onEnd: () => {
          member.state = undefined;
          if (!watching.disposed) setTimeout(follow, reconnectMillis).unref();
        },
      });
    };
    watching.defer(() => current[Symbol.dispose]());
    follow();
    return member;
  });
  const deadline = performance.now() + firstAnswerMillis;
  while (performance.now() < deadline && members.some((one) => one.state === undefined)) {
    await sleep(50);
  }
  if (options.watch !== true) {
    console.log(renderRaft(members));
    process.exitCode = members.every((one) => one.state !== undefined) ? 0 : 1;
    return;
  }
  for (;;) {
    const time = new Date().toLocaleTimeString('en-GB');
    const text = `${time}   (Ctrl-C ends)\n${renderRaft(members)}`;
    process.stdout.write(renderLook(text, process.stdout));
    await sleep(lookMillis);
  }
}

export function renderRaft(members: readonly MemberState[]): string {
  const names = new Map(members.map(({ name, state }) => [state?.memberId, name]));
  const nameOf = (id: number) => (id === 0 ? '-' : (names.get(id) ?? id.toString(16)));
  const rows = members.map(({ name, state }) => {
    if (state === undefined) return [name, styleText('red', 'no answer')];
    const role = state.role === 'leader' ? styleText('green', state.role) : state.role;
    return [
      name,
      role,
      String(state.term),
      nameOf(state.vote),
      nameOf(state.leader),
      `${state.firstIndex}-${state.lastIndex}`,
      String(state.commit),
      String(state.applied),
      `${state.pendingProposals}/${state.pendingReads}`,
      `${(state.lastFsyncMicros / 1_000).toFixed(1)} ms`,
    ];
  });
  const parts = [
    renderTable(
      [
        'ETCD',
        'ROLE',
        'TERM',
        'VOTE',
        'LEADER',
        'LOG',
        'COMMIT',
        'APPLIED',
        'WAITING W/R',
        'FSYNC',
      ],
      rows,
    ),
  ];
  const leader = members.find(({ state }) => state?.role === 'leader')?.state;
  if (leader !== undefined) {
    const peers = leader.peers.map((peer) => [
      nameOf(peer.id),
      peer.isLearner ? `${peer.state}, learner` : peer.state,
      String(peer.match),
      String(peer.next),
      String(peer.inFlight),
      peer.isActive ? 'yes' : styleText('red', 'no'),
    ]);
    parts.push(renderTable(['PEER', 'STATE', 'MATCH', 'NEXT', 'IN FLIGHT', 'HEARD'], peers));
    const { voters, votersOutgoing } = leader.configuration!;
    if (votersOutgoing.length > 0) {
      const list = (ids: readonly number[]) => ids.map(nameOf).join(', ');
      parts.push(`joint: ${list(voters)} and ${list(votersOutgoing)} decide`);
    }
  }
  const elections = members.flatMap(({ name, state }) =>
    (state?.elections ?? []).map((one) => ({ ...one, name })),
  );
  const newest = elections.toSorted((a, b) => a.agoMillis - b.agoMillis).slice(0, 8);
  if (newest.length > 0) {
    const lines = newest.map(({ name, agoMillis, term, event, cause, detail }) => [
      `${Math.round(agoMillis / 1_000)} s ago`,
      name,
      String(term),
      event,
      cause,
      detail,
    ]);
    parts.push(renderTable(['ELECTIONS', 'MEMBER', 'TERM', 'EVENT', 'CAUSE', 'WHY'], lines));
  }
  return parts.join('\n\n');
}
