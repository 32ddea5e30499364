/** The work that a member does unasked, from its configuration: each part is in a file of its own. */
import type { Logger } from '@drydock/ports';
import { AlarmAction, AlarmRequest, AlarmType, CompactionRequest } from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberConfig } from '../config.ts';
import type { Failure } from '../mvcc/failure.ts';
import { startAutoCompaction } from './auto-compaction.ts';
import { propose, type MemberCore } from './core.ts';
import {
  checkBeforeStart,
  startCorruptionCheck,
  type CorruptionPowers,
} from './corruption-check.ts';
import type { PeerCalls } from './peer-calls.ts';
import { startSpaceRecovery } from './space-recovery.ts';
import type { EtcdStateMachine } from './state-machine.ts';
import { defragment, hashHistory } from './upkeep.ts';

export interface TendingPowers {
  readonly metrics: Registry;
  readonly peerCalls: PeerCalls;
  readonly starting: AsyncDisposableStack;
}

export function startTending(core: MemberCore, config: MemberConfig, powers: TendingPowers): void {
  const { clock, log, state, replica, memberId } = core;
  const { starting, peerCalls } = powers;
  verifyInBackground(core);
  const compact = async (revision: number) =>
    failureIn(await propose(core, 'compact', CompactionRequest.from({ revision })));
  const alarm = async (member: number, type: AlarmType, action: AlarmAction) => {
    const request = AlarmRequest.from({ action, memberId: member, alarm: type });
    return failureIn(await propose(core, 'alarm', request));
  };
  starting.use(
    startAutoCompaction(config.autoCompaction, {
      clock,
      log,
      revision: () => state.store.revision,
      isLeader: () => replica.isLeader(),
      compact,
    }),
  );
  if (config.recoversSpace) {
    starting.use(
      startSpaceRecovery({
        clock,
        log,
        metrics: powers.metrics,
        quotaBytes: core.limits.quotaBytes,
        situation: () =>
          replica.isLeader()
            ? {
                alarmed: [...state.alarms]
                  .filter((one) => one.type === AlarmType.nospace)
                  .map((one) => one.member),
                members: state.members.list().map((one) => one.id),
                leader: memberId,
                revision: state.store.revision,
                compactRevision: state.store.compactRevision,
              }
            : undefined,
        compact,
        defragment: (id) => (id === memberId ? defragment(core) : peerCalls.defragment(id)),
        disarm: (id) => alarm(id, AlarmType.nospace, AlarmAction.deactivate),
      }),
    );
  }
  starting.use(
    startCorruptionCheck(config.corruptionCheck, {
      ...corruptionPowers({ ...core, peerCalls }),
      clock,
      isLeader: () => replica.isLeader(),
      compactRevision: () => state.store.compactRevision,
      raiseAlarm: (id) => alarm(id, AlarmType.corrupt, AlarmAction.activate),
    }),
  );
}

interface CorruptionParts {
  readonly memberId: number;
  readonly state: EtcdStateMachine;
  readonly log: Logger;
  readonly peerCalls: PeerCalls;
}

function corruptionPowers({ memberId, state, log, peerCalls }: CorruptionParts): CorruptionPowers {
  return {
    log,
    memberId,
    otherMembers: () =>
      state.members
        .list()
        .map((one) => one.id)
        .filter((id) => id !== memberId),
    hash: (revision) => hashHistory(state, revision),
    hashOf: (id, revision) => peerCalls.hash(id, revision),
  };
}

/** @throws Error when the data of this member differs from that of another */
export function checkInitialCorruption(parts: CorruptionParts): Promise<void> {
  return checkBeforeStart(corruptionPowers(parts));
}

/** Damage ends the member by itself; what else goes wrong is only told. */
function verifyInBackground({ log, state }: MemberCore): void {
  state.backend.verify().then(
    () => log.debug({}, 'the whole database has its checksums'),
    (error: unknown) => log.warn({ err: error }, 'the database could not be verified'),
  );
}

function failureIn(result: { kind: string } | Failure): Failure | undefined {
  return result.kind === 'failure' ? (result as Failure) : undefined;
}
