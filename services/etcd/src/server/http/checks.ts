/**
 * /livez and /readyz: named checks, all of them or one by its path, as the original has them since
 * 3.5.11. Liveness says whether a restart would help, so that a lost quorum does not fail it; readiness
 * says whether requests can be served now.
 */
import { AlarmType } from '@drydock/proto/etcd';
import type { Logger } from '@drydock/ports';
import { linearize, type MemberCore } from '../core.ts';
import type { HealthMeters } from '../metrics/health-meters.ts';
import {
  errorReply,
  querySet,
  refuseOtherThanGet,
  textReply,
  type PlainHandler,
  type PlainReply,
  type PlainRequest,
} from './plain.ts';

/** Why it fails; undefined when it does not. */
type Check = () => Promise<string | undefined> | string | undefined;

/** Of the asked member alone; also what /health asks for with `serializable`. */
export const serializableRead =
  ({ replica }: MemberCore): Check =>
  () =>
    replica.status().failure?.message;

export const linearizableRead =
  (core: MemberCore): Check =>
  async () =>
    (await linearize(core))?.message;

function checksOf(core: MemberCore): Readonly<Record<string, Readonly<Record<string, Check>>>> {
  const { state, memberId } = core;
  const isCorrupt = () => [...state.alarms].some(({ type }) => type === AlarmType.corrupt);
  return {
    livez: { serializable_read: serializableRead(core) },
    readyz: {
      data_corruption: () => (isCorrupt() ? 'alarm activated: CORRUPT' : undefined),
      serializable_read: serializableRead(core),
      linearizable_read: linearizableRead(core),
      non_learner: () =>
        state.members.get(memberId)?.isLearner === true ? 'not supported for learner' : undefined,
    },
  };
}

export function createChecksHandler(core: MemberCore, meters: HealthMeters): PlainHandler {
  const groups = checksOf(core);
  return async (request) => {
    const [, type = '', name, ...rest] = request.url.pathname.split('/');
    const checks = Object.hasOwn(groups, type) ? groups[type]! : undefined;
    if (checks === undefined || rest.length > 0) return undefined;
    if (name !== undefined && !Object.hasOwn(checks, name)) return undefined;
    const refusal = refuseOtherThanGet(request);
    if (refusal !== undefined) return refusal;
    const names = name === undefined ? chosen(checks, request, core.log) : [name];
    const results = await Promise.all(
      names.map(async (one) => ({ name: one, reason: await checks[one]!() })),
    );
    for (const { name: one, reason } of results) meters.checked(type, one, reason === undefined);
    return answer(request, results, core.log);
  };
}

function chosen(
  checks: Readonly<Record<string, Check>>,
  request: PlainRequest,
  log: Logger,
): readonly string[] {
  const excluded = querySet(request, 'exclude');
  const unknown = [...excluded].filter((one) => !Object.hasOwn(checks, one));
  if (unknown.length > 0) log.warn({ checks: unknown }, 'some health checks cannot be excluded');
  return Object.keys(checks).filter((one) => !excluded.has(one));
}

function answer(
  request: PlainRequest,
  results: readonly { name: string; reason: string | undefined }[],
  log: Logger,
): PlainReply {
  const lines = results
    .map(({ name, reason }) =>
      reason === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${reason}\n`,
    )
    .join('');
  if (results.some(({ reason }) => reason !== undefined)) {
    log.warn({ path: request.url.pathname, reason: lines }, 'a health check fails');
    return errorReply(503, lines);
  }
  const { headers, ...ok } = textReply(
    request.url.searchParams.has('verbose') ? `${lines}ok\n` : 'ok\n',
  );
  return { ...ok, headers: { ...headers, 'x-content-type-options': 'nosniff' } };
}
