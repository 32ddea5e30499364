/** The v3election service: see contenders.ts for what an election is. */
import {
  CampaignRequest,
  CampaignResponse,
  DeleteRangeRequest,
  LeaderRequest,
  LeaderResponse,
  ProclaimRequest,
  ProclaimResponse,
  PutRequest,
  RangeRequest,
  RequestOp,
  ResignRequest,
  ResignResponse,
  TxnRequest,
  type LeaderKey,
} from '@drydock/proto/etcd';
import type { Failure } from '../../mvcc/failure.ts';
import type { RangeResult } from '../../mvcc/results.ts';
import { headerOf, type MemberCore } from '../core.ts';
import { callSignal, type Answer, type GrpcMethods, type UnaryHandler } from '../grpc.ts';
import { runKvOperation } from '../kv-operations.ts';
import {
  cancelled,
  contenderKey,
  createdAt,
  firstOf,
  oldestOf,
  prefixOf,
  sessionLease,
  throughClient,
  waitForTurn,
  type ContenderCall,
} from './contenders.ts';
import { observeLeader } from './leader-observer.ts';

const unknown = (message: string): Failure => ({ kind: 'failure', code: 2, message });
const notLeader = unknown('election: not leader');
const noLeader = unknown('election: no leader');
const missingLeader = unknown('"leader" field must be provided');

type Candidate = Pick<LeaderKey, 'key' | 'rev' | 'lease'>;

export function createElectionService(core: MemberCore): GrpcMethods {
  /** Runs one operation if the candidate's key is still the one it won with. */
  const ifStillThere = (one: Candidate, asked: ContenderCall, then: RequestOp) =>
    runKvOperation(core, asked.call, {
      kind: 'txn',
      request: TxnRequest.from({ compare: [createdAt(one.key, one.rev)], success: [then] }),
    });

  const proclaimAs = async (one: Candidate, value: Uint8Array, asked: ContenderCall) => {
    const requestPut = PutRequest.from({ key: one.key, value, lease: one.lease });
    const result = await ifStillThere(one, asked, RequestOp.from({ requestPut }));
    if (result.kind === 'failure') return result;
    return result.succeeded ? result.revision : notLeader;
  };

  const withdraw = async (one: Candidate, asked: ContenderCall) => {
    const requestDeleteRange = DeleteRangeRequest.from({ key: one.key });
    const result = await ifStillThere(one, asked, RequestOp.from({ requestDeleteRange }));
    return result.kind === 'failure' ? result : result.revision;
  };

  /** Puts the candidate in line with its value; one that is there already says the new value. */
  const enter = async (one: Omit<Candidate, 'rev'>, value: Uint8Array, asked: ContenderCall) => {
    const { key, lease } = one;
    const requestPut = PutRequest.from({ key, value, lease });
    const request = TxnRequest.from({
      compare: [createdAt(key, 0)],
      success: [RequestOp.from({ requestPut })],
      failure: [RequestOp.from({ requestRange: RangeRequest.from({ key }) })],
    });
    const result = await runKvOperation(core, asked.call, { kind: 'txn', request });
    if (result.kind === 'failure') return result;
    const { revision } = result;
    if (result.succeeded) return { kind: 'entered', revision, rev: revision } as const;
    const known = firstOf(result.responses[0] as RangeResult)!;
    const rev = known.createRevision;
    if (!Buffer.from(known.value).equals(value)) {
      const proclaimed = await proclaimAs({ key, lease, rev }, value, asked);
      if (typeof proclaimed !== 'number') {
        await withdraw({ key, lease, rev }, asked);
        return proclaimed;
      }
    }
    return { kind: 'entered', revision, rev } as const;
  };

  const campaign: UnaryHandler = async (bytes, call, asker): Promise<Answer> => {
    const request = CampaignRequest.decode(bytes);
    // Name and value are kept longer than this turn.
    const name = Buffer.from(request.name);
    const value = Buffer.from(request.value);
    const asked = { call, signal: callSignal(asker) };
    const lease = await sessionLease(core, call, request.lease);
    if (typeof lease !== 'bigint') return throughClient(lease);
    const key = contenderKey(name, lease);
    const entered = await enter({ key, lease }, value, asked);
    if (entered.kind === 'failure') return throughClient(entered);
    const { revision, rev } = entered;
    const failure = await waitForTurn(core, prefixOf(name), rev, asked);
    if (failure !== undefined) {
      if (failure === cancelled) await withdraw({ key, lease, rev }, asked);
      return throughClient(failure);
    }
    const leader = { name, key, rev, lease };
    return CampaignResponse.encode({ header: headerOf(core, revision), leader });
  };

  const proclaim: UnaryHandler = async (bytes, call, asker): Promise<Answer> => {
    const { leader, value } = ProclaimRequest.decode(bytes);
    if (leader === undefined) return missingLeader;
    const lease = await sessionLease(core, call, leader.lease);
    if (typeof lease !== 'bigint') return throughClient(lease);
    const asked = { call, signal: callSignal(asker) };
    const result = await proclaimAs({ ...leader, lease }, value, asked);
    if (typeof result !== 'number') return throughClient(result);
    return ProclaimResponse.encode({ header: headerOf(core, result) });
  };

  const resign: UnaryHandler = async (bytes, call, asker): Promise<Answer> => {
    const { leader } = ResignRequest.decode(bytes);
    if (leader === undefined) return missingLeader;
    const result = await withdraw(leader, { call, signal: callSignal(asker) });
    if (typeof result !== 'number') return throughClient(result);
    return ResignResponse.encode({ header: headerOf(core, result) });
  };

  const leader: UnaryHandler = async (bytes, call): Promise<Answer> => {
    const request = oldestOf(prefixOf(LeaderRequest.decode(bytes).name));
    const result = await runKvOperation(core, call, { kind: 'range', request });
    if (result.kind === 'failure') return throughClient(result);
    const kv = firstOf(result);
    if (kv === undefined) return noLeader;
    return LeaderResponse.encode({ header: headerOf(core, result.revision), kv });
  };

  return {
    unary: {
      '/v3electionpb.Election/Campaign': campaign,
      '/v3electionpb.Election/Proclaim': proclaim,
      '/v3electionpb.Election/Leader': leader,
      '/v3electionpb.Election/Resign': resign,
    },
    streams: {
      '/v3electionpb.Election/Observe': (stream) => {
        stream.onMessage((bytes) => observeLeader(core, stream, LeaderRequest.decode(bytes).name));
      },
    },
  };
}
