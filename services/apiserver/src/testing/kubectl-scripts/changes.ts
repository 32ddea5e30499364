/**
 * What a command changed: the store of etcd before and after it, compared field by field. Nothing that
 * a command does to the cluster can stay unseen, and a dry run that writes is found.
 */
import { hash } from 'node:crypto';
import { prefixEnd, type EtcdClient } from '../../storage/etcd-client.ts';

export interface StoredValue {
  readonly revision: number;
  readonly bytes: Uint8Array;
}

/** By key. */
export type Snapshot = ReadonlyMap<string, StoredValue>;

const prefix = '/registry/';

export async function takeSnapshot(etcd: EtcdClient): Promise<Snapshot> {
  const { kvs } = await etcd.range({ key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix) });
  return new Map(
    kvs.map(({ key, value, modRevision }) => [
      Buffer.from(key).toString(),
      { revision: modRevision, bytes: value },
    ]),
  );
}

/** What the server keeps for itself. */
const ownKeys = ['/registry/ranges/', '/registry/masterleases/'];
/** What changes with every write, or differs from run to run. */
const ignored = /^metadata\.(uid|creationTimestamp|managedFields|resourceVersion|selfLink)\b/;
/** What defaulting adds, which its own tests are about. */
const defaults = new Set([
  'spec.dnsPolicy=ClusterFirst',
  'spec.enableServiceLinks=true',
  'spec.preemptionPolicy=PreemptLowerPriority',
  'spec.priority=0',
  'spec.schedulerName=default-scheduler',
  'spec.terminationGracePeriodSeconds=30',
  'spec.progressDeadlineSeconds=600',
  'spec.revisionHistoryLimit=10',
  'spec.strategy.rollingUpdate.maxSurge=25%',
  'spec.strategy.rollingUpdate.maxUnavailable=25%',
  'spec.strategy.type=RollingUpdate',
  'spec.internalTrafficPolicy=Cluster',
  'spec.ipFamilies[0]=IPv4',
  'spec.ipFamilyPolicy=SingleStack',
  'spec.sessionAffinity=None',
  'terminationMessagePath=/dev/termination-log',
  'terminationMessagePolicy=File',
  'protocol=TCP',
  'template.metadata.creationTimestamp=null',
]);
const tolerations = /^spec\.tolerations\[[01]\]/;

/** One line for each object: `create`, `update` with the fields, or `delete`. */
export function describeChanges(before: Snapshot, after: Snapshot): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !ownKeys.some((own) => key.startsWith(own)))
    .filter((key) => before.get(key)?.revision !== after.get(key)?.revision)
    .sort();
  return keys.flatMap((key) => {
    const name = key.slice(prefix.length);
    const old = before.get(key);
    const now = after.get(key);
    if (now === undefined) return [`* delete ${name}`];
    if (old === undefined) return [`* create ${name}: ${listFields(fieldsOf(now))}`.trimEnd()];
    const fields = compareFields(fieldsOf(old), fieldsOf(now));
    return [`* update ${name}: ${fields === '' ? 'nothing but its version' : fields}`];
  });
}

/** Paths with the values of their leaves. */
function fieldsOf({ bytes }: StoredValue): Map<string, string> {
  const fields = new Map<string, string>();
  const visit = (path: string, value: unknown) => {
    if (ignored.test(path)) return;
    if (path.endsWith('[kubectl.kubernetes.io/last-applied-configuration]')) {
      fields.set(path, `<json>${hash('sha256', value as string)}`);
      return;
    }
    const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (!isBranch) {
      fields.set(path, typeof value === 'string' ? value : JSON.stringify(value));
      return;
    }
    for (const [name, item] of Object.entries(value)) visit(join(path, name, value), item);
  };
  visit('', JSON.parse(Buffer.from(bytes).toString()));
  return fields;
}

function join(path: string, name: string, parent: object): string {
  if (Array.isArray(parent) || /[^\w-]/.test(name)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}

function listFields(fields: ReadonlyMap<string, string>): string {
  const isDefault = (path: string, value: string) =>
    isEmpty(value) ||
    tolerations.test(path) ||
    [path, path.replace(/^spec\.template\./, ''), path.split('.').at(-1)!].some((part) =>
      defaults.has(`${part}=${value}`),
    );
  return (
    [...fields]
      .filter(
        ([path, value]) =>
          !/^(kind|apiVersion|metadata\.(name|namespace))$/.test(path) && !isDefault(path, value),
      )
      .map(([path, value]) => `${path}=${oneLine(value)}`)
      // Releases differ in the order in which they send fields.
      .toSorted()
      .join(' ')
  );
}

function compareFields(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string {
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return (
    paths
      .filter((path) => old.get(path) !== now.get(path))
      // What was empty and is filled now is named by what fills it.
      .filter((path) => !isEmpty(old.get(path)) || !isEmpty(now.get(path)))
      .map((path) => {
        const [was, is] = [old.get(path), now.get(path)];
        if (was === undefined) return `+${path}=${oneLine(is!)}`;
        if (is === undefined) return `-${path}`;
        return `${path}=${oneLine(was)}→${oneLine(is)}`;
      })
      .toSorted()
      .join(' ')
  );
}

const isEmpty = (value: string | undefined) =>
  value === undefined || value === '{}' || value === '[]';

const oneLine = (text: string) =>
  text.startsWith('<json>') ? '<json>' : text.replaceAll('\n', String.raw`\n`);
