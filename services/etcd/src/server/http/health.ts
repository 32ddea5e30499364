/** /health: one answer for all, with the alarms and the leader that the answer depends on. */
import { AlarmType } from '@drydock/proto/etcd';
import type { MemberCore } from '../core.ts';
import type { HealthMeters } from '../metrics/health-meters.ts';
import { linearizableRead, serializableRead } from './checks.ts';
import { errorReply, querySet, refuseOtherThanGet, textReply, type PlainHandler } from './plain.ts';

const alarmNames: Readonly<Record<number, string>> = {
  [AlarmType.nospace]: 'NOSPACE',
  [AlarmType.corrupt]: 'CORRUPT',
};

function alarmReason(core: MemberCore, excluded: ReadonlySet<string>): string | undefined {
  for (const { type } of core.state.alarms) {
    const name = alarmNames[type] ?? 'UNKNOWN';
    if (!excluded.has(name)) return `ALARM ${name}`;
  }
  return undefined;
}

/** Why requests cannot be served now, as far as it is known without asking anybody. */
export function notReadyReason(core: MemberCore): string | undefined {
  const { leader, failure } = core.replica.status();
  if (failure !== undefined) return failure.message;
  return leader === 0 ? 'RAFT NO LEADER' : alarmReason(core, new Set());
}

export function createHealthHandler(core: MemberCore, meters: HealthMeters): PlainHandler {
  const reasonOf = async (excluded: ReadonlySet<string>, isSerializable: boolean) => {
    const alarm = alarmReason(core, excluded);
    if (alarm !== undefined) return alarm;
    if (!isSerializable && core.replica.status().leader === 0) return 'RAFT NO LEADER';
    const read = isSerializable ? serializableRead(core) : linearizableRead(core);
    const failure = await read();
    return failure === undefined ? undefined : `RANGE ERROR:${failure}`;
  };
  return async (request) => {
    if (request.url.pathname !== '/health') return undefined;
    const refusal = refuseOtherThanGet(request);
    if (refusal !== undefined) return refusal;
    const isSerializable = request.url.searchParams.get('serializable') === 'true';
    const reason = await reasonOf(querySet(request, 'exclude'), isSerializable);
    meters.asked(reason === undefined);
    if (reason === undefined) return textReply(JSON.stringify({ health: 'true', reason: '' }));
    core.log.warn({ reason }, 'serving /health false');
    return errorReply(503, JSON.stringify({ health: 'false', reason }));
  };
}
