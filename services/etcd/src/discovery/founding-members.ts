/**
 * The founding members as this one knows them. What was discovered is kept in the data folder before
 * anything is promised to others: a second start must found the same cluster, and a discovery service
 * does not let a member register twice.
 */
import { lookup, resolveSrv } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '@drydock/ports';
import { memberFolder, type MemberConfig } from '../config.ts';
import { writeWhole } from '../membership/identity.ts';
import { memberId, type ClusterMember } from '../membership/members.ts';
import type { FoundMember } from './bootstrap.ts';
import { createKeysService } from './keys-service.ts';
import { discoverByService } from './service.ts';
import { discoverBySrv, type NameService } from './srv.ts';

export interface DiscoveryPowers {
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: the system's. */
  readonly names?: NameService;
}

const systemNames: NameService = {
  resolveSrv,
  lookup: (host) => lookup(host, { all: true }),
};

/** @throws Error that says why they cannot be found */
export async function foundingMembers(
  config: MemberConfig,
  powers: DiscoveryPowers,
): Promise<readonly ClusterMember[]> {
  const known = await knownFounders(config);
  if (known !== undefined) return known;
  const found = await discover(config, powers);
  if (!config.isJoining) await writeWhole(fileOf(config), `${JSON.stringify(found)}\n`);
  return found.map((one) => memberOf(one, config.token));
}

/** Without asking anybody; undefined when nobody has been asked yet. */
export async function knownFounders(
  config: MemberConfig,
): Promise<readonly ClusterMember[] | undefined> {
  if (config.bootstrap.kind === 'named') return config.bootstrap.members;
  const kept = await readKept(fileOf(config));
  return kept?.map((one) => memberOf(one, config.token));
}

const fileOf = (config: MemberConfig) => join(memberFolder(config), 'discovered.json');

const memberOf = ({ name, peerUrls }: FoundMember, token: string): ClusterMember => ({
  id: memberId(peerUrls, token),
  name,
  peerUrls,
  clientUrls: [],
  isLearner: false,
});

async function discover(config: MemberConfig, powers: DiscoveryPowers): Promise<FoundMember[]> {
  const { bootstrap, name, advertisePeerUrls, token } = config;
  const { log, clock, names = systemNames } = powers;
  switch (bootstrap.kind) {
    case 'named':
      return [...bootstrap.members];
    case 'srv': {
      const { domain, suffix } = bootstrap;
      const found = await discoverBySrv({ domain, suffix, name, advertisePeerUrls }, names);
      log.info({ domain, members: found }, 'found the members in DNS');
      return found;
    }
    case 'service': {
      using service = createKeysService(bootstrap.url, bootstrap.proxy);
      const id = memberId(advertisePeerUrls, token).toString(16);
      const question = { id, name, advertisePeerUrls };
      const found = await discoverByService(question, { service, clock, log });
      log.info({ members: found }, 'found all needed peers from discovery server');
      return found;
    }
    default:
      return bootstrap satisfies never;
  }
}

async function readKept(file: string): Promise<FoundMember[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    const members = JSON.parse(text) as FoundMember[];
    if (members.every((one) => typeof one.name === 'string' && one.peerUrls.length > 0)) {
      return members;
    }
  } catch {
    // Said below, as for JSON of another shape.
  }
  throw new Error(`${file} is damaged: it should name the members that were discovered`);
}
