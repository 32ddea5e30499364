/**
 * KV operations on behalf of a call, for services that are built on keys (locks, elections): checked
 * and answered as the same request to the KV service would be.
 */
import type { DeleteRangeRequest, RangeRequest, TxnRequest } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import { range } from '../mvcc/operations.ts';
import type { OpResult } from '../mvcc/results.ts';
import { proposeAs, refuse } from './auth/permitted.ts';
import { refuseRange } from './auth/request-checks.ts';
import { checkQuota, linearize, type MemberCore } from './core.ts';
import type { CallInfo } from './grpc.ts';
import { costOfTxn } from './space-cost.ts';
import { validateRange, validateTxn } from './validation.ts';

export type KvOperation =
  | { readonly kind: 'range'; readonly request: RangeRequest }
  | { readonly kind: 'delete-range'; readonly request: DeleteRangeRequest }
  | { readonly kind: 'txn'; readonly request: TxnRequest };

type ResultOf<Kind extends KvOperation['kind']> = Extract<OpResult, { kind: Kind }>;

/** Ranges are linearizable. */
export async function runKvOperation<Operation extends KvOperation>(
  core: MemberCore,
  call: CallInfo,
  operation: Operation,
): Promise<ResultOf<Operation['kind']> | Failure> {
  if (call.requireLeader && core.replica.status().leader === 0) return failures.noLeader;
  const result = await run(core, call, operation);
  if (result.kind !== 'failure' && result.kind !== operation.kind) {
    throw new Error(`a ${operation.kind} is not answered by a ${result.kind}`);
  }
  return result as ResultOf<Operation['kind']> | Failure;
}

async function run(core: MemberCore, call: CallInfo, operation: KvOperation) {
  switch (operation.kind) {
    case 'range':
      return (
        validateRange(operation.request) ??
        (await linearize(core)) ??
        refuse(core, call, (by) => refuseRange(core.state, operation.request, by)) ??
        range(core.state.store, operation.request)
      );
    case 'delete-range':
      if (operation.request.key.length === 0) return failures.emptyKey;
      return proposeAs(core, call, 'delete-range', operation.request);
    case 'txn':
      return (
        validateTxn(operation.request, core.limits.txnOpsMax) ??
        checkQuota(core, costOfTxn(operation.request)) ??
        proposeAs(core, call, 'txn', operation.request)
      );
  }
  return operation satisfies never;
}
