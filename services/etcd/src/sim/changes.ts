/**
 * Changes of membership as operators make them: newcomers come with an empty disk and a new id, and
 * are started once the cluster was told of them; who was removed stops when it learns of it.
 */
import { isJoint, leaveEntry, membersOf } from '../raft/configuration.ts';
import type { ConfigurationChange, ConfigurationEntry } from '../replica/types.ts';
import { isAnyDamaged } from './damage.ts';
import type { FaultKind } from './schedule.ts';
import type { Member, Members } from './members.ts';

const votersMax = 5;
const votersMin = 2;
const learnersMax = 2;
const retryMillis = 200;
const patienceMillis = 4_000;

export interface Changes<Result, Machine> {
  /** True when the kind is one of membership. */
  make(kind: FaultKind, target: number): boolean;
  /** A member whose disk is no longer good is given up for a new one. */
  replaceDamaged(member: Member<Result, Machine>): void;
}

/** The context of a change that has none. */
const none = new Uint8Array(0);

export function createChanges<Result, Machine>(
  group: Members<Result, Machine>,
  contextOf: (change: ConfigurationChange) => Uint8Array = () => none,
): Changes<Result, Machine> {
  type One = Member<Result, Machine>;

  /** Resolves to the code of the failure, or to nothing. A leader that dies answers nobody. */
  const propose = (leader: One, change: ConfigurationChange): Promise<string | undefined> => {
    const context = contextOf(change);
    return proposeEntry(leader, { transition: 'auto', changes: [{ ...change, context }] });
  };
  const proposeEntry = (leader: One, entry: ConfigurationEntry): Promise<string | undefined> => {
    const answer = leader.replica!.proposeTransition(entry).then(
      () => undefined,
      (error: { code?: string }) => error.code ?? 'unknown',
    );
    const patience = group.scheduler.clock.sleep(patienceMillis).then(() => 'timeout');
    return Promise.race([answer, patience]);
  };

  const add = async (leader: One, kind: 'add-learner' | 'add-voter') => {
    const newcomer = group.add(leader.raft!.status().configuration.voters);
    const failure = await propose(leader, { kind, member: newcomer.id });
    // Where the outcome is not known it may have been added: then it must run.
    if (isRefusal(failure)) newcomer.isRetired = true;
    else group.start(newcomer);
  };

  /** One or two voters are replaced at once; some operators leave the joint configuration by hand. */
  const replaceSeveral = async (leader: One, target: number) => {
    const { voters } = leader.raft!.status().configuration;
    const count = Math.min(1 + (target % 2), voters.length - 1);
    const leaving = Array.from(
      { length: count },
      (_, at) => voters[(target + at) % voters.length]!,
    );
    const coming = leaving.map(() => group.add(voters));
    const changes: ConfigurationChange[] = [
      ...leaving.map((member) => ({ kind: 'remove', member }) as const),
      ...coming.map(({ id }) => ({ kind: 'add-voter', member: id }) as const),
    ];
    const isByHand = target % 3 === 0;
    const failure = await proposeEntry(leader, {
      transition: isByHand ? 'joint-explicit' : 'auto',
      changes: changes.map((change) => ({ ...change, context: contextOf(change) })),
    });
    for (const newcomer of coming) {
      if (isRefusal(failure)) newcomer.isRetired = true;
      else group.start(newcomer);
    }
    if (isByHand && !isRefusal(failure)) leaveJoint();
  };

  const leaveJoint = () => {
    const leader = group.leader();
    const configuration = leader?.raft?.status().configuration;
    const again = () => void group.scheduler.schedule(retryMillis, leaveJoint);
    // Its entry may apply only later: who began it keeps looking.
    const isDue = configuration !== undefined && isJoint(configuration);
    if (leader === undefined || !isDue) again();
    else void proposeEntry(leader, leaveEntry).then(again);
  };

  const giveUp = (member: One) => {
    group.kill(member);
    member.isRetired = true;
    const remove = () => {
      const leader = group.leader();
      const configuration = leader?.raft?.status().configuration;
      const again = () => void group.scheduler.schedule(retryMillis, remove);
      if (leader === undefined || configuration === undefined) again();
      else if (membersOf(configuration).includes(member.id)) {
        void propose(leader, { kind: 'remove', member: member.id }).then(again);
      } else if (configuration.voters.length < 3) void add(leader, 'add-voter');
    };
    remove();
  };

  return {
    replaceDamaged: giveUp,
    make(kind, target) {
      const isChange = changeKinds.includes(kind);
      const leader = group.leader();
      if (!isChange || leader?.raft === undefined) return isChange;
      const { voters, learners } = leader.raft.status().configuration;
      // Nobody takes a good member away while another is bad.
      const isBad = isAnyDamaged(group.members, voters);
      if (isBad && ['remove', 'replace', 'joint'].includes(kind)) return true;
      const voter = voters[target % voters.length]!;
      const learner = learners[target % learners.length];
      if (kind === 'add-voter' && voters.length < votersMax) void add(leader, kind);
      if (kind === 'add-learner' && learners.length < learnersMax) void add(leader, kind);
      if (kind === 'promote' && learner !== undefined && voters.length < votersMax) {
        void propose(leader, { kind: 'add-voter', member: learner });
      }
      if (kind === 'remove' && voters.length > votersMin) {
        void propose(leader, { kind: 'remove', member: learner ?? voter });
      }
      if (kind === 'replace' && voters.length > votersMin) {
        void propose(leader, { kind: 'remove', member: voter }).then((failure) => {
          const next = group.leader();
          if (failure === undefined && next?.raft !== undefined) void add(next, 'add-voter');
        });
      }
      if (kind === 'joint') void replaceSeveral(leader, target);
      return true;
    },
  };
}

const changeKinds: readonly FaultKind[] = [
  'add-learner',
  'add-voter',
  'promote',
  'remove',
  'replace',
  'joint',
];

const isRefusal = (failure: string | undefined) =>
  failure === 'change-in-progress' || failure === 'impossible-change';
