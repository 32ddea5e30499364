/**
 * How a member finds out who it is: from its folder, from the flags of a new cluster, or from the
 * cluster that it joins, which has been told of it by `member add`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import type { Clock, Logger } from '@drydock/ports';
import { ClusterService, MemberListRequest, type MemberListResponse } from '@drydock/proto/etcd';
import type { MemberConfig } from '../config.ts';
import { foundingMembers, knownFounders } from '../discovery/founding-members.ts';
import { readIdentity, writeIdentity, type Identity } from '../membership/identity.ts';
import { clusterId, type ClusterMember } from '../membership/members.ts';
import { createClient } from './peer-client.ts';

export interface Membership {
  readonly memberId: number;
  readonly clusterId: number;
  /** All members as far as they are known before the log is read. */
  readonly members: readonly ClusterMember[];
  /**
   * Who votes at the beginning of the log. One that joins takes the voters of now, but itself: changes in
   * the log are additions and removals, so that the same set stands at its end, and until then it does
   * not vote.
   */
  readonly voters: readonly number[];
}

const askTimeout = 2_000;
const askPause = 500;
const askAttempts = 20;

/** @throws Error that says why the member cannot be part of the cluster */
export async function findMembership(
  config: MemberConfig,
  powers: { clock: Clock; log: Logger },
): Promise<Membership> {
  const file = join(config.dataFolder, 'member', 'identity.json');
  const known = await readIdentity(file);
  refuseFolderOfAnother(config, known);
  const membership = config.isJoining
    ? await askCluster(config, powers, known)
    : await foundCluster(config, powers, known);
  if (known !== undefined) return { ...membership, ...known };
  if (!config.isJoining) await checkNeverStarted(config, membership, powers.clock);
  await writeIdentity(file, membership);
  return membership;
}

async function foundCluster(
  config: MemberConfig,
  powers: { clock: Clock; log: Logger },
  known: Identity | undefined,
): Promise<Membership> {
  const members =
    known === undefined
      ? await foundingMembers(config, powers)
      : // A folder that a restore made says all by itself.
        ((await knownFounders(config)) ?? []);
  const self = members.find((one) => one.name === config.name);
  return {
    memberId: self?.id ?? known!.memberId,
    clusterId: clusterId(members, config.token),
    members,
    voters: members.map((one) => one.id),
  };
}

/** Folders of one cluster that were mixed up: going on would make two members of one. */
function refuseFolderOfAnother(
  { dataFolder, bootstrap, name }: MemberConfig,
  known: Identity | undefined,
): void {
  const named = bootstrap.kind === 'named' ? bootstrap.members : [];
  const owner = named.find((one) => one.id === known?.memberId);
  if (owner === undefined || owner.name === name) return;
  throw new Error(
    `the data folder ${dataFolder} belongs to member "${owner.name}", and this is "${name}": check --data-dir and --name of both`,
  );
}

/**
 * A founding member with an empty folder has either never started, or lost what it promised to keep: then
 * its vote could undo what is committed. The others know, once it has told them its addresses.
 */
async function checkNeverStarted(
  config: MemberConfig,
  { memberId, clusterId, members }: Membership,
  clock: Clock,
): Promise<void> {
  const others = members.filter((one) => one.id !== memberId).flatMap((one) => one.peerUrls);
  const answers = await Promise.all(
    others.map((url) => askMembers(url, config, { clock, linearizable: false })),
  );
  for (const answer of answers) {
    if (typeof answer === 'string' || answer.header!.clusterId !== clusterId) continue;
    const self = answer.members.find((one) => one.id === memberId);
    if (self === undefined || self.clientUrls.length === 0) continue;
    throw new Error(
      `member ${memberId.toString(16)} has already been bootstrapped, but ${config.dataFolder} holds ` +
        'no data of it: give it its folder back, or replace it (etcdctl member remove, member add, ' +
        'then start it with an empty folder and --initial-cluster-state=existing)',
    );
  }
}

async function askCluster(
  config: MemberConfig,
  powers: { clock: Clock; log: Logger },
  known: { memberId: number; clusterId: number } | undefined,
): Promise<Membership> {
  // A member that has joined before has everything in its log, and may start without the others.
  const hasLog = existsSync(join(config.logRoot, config.logPath));
  if (known !== undefined && hasLog) return { ...known, members: [], voters: [] };
  const peers = (await foundingMembers(config, powers)).filter((one) => one.name !== config.name);
  let reason = 'the flags name no other member: give --initial-cluster, or --discovery-srv';
  for (let attempt = 0; attempt < askAttempts; attempt++) {
    for (const url of peers.flatMap((one) => one.peerUrls)) {
      const { clock } = powers;
      const answer = await askMembers(url, config, { clock, linearizable: true });
      if (typeof answer !== 'string') return membershipIn(answer, config);
      reason = `${url}: ${answer}`;
      // A cluster may need this very member for its quorum: then what one of them has applied is enough,
      // if that names us. What it lacks yet comes with the log.
      const applied = await askMembers(url, config, { clock, linearizable: false });
      if (typeof applied !== 'string' && findSelf(applied, config)) {
        return membershipIn(applied, config);
      }
    }
    powers.log.info({ reason }, 'no member of the cluster answers yet');
    await powers.clock.sleep(askPause);
  }
  throw new Error(`cannot join: no member of the cluster answers (${reason})`);
}

function findSelf(answer: MemberListResponse, config: MemberConfig) {
  return answer.members.find((one) =>
    one.peerUrls.some((url) => config.advertisePeerUrls.includes(url)),
  );
}

function membershipIn(answer: MemberListResponse, config: MemberConfig): Membership {
  const members = answer.members;
  const self = findSelf(answer, config);
  if (self === undefined) {
    throw new Error(
      `cannot join: the cluster does not know ${config.advertisePeerUrls.join(', ')}; run first: etcdctl member add ${config.name} --peer-urls=${config.advertisePeerUrls.join(',')}`,
    );
  }
  const voters = members.filter((one) => !one.isLearner && one.id !== self.id);
  return {
    memberId: self.id,
    clusterId: answer.header!.clusterId,
    members,
    voters: voters.map((one) => one.id),
  };
}

/** The members, or why they cannot be had. */
export function askMembers(
  url: string,
  config: MemberConfig,
  { clock, linearizable }: { clock: Clock; linearizable: boolean },
): Promise<MemberListResponse | string> {
  const client = createClient(url, config.peerTls?.clientMaterial);
  const { promise, resolve } = Promise.withResolvers<MemberListResponse | string>();
  const { path, requestSerialize, responseDeserialize } = ClusterService.memberList;
  const call = client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    MemberListRequest.from({ linearizable }),
    new Metadata(),
    (error, response) => {
      timer.cancel();
      client.close();
      resolve(error === null ? response! : error.details);
    },
  );
  const timer = clock.setTimer(askTimeout, () => call.cancel());
  return promise;
}
