/** A pipe whose reader leaves, as `head` does, before the command writes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drydock-reader-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs it with a standard output that is closed at once. */
async function withoutReader(command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    env: { ...process.env, DRYDOCK_HOME: home },
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

test('a command that prints ends quietly when its reader has gone', async () => {
  const main = join(import.meta.dirname, '../main.ts');
  const state = { name: 'gone', mode: 'local', nodes: [], ports: {}, localPorts: {} };
  const script = `mkdir -p ${home}/gone/logs && echo '${JSON.stringify(state)}' > ${home}/gone/state.json
    yes | head -n 200000 > ${home}/gone/logs/etcd-1.log`;
  await once(spawn('bash', ['-c', script]), 'close');
  for (const args of [['version'], ['logs', 'etcd-1', '--name', 'gone', '-f']]) {
    expect(await withoutReader(process.execPath, [main, ...args])).toEqual({ code: 0, stderr: '' });
  }
});

test('steps that work go on without their reader, to their end', async () => {
  const source = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  const program = join(home, 'work.ts');
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSteps, terminalOutput } from ${source('steps.ts')};
import { watchForClosedReaders } from ${source('closed-reader.ts')};
watchForClosedReaders([process.stdout], { onlyPrints: () => false, end: () => process.exit(3) });
const steps = createSteps(terminalOutput(process.stdout));
for (let count = 0; count < 3; count++) await steps.run('step', async () => sleep(1));
writeFileSync(${JSON.stringify(join(home, 'done'))}, 'yes');
`,
  );
  expect(await withoutReader(process.execPath, [program])).toEqual({ code: 0, stderr: '' });
  expect(readFileSync(join(home, 'done'), 'utf8')).toBe('yes');
});
