/**
 * Which kubectls scripts are run with: the one that tests use, the one of the distribution, which is
 * older, and more when DRYDOCK_KUBECTLS asks for them:
 *
 *   DRYDOCK_KUBECTLS=found       every release that is on this machine
 *   DRYDOCK_KUBECTLS=1.27,1.30   these, from this machine or else from npm
 */
import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fetchedMinors, publishedClients } from '@drydock/testing/published-clients';
import { kubectlProgram } from '../kubectl.ts';

export interface KubectlRelease {
  readonly program: string;
  /** `1.32`. */
  readonly name: string;
  readonly minor: number;
}

const searchPath = () => (process.env['PATH'] ?? '').split(delimiter);

/** The file that a name on the PATH means. */
function findProgram(name: string): string {
  if (name.includes('/')) return resolve(name);
  const found = searchPath()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
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
  const other = distributionKubectl();
  const choices = [chosen(`kubectl ${own.name}`, own), distributionChoice(own, other)];
  const tried = new Set([own.minor, ...(typeof other === 'string' ? [] : [other.minor])]);
  for (const minor of minorsAskedFor()) {
    if (tried.has(minor)) continue;
    tried.add(minor);
    choices.push(chosen(`kubectl 1.${minor}`, releaseOfMinor(minor)));
  }
  return choices;
}

const chosen = (title: string, release: KubectlRelease | string): KubectlChoice =>
  typeof release === 'string'
    ? { title, release: undefined, reason: release }
    : { title, release, reason: '' };

function distributionChoice(own: KubectlRelease, other: KubectlRelease | string): KubectlChoice {
  const title = "the distribution's kubectl";
  if (typeof other === 'string') return chosen(title, `it could not be had: ${other}`);
  if (other.minor === own.minor) return chosen(title, `it is the same, ${own.name}`);
  return chosen(`${title} ${other.name}`, other);
}

/** The lowest first. @throws Error when DRYDOCK_KUBECTLS cannot be read */
function minorsAskedFor(): number[] {
  const wanted = process.env['DRYDOCK_KUBECTLS'] ?? '';
  if (wanted === '') return [];
  if (wanted === 'found') {
    return [...new Set([...programsOnMachine().keys(), ...fetchedMinors()])].toSorted(
      (one, other) => one - other,
    );
  }
  return wanted.split(',').map((name) => {
    const minor = /^1\.(\d+)$/.exec(name)?.[1];
    if (minor !== undefined) return Number(minor);
    throw new Error(`DRYDOCK_KUBECTLS=${wanted}: say \`found\`, or releases as in 1.27,1.30`);
  });
}

/**
 * Programs called `kubectl.1.NN` or `kubectl-1.NN` by NN, on the PATH or where the link that is there leads:
 * those who install several releases name them so.
 */
function programsOnMachine(): Map<number, string> {
  const found = new Map<number, string>();
  const links = searchPath()
    .map((folder) => join(folder, 'kubectl'))
    .filter((path) => existsSync(path));
  for (const folder of [...searchPath(), ...links.map((path) => dirname(realpathSync(path)))]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const minor = Number(/^kubectl[.-]v?1\.(\d+)$/.exec(name)?.[1]);
      if (minor > 0 && !found.has(minor)) found.set(minor, join(folder, name));
    }
  }
  return found;
}

function releaseOfMinor(minor: number): KubectlRelease | string {
  const here = programsOnMachine().get(minor);
  if (here !== undefined) return releaseOf(here);
  const published = publishedClients(minor);
  return typeof published === 'string' ? published : releaseOf(published.kubectl);
}
