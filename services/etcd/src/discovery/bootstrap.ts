/**
 * How the founding members of a cluster hear of each other: named by a flag, found in DNS, or met at a
 * discovery service. Only a member that has never started asks; afterwards its data folder knows.
 */
import type { EtcdFlagValues } from '../config/flags.ts';
import { parseInitialCluster, type ClusterMember } from '../membership/members.ts';

export type Bootstrap =
  | { readonly kind: 'named'; readonly members: readonly ClusterMember[] }
  | {
      readonly kind: 'srv';
      readonly domain: string;
      /** Suffix of the service's name: `_etcd-server-<suffix>`. */
      readonly suffix: string | undefined;
    }
  | {
      readonly kind: 'service';
      /** Of this cluster's token at the service. */
      readonly url: URL;
      readonly proxy: string | undefined;
    };

/** A member as discovery finds it: without a name where only that member knows its own. */
export interface FoundMember {
  readonly name: string;
  readonly peerUrls: readonly string[];
}

/** @throws Error naming the flags that exclude each other, or the one that is wrong */
export function readBootstrap(
  flags: EtcdFlagValues,
  { advertisePeerUrls, token }: { advertisePeerUrls: readonly string[]; token: string },
): Bootstrap {
  const { name, discovery } = flags;
  const domain = flags['discovery-srv'];
  const named = flags['initial-cluster'];
  if ([named, discovery || undefined, domain || undefined].filter(Boolean).length > 1) {
    throw new Error(
      'multiple discovery or bootstrap flags are set. Choose one of "initial-cluster", "discovery" or "discovery-srv"',
    );
  }
  if (domain !== '') {
    return { kind: 'srv', domain, suffix: flags['discovery-srv-name'] || undefined };
  }
  if (discovery !== '') return serviceOf(flags);
  const cluster = named ?? advertisePeerUrls.map((url) => `${name}=${url}`).join(',');
  const members = parseInitialCluster(cluster, token);
  if (!members.some((one) => one.name === name)) {
    throw new Error(`--initial-cluster does not name this member, "${name}": it has ${cluster}`);
  }
  return { kind: 'named', members };
}

function serviceOf(flags: EtcdFlagValues): Bootstrap {
  const { discovery } = flags;
  const url = URL.canParse(discovery) ? new URL(discovery) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname === '/') {
    throw new Error(
      `--discovery=${discovery} is not the URL of a cluster at a discovery service, as http://host:port/v2/keys/<token>`,
    );
  }
  if (flags['initial-cluster-state'] === 'existing') {
    throw new Error(
      '--discovery is for new clusters: one that joins is told of the others by --initial-cluster or --discovery-srv',
    );
  }
  return { kind: 'service', url, proxy: proxyOf(flags['discovery-proxy']) };
}

/** `host:port` is an HTTP proxy, as in the original. */
function proxyOf(text: string): string | undefined {
  if (text === '') return undefined;
  const proxy = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(proxy)) throw new Error(`invalid proxy address "${text}" in --discovery-proxy`);
  return proxy;
}
