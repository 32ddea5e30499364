/**
 * Writes a cluster's PKI, and keeps it.
 *
 * 1. What is valid is left alone, so a second run changes no file and running processes keep working.
 * 2. A new node's certificates are added; what expires within a month is made anew.
 * 3. Keys are readable to their owner alone (0600), folders are 0700, and every file is replaced in
 *    one step: no reader ever sees half a key.
 * 4. A lost CA key is never replaced in silence: all certificates would change under a running
 *    cluster.
 */
import { createPublicKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  issue,
  makeAuthority,
  makeTokenKeys,
  openAuthority,
  reasonToReissue,
  type Authority,
} from './issue.ts';
import {
  authorities,
  planPki,
  type AuthorityName,
  type CertificateRequest,
  type ComponentFolder,
} from './plan.ts';
import type { ClusterShape } from '../cluster/shape.ts';

export interface PkiOptions {
  /** Holds the CA keys and the token keys. */
  readonly authorityFolder: string;
  /** Where a component's folder is. */
  readonly folderOf: (component: string) => string;
  readonly shape: ClusterShape;
  /** Milliseconds since the epoch. */
  readonly wallTime: number;
}

/** What was written and why, say `etcd-1/etcd/server: it lacks etcd-1`; empty when all was valid. */
export async function makePki(options: PkiOptions): Promise<readonly string[]> {
  const changes: string[] = [];
  const opened = new Map<AuthorityName, Authority>();
  for (const { name, commonName } of authorities) {
    opened.set(name, await ensureAuthority(name, commonName, options, changes));
  }
  await ensureTokenKeys(options.authorityFolder, changes);
  for (const folder of planPki(options.shape)) {
    await fillFolder(folder, opened, options, changes);
  }
  return changes;
}

async function ensureAuthority(
  name: AuthorityName,
  commonName: string,
  options: PkiOptions,
  changes: string[],
): Promise<Authority> {
  const base = join(options.authorityFolder, name);
  const present = [`${base}.crt`, `${base}.key`].filter((file) => existsSync(file));
  if (present.length === 1) {
    throw new Error(
      `the PKI holds ${present[0]} but not the other half of this CA; ` +
        `restore it, or remove ${options.authorityFolder} to make a new PKI with new certificates`,
    );
  }
  if (present.length === 0) {
    const made = await makeAuthority(commonName, options.wallTime);
    writeFile(`${base}.key`, made.keyPem, 0o600);
    writeFile(`${base}.crt`, made.certificatePem, 0o644);
    changes.push(`${name}: new`);
  }
  return openAuthority({
    keyPem: readFileSync(`${base}.key`, 'utf8'),
    certificatePem: readFileSync(`${base}.crt`, 'utf8'),
  });
}

async function ensureTokenKeys(folder: string, changes: string[]): Promise<void> {
  const key = join(folder, 'sa.key');
  const pub = join(folder, 'sa.pub');
  if (existsSync(key) && existsSync(pub)) return;
  if (existsSync(key)) {
    const half = createPublicKey(readFileSync(key)).export({ type: 'spki', format: 'pem' });
    writeFile(pub, half, 0o644);
    changes.push('sa: its public half was missing');
    return;
  }
  const made = await makeTokenKeys();
  writeFile(key, made.keyPem, 0o600);
  writeFile(pub, made.publicPem, 0o644);
  changes.push('sa: new');
}

async function fillFolder(
  folder: ComponentFolder,
  opened: ReadonlyMap<AuthorityName, Authority>,
  options: PkiOptions,
  changes: string[],
): Promise<void> {
  const target = options.folderOf(folder.component);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  chmodSync(target, 0o700);
  for (const copy of folder.copies) {
    const text = readFileSync(join(options.authorityFolder, copy), 'utf8');
    const path = join(target, copy);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    writeFile(path, text, copy.endsWith('.key') ? 0o600 : 0o644);
  }
  for (const request of folder.certificates) {
    const authority = opened.get(request.authority)!;
    const base = join(target, request.file);
    const reason = await reasonToMake(base, request, authority, options.wallTime);
    if (reason === undefined) continue;
    const made = await issue(request, authority, options.wallTime);
    writeFile(`${base}.key`, made.keyPem, 0o600);
    writeFile(`${base}.crt`, made.certificatePem, 0o644);
    changes.push(`${folder.component}/${request.file}: ${reason}`);
  }
}

async function reasonToMake(
  base: string,
  request: CertificateRequest,
  authority: Authority,
  wallTime: number,
): Promise<string | undefined> {
  if (!existsSync(`${base}.crt`) || !existsSync(`${base}.key`)) return 'new';
  return reasonToReissue(readFileSync(`${base}.crt`, 'utf8'), request, authority, wallTime);
}

function writeFile(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode });
  chmodSync(temporary, mode);
  renameSync(temporary, path);
}
