/** The KV service. */
import {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
} from '@drydock/proto/etcd';
import { failures } from '../mvcc/failure.ts';
import { range, txn } from '../mvcc/operations.ts';
import { encodeResult } from '../mvcc/results.ts';
import { rangeInSlices } from '../mvcc/sliced-range.ts';
import { isAhead, proposeMessageAs, refuse } from './auth/permitted.ts';
import { refuseRange, refuseTxn } from './auth/request-checks.ts';
import { AnswerTurns } from './answer-turns.ts';
import { checkQuota, headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes, UnaryHandler } from './grpc.ts';
import { SlicedWork } from './sliced-work.ts';
import { costOfPut, costOfTxn } from './space-cost.ts';
import type { ApplyResult } from './state-machine.ts';
import {
  isReadOnly,
  isSerializable,
  validatePut,
  validateRange,
  validateTxn,
} from './validation.ts';

export function createKvService(core: MemberCore): GrpcMethods {
  const { store, auth } = core.state;
  const turns = new AnswerTurns();
  const slices = new SlicedWork(core.loop);

  const answer = (result: ApplyResult): Answer => {
    if (result.kind === 'failure') return result;
    if (result.kind === 'done') {
      return CompactionResponse.encode({ header: headerOf(core) });
    }
    if (result.kind === 'lease' || result.kind === 'authenticated') {
      throw new Error(`${result.kind} is no answer of KV`);
    }
    return encodeResult(headerOf(core, result.revision), result);
  };

  const rangeRpc: UnaryHandler = (bytes, call, asker) => {
    const request = RangeRequest.decode(bytes);
    const failure = validateRange(request);
    if (failure !== undefined) return failure;
    const refusal = () =>
      auth.enabled ? refuse(core, call, (by) => refuseRange(core.state, request, by)) : undefined;
    const found = () =>
      request.rangeEnd.length === 0
        ? answer(range(store, request))
        : slices.run(
            (isOver) =>
              rangeInSlices(store, request, {
                isOver,
                header: (revision) => headerOf(core, revision),
              }),
            () => asker.hasRoom,
          );
    const read = () => turns.run(asker, () => refusal() ?? found());
    if (request.serializable && !isAhead(core, call)) return read();
    return linearize(core).then((stale) => stale ?? read());
  };

  const putRpc: UnaryHandler = async (bytes, call) => {
    const request = PutRequest.decode(bytes);
    const failure = validatePut(request) ?? checkQuota(core, costOfPut(request));
    return failure ?? answer(await proposeMessageAs(core, call, 'put', bytes));
  };

  const deleteRpc: UnaryHandler = async (bytes, call) => {
    const request = DeleteRangeRequest.decode(bytes);
    if (request.key.length === 0) return failures.emptyKey;
    return answer(await proposeMessageAs(core, call, 'delete-range', bytes));
  };

  const txnRpc: UnaryHandler = async (bytes, call, asker) => {
    const request = TxnRequest.decode(bytes);
    const failure = validateTxn(request, core.limits.txnOpsMax);
    if (failure !== undefined) return failure;
    if (isReadOnly(request)) {
      const isFresh = isSerializable(request) && !isAhead(core, call);
      const stale = isFresh ? undefined : await linearize(core);
      const refusal = () => refuse(core, call, (by) => refuseTxn(core.state, request, by));
      const read = () => refusal() ?? answer(txn(store, core.state.lessor, request));
      return stale ?? turns.run(asker, read);
    }
    const full = checkQuota(core, costOfTxn(request));
    return full ?? answer(await proposeMessageAs(core, call, 'txn', bytes));
  };

  const compactRpc = async (bytes: MessageBytes): Promise<Answer> => {
    const request = CompactionRequest.decode(bytes);
    const result = await propose(core, 'compact', request);
    if (result.kind !== 'failure' && request.physical) {
      await core.state.forgotten();
      await core.state.persist();
    }
    return answer(result);
  };

  return {
    unary: {
      '/etcdserverpb.KV/Range': rangeRpc,
      '/etcdserverpb.KV/Put': putRpc,
      '/etcdserverpb.KV/DeleteRange': deleteRpc,
      '/etcdserverpb.KV/Txn': txnRpc,
      '/etcdserverpb.KV/Compact': compactRpc,
    },
    streams: {},
  };
}
