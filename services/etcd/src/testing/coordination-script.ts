/**
 * One script of lock and election calls, with everything that is the same on every server of etcd's
 * protocol: outcomes, keys, values, and how far revisions moved.
 */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import {
  ElectionService,
  LeaseService,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  LockService,
  CampaignRequest,
  LeaderRequest,
  LockRequest,
  ProclaimRequest,
  ResignRequest,
  UnlockRequest,
  type LeaderKey,
} from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { range } from './writers.ts';

interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const bytes = (value: string) => Buffer.from(value);

/** Answers with a line for each call. */
export async function coordinationScript(address: string): Promise<readonly string[]> {
  const client = new Client(address, credentials.createInsecure());
  const lines: string[] = [];
  let start: number | undefined;
  const call = <Request, Response>(method: Method<Request, Response>, request: Request) =>
    new Promise<Response | undefined>((resolve) => {
      // Calls at once are answered in any order: the lines are in the order of the calls.
      const at = lines.push(method.path) - 1;
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        { deadline: Date.now() + 5_000 },
        (error: ServiceError | null, response?: Response) => {
          if (error === null) lines[at] = told(method.path, response!);
          else lines[at] = `${method.path} ${error.code} ${error.details}`;
          resolve(response);
        },
      );
    });
  const told = (path: string, response: unknown): string => {
    const { header, key, leader, kv } = response as {
      header: { revision: number };
      key?: Uint8Array;
      leader?: LeaderKey;
      kv?: { key: Uint8Array; value: Uint8Array };
    };
    start ??= header.revision;
    const parts = [
      `revision +${header.revision - start}`,
      ...(key === undefined ? [] : [`key ${text(key)}`]),
      ...(leader === undefined
        ? []
        : [
            `leads ${text(leader.name)} ${text(leader.key)} +${leader.rev - start} ${leader.lease}`,
          ]),
      ...(kv === undefined ? [] : [`kv ${text(kv.key)}=${text(kv.value)}`]),
    ];
    return `${path} ${parts.join(', ')}`;
  };

  const inLine = (key: string) =>
    eventually(
      `${key} is in line`,
      async () => (await range(client, { key: bytes(key) })).count === 1,
    );

  for (const id of [11n, 12n, 13n]) {
    await call(LeaseService.leaseGrant, LeaseGrantRequest.from({ id, ttl: 100 }));
  }
  const name = bytes('l');
  await call(LockService.lock, LockRequest.from({ name, lease: 999n }));
  const held = await call(LockService.lock, LockRequest.from({ name, lease: 11n }));
  await call(LockService.lock, LockRequest.from({ name, lease: 11n }));
  const waiting = call(LockService.lock, LockRequest.from({ name, lease: 12n }));
  await inLine('l/c');
  await call(LockService.unlock, UnlockRequest.from({ key: held!.key }));
  await waiting;
  await call(LockService.unlock, UnlockRequest.from({ key: bytes('nothing') }));
  await call(LockService.unlock, UnlockRequest.from({}));
  await call(LockService.lock, LockRequest.from({ lease: 13n }));

  const election = bytes('e');
  await call(ElectionService.leader, LeaderRequest.from({ name: election }));
  await call(ElectionService.proclaim, ProclaimRequest.from({}));
  await call(ElectionService.resign, ResignRequest.from({}));
  const campaign = { name: election, value: bytes('one') };
  await call(ElectionService.campaign, CampaignRequest.from({ ...campaign, lease: 999n }));
  const won = await call(
    ElectionService.campaign,
    CampaignRequest.from({ ...campaign, lease: 11n }),
  );
  await call(ElectionService.leader, LeaderRequest.from({ name: election }));
  const { leader } = won!;
  await call(ElectionService.proclaim, ProclaimRequest.from({ leader, value: bytes('two') }));
  const other = { name: election, value: bytes('three'), lease: 11n };
  await call(ElectionService.campaign, CampaignRequest.from(other));
  await call(ElectionService.leader, LeaderRequest.from({ name: election }));
  await call(ElectionService.proclaim, {
    leader: { ...leader!, rev: leader!.rev + 1 },
    value: bytes('x'),
  });
  await call(ElectionService.resign, ResignRequest.from({ leader }));
  await call(ElectionService.resign, ResignRequest.from({ leader }));
  await call(ElectionService.proclaim, ProclaimRequest.from({ leader, value: bytes('four') }));
  await call(ElectionService.campaign, CampaignRequest.from({ ...campaign, lease: 12n }));
  const next = call(ElectionService.campaign, CampaignRequest.from({ ...campaign, lease: 13n }));
  await inLine('e/d');
  await call(LeaseService.leaseRevoke, LeaseRevokeRequest.from({ id: 12n }));
  await next;
  client.close();
  return lines;
}
