/**
 * Founding members from DNS (etcd's clustering guide, "DNS discovery"): the SRV records
 * `_etcd-server-ssl._tcp.<domain>` name members by HTTPS, those of `_etcd-server._tcp.<domain>` by HTTP.
 *
 * 1. A record that leads to an address which this member advertises is this member.
 * 2. Every record counts: one whose target has no address yet is an error, for members that skipped it
 *    would found another cluster than those that did not.
 * 3. The others' names are theirs to tell, once they have started.
 */
import type { LookupAddress, SrvRecord } from 'node:dns';
import type { FoundMember } from './bootstrap.ts';

/** What is asked of DNS; both reject with the reason of the resolver. */
export interface NameService {
  resolveSrv(name: string): Promise<readonly Pick<SrvRecord, 'name' | 'port'>[]>;
  lookup(host: string): Promise<readonly LookupAddress[]>;
}

export interface SrvQuestion {
  readonly domain: string;
  readonly suffix: string | undefined;
  readonly name: string;
  readonly advertisePeerUrls: readonly string[];
}

interface Found {
  readonly url: string;
  /** What this member advertises, where the record leads to it. */
  readonly own: string | undefined;
}

/** @throws Error that says which record is missing or wrong */
export async function discoverBySrv(
  question: SrvQuestion,
  names: NameService,
): Promise<FoundMember[]> {
  const own = await addressesOf(question.advertisePeerUrls, names);
  const answers = [
    await membersAt('https', 'etcd-server-ssl', question, { own, names }),
    await membersAt('http', 'etcd-server', question, { own, names }),
  ];
  const found = answers.flatMap((one) => (typeof one === 'string' ? [] : one));
  if (found.length === 0) {
    const reasons = answers.filter((one) => typeof one === 'string').join('; ');
    throw new Error(`error querying DNS SRV records for ${reasons}`);
  }
  const isOwn = ({ url, own: advertised }: Found) =>
    advertised !== undefined && new URL(url).protocol === new URL(advertised).protocol;
  const mine = found.filter(isOwn).map((one) => one.url);
  if (mine.length === 0) throw notAmong(found, question);
  const others = found.filter((one) => one.own === undefined);
  return [
    { name: question.name, peerUrls: mine },
    ...others.map(({ url }) => ({ name: '', peerUrls: [url] })),
  ];
}

function notAmong(
  found: readonly Found[],
  { name, domain, advertisePeerUrls }: SrvQuestion,
): Error {
  const other = found.find((one) => one.own !== undefined);
  return new Error(
    other === undefined
      ? `cannot find local etcd member "${name}" in SRV records of ${domain}: they name ${found
          .map((one) => one.url)
          .join(', ')}, and --initial-advertise-peer-urls ${advertisePeerUrls.join(', ')}`
      : `bootstrap at ${other.url} from DNS for ${domain} has scheme mismatch with expected peer ${other.own}`,
  );
}

/** The members that one kind of record names, or why there are none. */
async function membersAt(
  scheme: 'http' | 'https',
  service: string,
  { domain, suffix }: SrvQuestion,
  { own, names }: { own: ReadonlyMap<string, string>; names: NameService },
): Promise<readonly Found[] | string> {
  const label = suffix === undefined ? service : `${service}-${suffix}`;
  let records: readonly Pick<SrvRecord, 'name' | 'port'>[];
  try {
    records = await names.resolveSrv(`_${label}._tcp.${domain}`);
  } catch (error) {
    return `_${label} ${(error as Error).message}`;
  }
  return Promise.all(
    records.map(async ({ name, port }) => {
      const host = name.replace(/\.$/, '');
      const url = `${scheme}://${host}:${port}`;
      const addresses = await socketAddresses(url, names);
      const advertised = addresses.map((one) => own.get(one)).find((one) => one !== undefined);
      return { url, own: advertised };
    }),
  );
}

/** Where the URLs lead to: `address port` to URL. */
async function addressesOf(
  urls: readonly string[],
  names: NameService,
): Promise<ReadonlyMap<string, string>> {
  const all = await Promise.all(
    urls.map(async (url) => (await socketAddresses(url, names)).map((one) => [one, url] as const)),
  );
  return new Map(all.flat());
}

async function socketAddresses(url: string, names: NameService): Promise<string[]> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  try {
    const addresses = await names.lookup(host);
    return addresses.map(
      (one) => `${one.address} ${port || (protocol === 'https:' ? '443' : '80')}`,
    );
  } catch (error) {
    throw new Error(`${host} in ${url} has no address: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
