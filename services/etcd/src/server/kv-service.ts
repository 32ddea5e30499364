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
import { AnswerTurns } from './answer-turns.ts';
import { checkQuota, headerOf, linearize, propose, type MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes, UnaryHandler } from './grpc.ts';
import type { ApplyResult } from './state-machine.ts';
import {
  isReadOnly,
  isSerializable,
  validatePut,
  validateRange,
  validateTxn,
} from './validation.ts';

export function createKvService(core: MemberCore): GrpcMethods {
  const { store } = core.state;
  const turns = new AnswerTurns();

  const answer = (result: ApplyResult): Answer => {
    if (result.kind === 'failure') return result;
    if (result.kind === 'done') {
      return CompactionResponse.encode({ header: headerOf(core) });
    }
    if (result.kind === 'lease') throw new Error('a lease is no answer of KV');
    return encodeResult(headerOf(core, result.revision), result);
  };

  const rangeRpc: UnaryHandler = (bytes, _call, asker) => {
    const request = RangeRequest.decode(bytes);
    const failure = validateRange(request);
    if (failure !== undefined) return failure;
    const read = () => turns.run(asker, () => answer(range(store, request)));
    return request.serializable ? read() : linearize(core).then((stale) => stale ?? read());
  };

  const putRpc = async (bytes: MessageBytes): Promise<Answer> => {
    const request = PutRequest.decode(bytes);
    const failure = validatePut(request) ?? checkQuota(core);
    return failure ?? answer(await propose(core, 'put', request));
  };

  const deleteRpc = async (bytes: MessageBytes): Promise<Answer> => {
    const request = DeleteRangeRequest.decode(bytes);
    if (request.key.length === 0) return failures.emptyKey;
    return answer(await propose(core, 'delete-range', request));
  };

  const txnRpc: UnaryHandler = async (bytes, _call, asker) => {
    const request = TxnRequest.decode(bytes);
    const failure = validateTxn(request, core.limits.txnOpsMax);
    if (failure !== undefined) return failure;
    if (isReadOnly(request)) {
      const stale = isSerializable(request) ? undefined : await linearize(core);
      return stale ?? turns.run(asker, () => answer(txn(store, core.state.lessor, request)));
    }
    return checkQuota(core) ?? answer(await propose(core, 'txn', request));
  };

  const compactRpc = async (bytes: MessageBytes): Promise<Answer> => {
    const request = CompactionRequest.decode(bytes);
    const result = await propose(core, 'compact', request);
    if (result.kind !== 'failure' && request.physical) await core.state.persist();
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
