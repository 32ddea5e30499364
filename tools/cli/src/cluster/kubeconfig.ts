/**
 * The kubeconfig of a cluster, and its merging into the user's own: one context `drydock-<name>`,
 * certificates inside the file so that it can be moved, everything else in the file left as it is.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseDocument, stringify, YAMLMap, type Document } from 'yaml';
import { writeFileAtomically } from '../state.ts';
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

/** In one step, through links, and readable to the owner alone. */
export function mergeKubeconfigFile(path: string, options: KubeconfigOptions): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const existing = existsSync(target) ? readFileSync(target, 'utf8') : '';
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    writeFileAtomically(target, mergeKubeconfig(existing, options));
  } catch (cause) {
    if (cause instanceof CommandFailure) {
      throw new CommandFailure(`${path}: ${cause.message}`, { remedies: cause.remedies, cause });
    }
    throw cause;
  }
}
