/** One test for each script of a folder, each on a cluster that is as it was at its start. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { EtcdClient } from '../../storage/etcd-client.ts';
import { createNormalise } from './normalise.ts';
import type { KubectlRelease } from './kubectls.ts';
import { runScript } from './run.ts';
import { isWithin, parseScript, printScript, type Block, type Script } from './script.ts';
import { createShell } from './shell.ts';

export const scriptsFolder = join(import.meta.dirname, '../../testdata/kubectl');

/** Of one script, in milliseconds; a busy machine takes a second for a command. */
const timeout = 300_000;

export interface ScriptPlace {
  /** Of the commands: KUBECONFIG, HOME. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where to look for changes; undefined where others change things at the same time. */
  readonly etcd: EtcdClient | undefined;
  /** What is of this run alone, and a name for it. */
  readonly replacements: readonly (readonly [RegExp | string, string])[];
  /** Puts the cluster back to how it was before the first script. */
  readonly reset: () => Promise<void>;
}

export interface ScriptsOptions {
  /** A folder below `scriptsFolder`. */
  readonly folder: string;
  readonly release: KubectlRelease;
  /** Whether UPDATE_SCRIPTS=1 writes what this release says. */
  readonly mayUpdate: boolean;
  readonly place: () => ScriptPlace;
}

export function readScripts(
  folder: string,
): readonly { name: string; file: string; script: Script }[] {
  return globSync(join(scriptsFolder, folder, '*.txt'))
    .toSorted()
    .map((file) => ({
      name: basename(file, '.txt'),
      file,
      script: parseScript(readFileSync(file, 'utf8')),
    }));
}

export function describeKubectlScripts(options: ScriptsOptions): void {
  const { folder, release, mayUpdate, place } = options;
  test.for(readScripts(folder))(
    `${folder}/$name`,
    { timeout },
    async ({ name, file, script }, context) => {
      const { minor } = release;
      context.skip(
        !isWithin(minor, script.range),
        `kubectl ${release.name}: ${script.range?.reason}`,
      );
      const { environment, etcd, replacements, reset } = place();
      const home = mkdtempSync(join(tmpdir(), `drydock-${name}-`));
      try {
        await using shell = createShell({
          folder: home,
          files: join(scriptsFolder, 'files'),
          kubectl: release.program,
          environment,
        });
        const normalise = createNormalise([[home, '<dir>'], ...replacements]);
        const { lines, skipped } = await runScript(script, { shell, minor, normalise, etcd });
        tellSkipped(`${folder}/${name}`, release, skipped);
        const actual = printScript(script, lines);
        if (mayUpdate && process.env['UPDATE_SCRIPTS'] === '1') writeFileSync(file, actual);
        else expect(actual, 'rewrite with UPDATE_SCRIPTS=1').toBe(readFileSync(file, 'utf8'));
      } finally {
        rmSync(home, { recursive: true, force: true });
        await reset();
      }
    },
  );
}

/** One line for each reason. */
function tellSkipped(name: string, release: KubectlRelease, skipped: readonly Block[]): void {
  const byReason = Map.groupBy(skipped, ({ range }) => range!.reason);
  for (const [reason, blocks] of byReason) {
    const lines = blocks.map(({ lineNumber }) => lineNumber).join(', ');
    process.stdout.write(`${name}: kubectl ${release.name} leaves out lines ${lines}: ${reason}\n`);
  }
}
