/** All that lies in etcd, and whether each object is whole: readable, in normal form, valid. */
import { beforeUpdate, decodeObject, kinds } from '@drydock/api';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet } from '@drydock/rpc';
import { createEtcdClient, prefixEnd } from '../../storage/etcd-client.ts';
import { createKeyParser, registryPrefix } from '../../storage/keys.ts';
import { StoredObject } from '../../storage/stored-object.ts';
import type { TestEtcd } from '../etcd.ts';

const parse = createKeyParser(kinds);
/** What the server keeps beside objects. */
const beside = /^\/registry\/(?:ranges|masterleases|drydock)\//;

async function storedPairs(etcd: TestEtcd) {
  const clock = createSystemClock();
  const channels = createChannelSet({
    endpoints: etcd.endpoints,
    tls: etcd.tls,
    clock,
    random: createSystemRandom(),
  });
  try {
    const client = createEtcdClient({ channels, clock });
    const key = Buffer.from(registryPrefix);
    const { kvs } = await client.range({ key, rangeEnd: prefixEnd(registryPrefix) });
    return kvs.map((pair) => ({ ...pair, key: Buffer.from(pair.key).toString() }));
  } finally {
    channels[Symbol.dispose]();
  }
}

/** What is wrong with the objects in etcd, a line each. */
export async function storeProblems(etcd: TestEtcd): Promise<string[]> {
  const problems: string[] = [];
  for (const { key, value, modRevision } of await storedPairs(etcd)) {
    if (beside.test(key)) continue;
    const place = parse(key);
    const stored =
      place === undefined ? undefined : StoredObject.fromStorage(place, value, modRevision);
    if (stored === undefined) {
      problems.push(`${key} is no object: ${Buffer.from(value).toString().slice(0, 200)}`);
      continue;
    }
    const { kind } = stored;
    const old = stored.parse();
    try {
      const { object } = decodeObject(stored.json.toString(), kind, { fieldValidation: 'Strict' });
      kind.setDefaults(object);
      const [now, normal] = [sorted(old), sorted(object)].map((one) => JSON.stringify(one));
      if (now !== normal) problems.push(`${key} is not in normal form: ${now}, but ${normal}`);
      const errors = beforeUpdate(kind, object, old);
      if (errors.length > 0) problems.push(`${key} is not valid: ${JSON.stringify(errors)}`);
    } catch (error) {
      problems.push(`${key} cannot be read: ${String(error)}`);
    }
  }
  return problems;
}

/** With keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
