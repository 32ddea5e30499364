/**
 * What one node holds for its pods and services: a script that runs in the node's container, and the
 * reader of what it prints. Pure.
 */
import type { Count, Inventory, Thing } from './leftovers.ts';

/** Of the routes that the agent makes (services/node-agent/src/cni/plan.ts). */
const routeProtocol = 157;
/** Connections are kept for a while after their last use, and their number follows the load. */
const socketSlack = 24;
const fileSlack = 4;

/**
 * For `sh` in the node's container, which sees the processes of the whole machine: its own agents are
 * found by their flags.
 */
export const nodeScript = ({ node, rootFolder }: { node: string; rootFolder: string }) => `
section() { echo "== $1"; }
section links; ip -o link show type veth
section routes; ip route show proto ${routeProtocol}
section nft; nft -j list ruleset
section folders; ls ${rootFolder}/pods 2>/dev/null
section mounts; cut -d' ' -f5 /proc/self/mountinfo
for service in node-agent kube-proxy; do
  for folder in /proc/[0-9]*; do
    case "$(readlink $folder/exe)" in */node) ;; *) continue ;; esac
    tr '\\0' ' ' <$folder/cmdline 2>/dev/null | grep -q "services/$service/src/main.ts .*--node-name[= ]${node} " || continue
    [ "$(readlink $folder/ns/net)" = "$(readlink /proc/self/ns/net)" ] || continue
    section "files $service"; ls -l $folder/fd 2>/dev/null | sed -n 's/.* -> //p'
  done
done
exit 0
`;

interface NftObject {
  readonly chain?: { readonly table: string; readonly name: string };
  readonly map?: NftCollection;
  readonly set?: NftCollection;
  readonly rule?: { readonly table: string; readonly chain: string };
}

interface NftCollection {
  readonly table: string;
  readonly name: string;
  readonly elem?: readonly unknown[];
  /** Elements go by themselves after so many seconds. */
  readonly timeout?: number;
}

/** @param podOfSandbox name of the pod by the first ten characters of its sandbox's id, as in cables */
export function readNodeReport(
  node: string,
  text: string,
  podOfCable: (name: string) => { readonly owner: string; readonly keys: readonly string[] },
): Inventory {
  const things: Thing[] = [];
  const counts: Count[] = [];
  const add = (kind: string, id: string, owner: string, keys: readonly string[]) =>
    void things.push({ kind, where: node, id, owner, keys });
  for (const [title, lines] of sectionsOf(text)) {
    if (title === 'links') {
      for (const line of lines) {
        const name = /^\d+: ([^@:]+)/.exec(line)?.[1];
        if (name === undefined) continue;
        const { owner, keys } = podOfCable(name);
        add('interface', name, owner, keys);
      }
    } else if (title === 'routes') {
      for (const line of lines) {
        const [range = ''] = line.replace(/^unreachable /, '').split(' ');
        const owner = range.includes('/') ? `the pods of ${range}` : `the pod at ${range}`;
        add('route', range, owner, [range]);
      }
    } else if (title === 'nft') {
      for (const thing of thingsOfNft(lines.join('\n'))) things.push({ ...thing, where: node });
    } else if (title === 'folders') {
      for (const uid of lines) add('volume folder', uid, `pod with uid ${uid}`, [uid]);
    } else if (title === 'mounts') {
      for (const path of lines) {
        const uid = /\/pods\/([^/]+)\//.exec(path)?.[1];
        add('mount', path, uid === undefined ? 'nobody known' : `pod with uid ${uid}`, [uid ?? '']);
      }
    } else if (title.startsWith('files ')) {
      const where = `${title.slice('files '.length)} of ${node}`;
      const sockets = lines.filter((line) => line.startsWith('socket:')).length;
      counts.push({ kind: 'sockets', where, count: sockets, slack: socketSlack });
      const others = lines.length - sockets;
      counts.push({ kind: 'open files', where, count: others, slack: fileSlack });
    }
  }
  return { things, counts };
}

function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('== ')) sections.set(line.slice(3), (lines = []));
    else if (line !== '') lines.push(line);
  }
  return sections;
}

/** `svc/<namespace>/<name>/…`: the service that a chain or a set of kube-proxy is for. */
const serviceOf = (name: string) => /^[a-z]+\/([^/]+\/[^/]+)\//.exec(name)?.[1];

function thingsOfNft(json: string): Omit<Thing, 'where'>[] {
  const { nftables = [] } = JSON.parse(json) as { nftables?: readonly NftObject[] };
  const things: Omit<Thing, 'where'>[] = [];
  const rules = new Map<string, number>();
  for (const { chain, map, set, rule } of nftables) {
    const named = chain ?? map ?? set;
    if (named !== undefined) {
      const service = serviceOf(named.name);
      things.push({
        kind: chain === undefined ? 'nft set' : 'nft chain',
        id: `${named.table} ${named.name}`,
        owner: service === undefined ? `table ${named.table}` : `service ${service}`,
        keys: service === undefined ? [] : [service],
      });
    }
    const collection = map ?? set;
    // Ranges are merged with their neighbours, and what has a timeout goes by itself.
    if (collection?.timeout === undefined && collection?.name !== 'pod-ranges') {
      for (const element of collection?.elem ?? []) {
        const key = keyOfElement(element);
        const chainOf = /"target":\s*"([^"]+)"/.exec(JSON.stringify(element))?.[1];
        const service = serviceOf(chainOf ?? '');
        things.push({
          kind: 'nft element',
          id: `${collection!.table} ${collection!.name} ${key.join(' . ')}`,
          owner: service === undefined ? `whoever has ${key[0] ?? ''}` : `service ${service}`,
          keys: service === undefined ? key : [service],
        });
      }
    }
    // What is in the chain of a service goes with it.
    if (rule !== undefined && serviceOf(rule.chain) === undefined) {
      const name = `${rule.table} ${rule.chain}`;
      const index = (rules.get(name) ?? 0) + 1;
      rules.set(name, index);
      things.push({
        kind: 'nft rule',
        id: `${name} #${index}`,
        owner: `table ${rule.table}`,
        keys: [],
      });
    }
  }
  return things;
}

/** Elements are values, values with attributes, or pairs of a value and a verdict. */
function keyOfElement(element: unknown): string[] {
  if (Array.isArray(element)) return keyOfElement(element[0]);
  if (typeof element !== 'object' || element === null) return [String(element)];
  const { concat, elem } = element as { concat?: unknown[]; elem?: { val: unknown } };
  if (elem !== undefined) return keyOfElement(elem.val);
  return concat === undefined ? [JSON.stringify(element)] : concat.map(String);
}
