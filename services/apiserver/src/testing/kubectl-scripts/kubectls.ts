/** The kubectl that tests use, and the one of the distribution, which is older. */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { kubectlProgram } from '../kubectl.ts';

export interface KubectlRelease {
  readonly program: string;
  /** `1.32`. */
  readonly name: string;
  readonly minor: number;
}

/** The file that a name on the PATH means. */
function findProgram(name: string): string {
  if (name.includes('/')) return resolve(name);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`${name} is not on the PATH`);
  return found;
}

function releaseOf(name: string): KubectlRelease {
  const program = findProgram(name);
  const version = execFileSync(program, ['version', '--client', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString();
  const minor = Number(/"minor": "(\d+)/.exec(version)?.[1]);
  if (!(minor > 0)) throw new Error(`${program} does not tell its version, but: ${version}`);
  return { program, name: `1.${minor}`, minor };
}

const cache = join(import.meta.dirname, '../../../../../node_modules/.cache/drydock');
const folder = join(cache, 'kubernetes-client');

/**
 * The kubectl of the package kubernetes-client, which is not installed but laid aside: it would take the
 * place of a newer one. A string says why there is none.
 */
function distributionKubectl(): KubectlRelease | string {
  const program = join(folder, 'usr/bin/kubectl');
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    const making = mkdtempSync(join(cache, 'making-'));
    try {
      const settings: ExecFileSyncOptions = {
        cwd: making,
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 60_000,
      };
      execFileSync('apt-get', ['download', 'kubernetes-client'], settings);
      const file = readdirSync(making).find((name) => name.endsWith('.deb'));
      if (file === undefined) return 'apt-get download brought no file';
      execFileSync('dpkg-deb', ['-x', file, 'unpacked'], settings);
      rmSync(folder, { recursive: true, force: true });
      renameSync(join(making, 'unpacked'), folder);
    } catch (error) {
      return (error as Error).message.trim().split('\n').at(-1)!;
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  return releaseOf(program);
}

export interface KubectlChoice {
  readonly title: string;
  readonly release: KubectlRelease | undefined;
  /** Why there is no release. */
  readonly reason: string;
}

export function kubectlsToTry(): KubectlChoice[] {
  const own = releaseOf(kubectlProgram);
  const choice = { title: `kubectl ${own.name}`, release: own, reason: '' };
  const other = distributionKubectl();
  const title = "the distribution's kubectl";
  if (typeof other === 'string') {
    return [choice, { title, release: undefined, reason: `it could not be had: ${other}` }];
  }
  if (other.minor === own.minor) {
    return [choice, { title, release: undefined, reason: `it is the same, ${own.name}` }];
  }
  return [choice, { title: `${title} ${other.name}`, release: other, reason: '' }];
}
