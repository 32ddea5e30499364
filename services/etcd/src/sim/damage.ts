/**
 * When a member may lose what its disk had promised.
 *
 * Raft counts what a member acknowledged. If its disk forgets that, a majority may come together that
 * does not know what was committed, or a vote may be given twice, and nobody can notice. So damage is
 * done only when the others could lose the member altogether: then nothing may be lost, whatever is
 * left of its disk. docs/internals/simulation.md says what that means for those who run a cluster.
 */
import type { Random } from '@drydock/ports';
import type { MemberId } from '../replica/types.ts';
import type { Member, Members } from './members.ts';

/** Whether a majority of the voters, without this one, holds all it holds and follows one leader. */
export function canLose<Result, Machine>(
  group: Members<Result, Machine>,
  member: Member<Result, Machine>,
): boolean {
  const leading = group.leader();
  if (leading?.raft === undefined || leading === member || !isFollowing(member, leading)) {
    return false;
  }
  const { configuration } = leading.raft.status();
  const { voters, votersOutgoing } = configuration;
  if (votersOutgoing.length > 0 || !voters.includes(member.id)) return false;
  const others = group.members.filter(({ id }) => id !== member.id && voters.includes(id));
  const agree = (one: Member) =>
    JSON.stringify(one.raft?.status().configuration) === JSON.stringify(configuration);
  if (!others.every((one) => one === leading || (isFollowing(one, leading) && agree(one)))) {
    return false;
  }
  const { log } = leading.raft;
  const { applied } = leading.raft.status();
  const waiting = applied < log.lastIndex ? log.slice(applied + 1, log.lastIndex, Infinity) : [];
  if (waiting.some(({ kind }) => kind === 'config')) return false;
  const held = member.raft!.log.lastIndex;
  const holders = others.filter((one) => !one.isDamaged && one.raft!.log.stable >= held);
  return holders.length > voters.length / 2;
}

function isFollowing(member: Member, leader: Member): boolean {
  const { raft, isUp, process } = member;
  if (raft === undefined || !isUp || process.isPaused) return false;
  return raft.term === leader.raft!.term && raft.leader === leader.id;
}

/** One disk at a time is bad: the others are what the cluster lives by. */
export function isAnyDamaged(members: readonly Member[], voters: readonly MemberId[]): boolean {
  return members.some(({ id, isDamaged }) => isDamaged && voters.includes(id));
}

/** One bit of one file turns over; files with more in them are hit more often. */
export function flipBit({ disk }: Member, random: Random): void {
  const files = disk.paths.map((path) => ({ path, bytes: disk.readBytes(path) }));
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (total === 0) return;
  let at = random.between(0, total - 1);
  for (const { path, bytes } of files) {
    if (at < bytes.length) {
      bytes[at]! ^= 1 << random.between(0, 7);
      disk.writeBytes(path, bytes);
      return;
    }
    at -= bytes.length;
  }
}
