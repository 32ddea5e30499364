/**
 * The kubeconfig of a cluster, and its merging into the user's own: one context `drydock-<name>`,
 * certificates inside the file so that it can be moved, everything else in the file left as it is. The
 * cluster remembers the files that it was merged into, so that `down` can take its entries out again.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument, stringify, YAMLMap, YAMLSeq, type Document } from 'yaml';
import { writeFileAtomically, type StateFolder } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';

export interface KubeconfigOptions {
  readonly clusterName: string;
  readonly port: number;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

interface Entries {
  readonly clusters: readonly Named[];
  readonly contexts: readonly Named[];
  readonly users: readonly Named[];
}

interface Named {
  readonly name: string;
  readonly [field: string]: unknown;
}

export function contextName(clusterName: string): string {
  return `drydock-${clusterName}`;
}

function entriesOf(options: KubeconfigOptions): Entries {
  const name = contextName(options.clusterName);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    clusters: [
      {
        name,
        cluster: {
          server: `https://127.0.0.1:${options.port}`,
          'certificate-authority-data': base64(options.caPem),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(options.certificatePem),
          'client-key-data': base64(options.keyPem),
        },
      },
    ],
  };
}

export function renderKubeconfig(options: KubeconfigOptions): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      ...entriesOf(options),
      'current-context': contextName(options.clusterName),
    },
    { lineWidth: 0 },
  );
}

/** Adds or replaces the cluster's entries and makes its context the current one. */
export function mergeKubeconfig(existing: string, options: KubeconfigOptions): string {
  if (existing.trim() === '') return renderKubeconfig(options);
  const document = parseDocument(existing);
  if (document.errors.length > 0 || !(document.contents instanceof YAMLMap)) {
    throw new CommandFailure(
      `it is no kubeconfig: ${document.errors[0]?.message ?? 'fields are expected'}`,
      { remedies: ['mend the file, or use the cluster’s own: ./drydock kubeconfig > FILE'] },
    );
  }
  for (const [section, entries] of Object.entries(entriesOf(options))) {
    for (const entry of entries as readonly Named[]) replaceEntry(document, section, entry);
  }
  document.set('current-context', contextName(options.clusterName));
  return document.toString({ lineWidth: 0 });
}

function replaceEntry(document: Document, section: string, entry: Named): void {
  const list = (document.toJS() as Record<string, Named[] | null | undefined>)[section] ?? [];
  const index = list.findIndex((other) => other.name === entry.name);
  if (index >= 0) document.setIn([section, index], document.createNode(entry));
  else if (list.length > 0) document.addIn([section], document.createNode(entry));
  else document.set(section, document.createNode([entry]));
}

/** Without the entries of exactly the cluster's name; undefined when there are none. */
export function withoutCluster(existing: string, clusterName: string): string | undefined {
  const name = contextName(clusterName);
  const document = parseDocument(existing);
  if (document.errors.length > 0 || !(document.contents instanceof YAMLMap)) return undefined;
  let isChanged = false;
  for (const section of ['clusters', 'contexts', 'users']) {
    const list = document.get(section);
    if (!(list instanceof YAMLSeq)) continue;
    const others = list.items.filter(
      (item) => !(item instanceof YAMLMap && item.get('name') === name),
    );
    isChanged ||= others.length < list.items.length;
    list.items = others;
  }
  if (!isChanged) return undefined;
  // As kind does: no context is better than one that does not exist.
  if (document.get('current-context') === name) document.set('current-context', '');
  return document.toString({ lineWidth: 0 });
}

/** In one step, through links, and readable to the owner alone. */
export function mergeKubeconfigFile(
  path: string,
  folder: StateFolder,
  options: KubeconfigOptions,
): void {
  const target = existsSync(path) ? realpathSync(path) : resolve(path);
  const existing = existsSync(target) ? readFileSync(target, 'utf8') : '';
  try {
    const merged = mergeKubeconfig(existing, options);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    // Remembered first: a file in which there is nothing to remove does no harm.
    const known = new Set([...rememberedFiles(folder), target]);
    writeFileAtomically(folder.file(memoryFile), `${JSON.stringify([...known], null, 2)}\n`);
    writeFileAtomically(target, merged);
  } catch (cause) {
    if (cause instanceof CommandFailure) {
      throw new CommandFailure(`${path}: ${cause.message}`, { remedies: cause.remedies, cause });
    }
    throw cause;
  }
}

const memoryFile = 'merged-kubeconfigs.json';

function rememberedFiles(folder: StateFolder): readonly string[] {
  try {
    return JSON.parse(readFileSync(folder.file(memoryFile), 'utf8')) as readonly string[];
  } catch {
    // Never merged, or damaged: what `down` removes does not depend on it.
    return [];
  }
}

/** Files that the cluster was merged into and that still have entries of it. */
export function mergedKubeconfigs(folder: StateFolder): readonly string[] {
  return rememberedFiles(folder).filter(
    (path) => withoutCluster(readIfThere(path), folder.name) !== undefined,
  );
}

/** Says what became of it: a file that may not be written is no reason to keep a cluster. */
export function unmergeKubeconfigFile(path: string, clusterName: string): string {
  const name = contextName(clusterName);
  try {
    // Read anew, so that what others wrote in the meantime stays.
    const text = withoutCluster(readFileSync(path, 'utf8'), clusterName);
    if (text !== undefined) writeFileAtomically(path, text);
    return `the context, the cluster and the user ${name} are gone from ${path}`;
  } catch (error) {
    return `${name} is still in ${path}: ${(error as Error).message}`;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
