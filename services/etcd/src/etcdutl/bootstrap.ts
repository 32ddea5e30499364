/**
 * Who the members of the restored cluster are, from the flags, with the original's refusals: what is
 * wrong here would only show when the member is started.
 */
import { lookup } from 'node:dns/promises';
import {
  checkUrl,
  clusterId,
  parseInitialCluster,
  type ClusterMember,
} from '../membership/members.ts';

export interface BootstrapFlags {
  readonly name: string;
  readonly initialCluster: string;
  readonly token: string;
  readonly peerUrls: readonly string[];
}

export interface Bootstrap {
  readonly self: ClusterMember;
  /** With this one. */
  readonly members: readonly ClusterMember[];
  readonly clusterId: number;
}

/** @throws Error that names the flag and what is wrong with it */
export async function planBootstrap(flags: BootstrapFlags): Promise<Bootstrap> {
  const { name, initialCluster, token, peerUrls } = flags;
  for (const url of peerUrls) checkUrl(url, '--initial-advertise-peer-urls');
  const members = parseInitialCluster(initialCluster, token);
  const self = members.find((one) => one.name === name);
  if (self === undefined) {
    throw new Error(
      `couldn't find local name "${name}" in the initial cluster configuration: --initial-cluster has ${members.map((one) => one.name).join(', ')}; give one of them as --name`,
    );
  }
  await checkAdvertised(self, peerUrls);
  const urls = members.flatMap((one) => one.peerUrls);
  if (new Set(urls).size !== urls.length) {
    throw new Error(`initial cluster ${initialCluster} has duplicate url`);
  }
  return { self, members, clusterId: clusterId(members, token) };
}

/** The same addresses, be it by other names. */
async function checkAdvertised(self: ClusterMember, peerUrls: readonly string[]): Promise<void> {
  const missing = self.peerUrls.filter((url) => !peerUrls.includes(url));
  const extra = peerUrls.filter((url) => !self.peerUrls.includes(url));
  if (missing.length === 0 && extra.length === 0) return;
  if ((await resolved(missing)) === (await resolved(extra))) return;
  if (missing.length > 0) {
    const named = missing.map((url) => `${self.name}=${url}`).join(',');
    throw new Error(
      `--initial-cluster has ${named} but missing from --initial-advertise-peer-urls=${peerUrls.join(',')}`,
    );
  }
  throw new Error(
    `--initial-advertise-peer-urls has ${extra.join(',')} but missing from --initial-cluster=${self.peerUrls.map((url) => `${self.name}=${url}`).join(',')}`,
  );
}

/** Names replaced by addresses; a name without one stays, and so is equal to nothing. */
async function resolved(urls: readonly string[]): Promise<string> {
  const all = urls.map(async (text) => {
    const url = new URL(text);
    try {
      const { address } = await lookup(url.hostname);
      return `${url.protocol}//${address}:${url.port}`;
    } catch {
      return text;
    }
  });
  return (await Promise.all(all)).sort().join(',');
}
