/**
 * Who the members are: ids, names and addresses. Raft's own configuration says who votes; this says how
 * to reach them, and is replicated with the rest of the state.
 *
 * Ids are hashes, so that every member of a new cluster computes the same ones, and stay below 2^53,
 * where numbers are exact.
 */
import { createHash } from 'node:crypto';

export interface ClusterMember {
  readonly id: number;
  /** Empty until the member has started once. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** 52 bits, never 0. */
function hash(parts: readonly string[]): number {
  const digest = createHash('sha256').update(parts.join('\n')).digest();
  const value = digest.readUInt32BE(0) * 2 ** 20 + (digest.readUInt32BE(4) >>> 12);
  return value === 0 ? 1 : value;
}

/** `salt` tells a member from an earlier one at the same address; empty for founding members. */
export function memberId(peerUrls: readonly string[], token: string, salt = ''): number {
  return hash(['member', token, salt, ...peerUrls.toSorted()]);
}

export function clusterId(members: readonly ClusterMember[], token: string): number {
  const ids = members.map((one) => String(one.id)).sort();
  return hash(['cluster', token, ...ids]);
}

/**
 * `name=url,name=url`; a name may appear more than once with several URLs.
 * @throws Error that says what is wrong with which part
 */
export function parseInitialCluster(text: string, token: string): ClusterMember[] {
  const urls = new Map<string, string[]>();
  for (const part of text.split(',')) {
    const match = /^([^=]+)=(https?:\/\/.+)$/.exec(part.trim());
    if (match === null) {
      throw new Error(`"${part}" in --initial-cluster is not of the form name=http://host:port`);
    }
    const [, name, url] = match as unknown as [string, string, string];
    checkUrl(url, '--initial-cluster');
    urls.set(name, [...(urls.get(name) ?? []), url]);
  }
  return [...urls].map(([name, peerUrls]) => ({
    id: memberId(peerUrls, token),
    name,
    peerUrls,
    clientUrls: [],
    isLearner: false,
  }));
}

/** @throws Error naming the flag when it is not http(s)://host:port */
export function checkUrl(url: string, flag: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (parsed === undefined || !isHttp || (parsed.pathname !== '/' && parsed.pathname !== '')) {
    throw new Error(`"${url}" in ${flag} is not a URL of the form http://host:port`);
  }
  return parsed;
}

export class Members {
  readonly #members = new Map<number, ClusterMember>();
  /** To be removed when the joint configuration that is under way has ended. */
  readonly leaving = new Set<number>();
  /** Ids are never used again: who has one of these was removed, and must not come back. */
  readonly removed = new Set<number>();

  get size(): number {
    return this.#members.size;
  }

  get(id: number): ClusterMember | undefined {
    return this.#members.get(id);
  }

  set(member: ClusterMember): void {
    this.#members.set(member.id, member);
  }

  remove(id: number): void {
    this.#members.delete(id);
    this.leaving.delete(id);
    this.removed.add(id);
  }

  clear(): void {
    this.#members.clear();
    this.leaving.clear();
    this.removed.clear();
  }

  /** By id, so that every member lists them in one order. */
  list(): readonly ClusterMember[] {
    return [...this.#members.values()].sort((a, b) => a.id - b.id);
  }
}
