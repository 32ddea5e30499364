/** What a member does for its own database: defragment it, and sum it up. */
import { HashKVRequest, HashKVResponse, PeerService, StatusResponse } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { HistoryHash } from '../mvcc/backend.ts';
import { headerOf, type MemberCore } from './core.ts';
import type { GrpcMethods } from './grpc.ts';
import type { DatabaseSize } from './peer-calls.ts';
import type { ServingState } from './serving-status.ts';
import type { EtcdStateMachine } from './state-machine.ts';

/** Forgets what is compacted first, so that its space is given back too. */
export async function defragment({ state }: MemberCore): Promise<DatabaseSize> {
  await state.forgotten();
  await state.persist();
  await state.backend.defragment();
  return state.backend.size;
}

/** Up to a revision, or to the newest if it is 0. */
export async function hashHistory(
  state: EtcdStateMachine,
  revision: number,
): Promise<HistoryHash | Failure> {
  const { store } = state;
  if (revision > store.revision) return failures.futureRevision;
  if (revision > 0 && revision < store.compactRevision) return failures.compacted;
  return (await state.hash(revision)) ?? failures.compacted;
}

/** The answer to HashKV; its header has the store's revision, whichever was asked for. */
export async function hashKv(core: MemberCore, asked: number): Promise<Buffer | Failure> {
  const result = await hashHistory(core.state, asked);
  if ('kind' in result) return result;
  const { hash, compactRevision, revision } = result;
  const header = headerOf(core, asked > 0 ? core.state.store.revision : revision);
  return HashKVResponse.encode({ header, hash, compactRevision });
}

/** The same, for other members. */
export function peerUpkeepMethods(core: MemberCore, serving: ServingState): GrpcMethods {
  return {
    unary: {
      [PeerService.defragment.path]: async () => {
        const { bytes, bytesInUse } = await serving.whileDefragmenting(() => defragment(core));
        return StatusResponse.encode(
          StatusResponse.from({ dbSize: bytes, dbSizeInUse: bytesInUse }),
        );
      },
      [PeerService.hashKV.path]: (bytes) => hashKv(core, HashKVRequest.decode(bytes).revision),
    },
    streams: {},
  };
}
