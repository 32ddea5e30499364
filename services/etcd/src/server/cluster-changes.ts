/** Changes of membership as the leader makes them: checked, proposed, and awaited. */
import type { Millis } from '@drydock/ports';
import { Member, type MemberAddRequest, type MemberUpdateRequest } from '@drydock/proto/etcd';
import { memberId, type ClusterMember } from '../membership/members.ts';
import {
  checkAdd,
  checkPromote,
  checkRemove,
  type Refusal,
  type VoterHealth,
} from '../membership/reconfiguration.ts';
import { failures, type Failure } from '../mvcc/failure.ts';
import { ReplicaError, type ConfigurationChange } from '../replica/types.ts';
import { failureOfReplica, propose, type MemberCore } from './core.ts';
import { messageOf } from './state-machine.ts';

export interface MemberChangeOptions {
  readonly isStrict: boolean;
  readonly learnersMax: number;
  readonly connectedFor: (id: number) => Millis | undefined;
}

export type Outcome = Failure | { readonly kind: 'changed'; readonly member: ClusterMember };

export interface MemberChanges {
  /** Undefined when the change may begin. */
  refusalOfAdd(request: MemberAddRequest): Failure | undefined;
  refusalOfRemove(id: number): Failure | undefined;
  add(request: MemberAddRequest): Promise<Outcome>;
  remove(id: number): Promise<Outcome>;
  update(request: MemberUpdateRequest): Promise<Outcome>;
  promote(id: number): Promise<Outcome>;
}

/** Nine tenths of what the leader has is the original's measure of "in sync". */
const readyShare = 0.9;
const pause: Millis = 50;

export function createMemberChanges(core: MemberCore, options: MemberChangeOptions): MemberChanges {
  const { members } = core.state;

  /** Undefined when the change may begin. */
  const refused = (
    what: string,
    check: (voters: readonly VoterHealth[]) => Refusal | undefined,
  ): Failure | undefined => {
    if (!options.isStrict) return undefined;
    const voters = members
      .list()
      .filter((one) => !one.isLearner)
      .map(({ id, name }) => ({
        id,
        isStarted: name !== '',
        connectedFor: id === core.memberId ? Infinity : options.connectedFor(id),
      }));
    const refusal = check(voters);
    if (refusal === undefined) return undefined;
    core.log.warn({ change: what, refusal, voters }, 'refused a change of membership');
    return refusal === 'unhealthy' ? failures.unhealthyCluster : failures.notEnoughStarted;
  };

  const change = async (
    kind: ConfigurationChange['kind'],
    member: ClusterMember,
  ): Promise<Outcome> => {
    const context = Member.encode(messageOf(member));
    const deadline = core.clock.now() + 5_000 + 2 * core.electionTimeout;
    for (;;) {
      try {
        await core.replica.proposeConfiguration({ kind, member: member.id }, context);
        return { kind: 'changed', member };
      } catch (error) {
        // One change at a time: this one waits for the one before it.
        const isLate = core.clock.now() + pause >= deadline;
        const isBusy = error instanceof ReplicaError && error.code === 'change-in-progress';
        if (!isBusy || isLate) return failureOfReplica(error);
      }
      await core.clock.sleep(pause);
    }
  };

  const isTaken = (urls: readonly string[], except?: number) => {
    const others = members.list().filter((one) => one.id !== except);
    const taken = new Set(others.flatMap((one) => one.peerUrls));
    return urls.some((url) => taken.has(url));
  };

  const refusalOfAdd = ({ peerUrls, isLearner }: MemberAddRequest): Failure | undefined => {
    if (peerUrls.length === 0 || !peerUrls.every(isPeerUrl)) return failures.badPeerUrls;
    return refused('add', (voters) => checkAdd(voters, { isLearner }));
  };

  const refusalOfRemove = (id: number): Failure | undefined => {
    const member = members.get(id);
    if (member === undefined) return failures.memberNotFound;
    if (member.isLearner) return undefined;
    return refused('remove', (voters) => checkRemove(voters, id));
  };

  return {
    refusalOfAdd,
    refusalOfRemove,

    async add(request) {
      const { peerUrls, isLearner } = request;
      const refusal = refusalOfAdd(request);
      if (refusal !== undefined) return refusal;
      if (isTaken(peerUrls)) return failures.peerUrlExists;
      const learners = members.list().filter((one) => one.isLearner);
      if (isLearner && learners.length >= options.learnersMax) return failures.tooManyLearners;
      const id = memberId(peerUrls, '', String(core.random.uint32()));
      const sorted = peerUrls.toSorted();
      const member: ClusterMember = { id, name: '', peerUrls: sorted, clientUrls: [], isLearner };
      if (!isLearner && members.size === 1) {
        core.log.warn(
          { peerUrls },
          'a second voter: from now on nothing can be written until it has started and caught up; members that are added as learners and promoted later never cost the quorum',
        );
      }
      return change(isLearner ? 'add-learner' : 'add-voter', member);
    },

    async remove(id) {
      const refusal = refusalOfRemove(id);
      return refusal ?? change('remove', members.get(id)!);
    },

    async update({ id, peerUrls }) {
      const member = members.get(id);
      if (member === undefined) return failures.memberNotFound;
      if (peerUrls.length === 0 || !peerUrls.every(isPeerUrl)) return failures.badPeerUrls;
      if (isTaken(peerUrls, id)) return failures.peerUrlExists;
      const updated = { ...member, peerUrls };
      const result = await propose(core, 'member', messageOf(updated));
      return result.kind === 'failure' ? result : { kind: 'changed', member: updated };
    },

    async promote(id) {
      const member = members.get(id);
      const { peers, commit } = core.replica.status();
      const progress = peers.find((one) => one.id === id);
      if (member === undefined) return failures.memberNotFound;
      if (!member.isLearner) return failures.memberNotLearner;
      if (progress === undefined || progress.match < commit * readyShare) {
        return failures.learnerNotReady;
      }
      return (
        refused('promote', checkPromote) ?? change('add-voter', { ...member, isLearner: false })
      );
    },
  };
}

/** As the original takes them: scheme, host and port, and nothing after it. */
const isPeerUrl = (url: string) => /^https?:\/\/[^/]+:\d+$/.test(url);
