/**
 * `./drydock test`: everything that proves the project, from a fresh machine to one line of numbers.
 *
 * 1. Suites run from cheap to dear, and a failing one does not keep the next from running.
 * 2. The last line is `N passed, N failed, N skipped`, summed over all; the static checks count as one
 *    test. The exit code is 1 when anything failed.
 * 3. What is skipped is listed with its reason.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensureEngine, installTools } from '../docker/engine.ts';
import { execute } from '../execute.ts';
import { repositoryRoot } from '../state.ts';
import { createSteps, terminalOutput } from '../terminal/steps.ts';
import type { TestSummary } from './test-reporter.ts';

const vitestSuites = ['unit', 'simulation', 'integration', 'clients', 'containers'] as const;
type Suite = 'check' | (typeof vitestSuites)[number];

interface Tally {
  passed: number;
  failed: number;
  readonly skipped: { name: string; reason: string }[];
}

/** What each suite needs beyond the npm packages. */
const toolsOf: Partial<Record<Suite, readonly string[]>> = {
  integration: ['etcd'],
  clients: ['etcdctl', 'etcd', 'kubectl', 'h2load', 'ps'],
  containers: ['docker', 'compose', 'etcdctl', 'kubectl', 'ps'],
};

export async function test(
  vitestArguments: readonly string[],
  options: { only?: Suite },
): Promise<void> {
  const suites =
    options.only === undefined ? (['check', ...vitestSuites] as const) : [options.only];
  const tally: Tally = { passed: 0, failed: 0, skipped: [] };
  const environment = await prepare(suites);
  for (const suite of suites) {
    console.log(`\n=== ${suite}`);
    if (suite === 'check') await runChecks(tally);
    else await runVitest(suite, vitestArguments, environment, tally);
  }
  console.log('');
  for (const { name, reason } of tally.skipped) console.log(`skipped: ${name} (${reason})`);
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped.length} skipped`);
  process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
}

/** Installs what the suites need, as far as this user may; what stays missing fails its own tests. */
async function prepare(suites: readonly Suite[]): Promise<Record<string, string>> {
  const tools = [...new Set(suites.flatMap((suite) => toolsOf[suite] ?? []))];
  if (tools.length === 0) return {};
  const steps = createSteps(terminalOutput(process.stdout));
  await steps.run('Tools', async () => {
    await installTools(tools).catch((error: Error) => console.log(error.message));
    return tools.join(', ');
  });
  if (suites.includes('containers') || suites.includes('integration')) {
    await steps
      .run('Docker engine', async (step) => (await ensureEngine(step)).version)
      .catch((error: Error) => console.log(error.message));
  }
  const kubectl = await newestKubectl();
  if (kubectl === undefined) return {};
  console.log(`  kubectl ${kubectl.version} at ${kubectl.path}`);
  return { DRYDOCK_KUBECTL: kubectl.path };
}

interface Kubectl {
  readonly path: string;
  readonly version: string;
}

/** Distributions bring an old kubectl; a newer one elsewhere on the PATH is nearer to the API's level. */
async function newestKubectl(): Promise<Kubectl | undefined> {
  const paths = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .filter((path) => existsSync(path));
  const found: (Kubectl & { rank: number })[] = [];
  for (const path of new Set(paths)) {
    const { stdout } = await execute(path, ['version', '--client', '-o', 'json']);
    const match = /"gitVersion": "v(\d+)\.(\d+)\.([^"]+)"/.exec(stdout);
    if (match === null) continue;
    const [, major, minor, rest] = match;
    found.push({
      path,
      version: `${major}.${minor}.${rest}`,
      rank: Number(major) * 1_000 + Number(minor),
    });
  }
  return found.toSorted((a, b) => b.rank - a.rank)[0];
}

async function runChecks(tally: Tally): Promise<void> {
  const code = await inherit(join(repositoryRoot, 'scripts/check'), [], {});
  if (code === 0) tally.passed++;
  else tally.failed++;
}

async function runVitest(
  suite: Suite,
  vitestArguments: readonly string[],
  environment: Readonly<Record<string, string>>,
  tally: Tally,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-test-'));
  const summaryFile = join(folder, 'summary.json');
  const reporter = join(import.meta.dirname, 'test-reporter.ts');
  const reporters = ['--reporter=default', `--reporter=${reporter}`];
  const args = ['run', '--project', suite, '--passWithNoTests', ...reporters, ...vitestArguments];
  try {
    const code = await inherit('vitest', args, {
      ...environment,
      DRYDOCK_TEST_SUMMARY: summaryFile,
    });
    if (!existsSync(summaryFile)) {
      console.log(`${suite}: vitest ended with ${code} before it ran a test`);
      tally.failed++;
      return;
    }
    const summary = JSON.parse(readFileSync(summaryFile, 'utf8')) as TestSummary;
    for (const problem of summary.problems) console.log(`${suite}: ${problem}`);
    tally.passed += summary.passed;
    tally.failed += summary.failed + summary.problems.length;
    if (code !== 0 && summary.failed + summary.problems.length === 0) tally.failed++;
    tally.skipped.push(...summary.skipped);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inherit(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: repositoryRoot,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    });
    child.on('error', (error) => {
      console.log(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
