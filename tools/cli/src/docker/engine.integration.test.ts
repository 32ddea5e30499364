/**
 * Finding and starting an engine, with programs that play docker and dockerd: the ways in which a real
 * one is absent cannot be had on a machine whose engine is in use.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-engine-'));
});
afterEach(() => {
  const pidFile = join(folder, 'engine-pid');
  if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/bash\nup=${folder}/engine-pid\n${script}\n`);
  chmodSync(path, 0o755);
}

const dockerThatAsks = `
case "$1" in
  version) [ -e "$up" ] && echo 20.10.24 && exit 0; echo 'Cannot connect to the Docker daemon' >&2; exit 1 ;;
  compose) [ "$2" = version ] ;;
esac`;

/** Runs ensureEngine in a process whose PATH has the played programs first. */
function ensureEngine(): { stdout: string; stderr: string } {
  const module = join(import.meta.dirname, 'engine.ts');
  const code = `
    const { ensureEngine } = await import(${JSON.stringify(module)});
    const notes = [];
    try {
      const engine = await ensureEngine({ note: (text) => notes.push(text) });
      console.log(JSON.stringify({ ...engine, notes }));
    } catch (error) {
      console.error(error.message + ' | ' + error.remedies?.join(' | '));
    }`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      ...process.env,
      PATH: `${folder}:${process.env['PATH']}`,
      DRYDOCK_HOME: folder,
      DRYDOCK_ENGINE_LOG: join(folder, 'log'),
    },
  });
}

function needsRootWithoutSystemd({ skip }: TestContext): void {
  if (process.getuid?.() !== 0) skip('only root starts an engine');
  if (existsSync('/run/systemd/system')) skip('systemd starts the engine here');
}

test('an engine that answers is used as it is', () => {
  program('docker', dockerThatAsks);
  program('dockerd', 'exit 1');
  writeFileSync(join(folder, 'engine-pid'), '999999999');
  expect(JSON.parse(ensureEngine().stdout)).toEqual({
    version: '20.10.24',
    compose: ['docker', 'compose'],
    notes: [],
  });
  rmSync(join(folder, 'engine-pid'));
});

test('an engine that may not be used is no reason to install one', () => {
  program('docker', `echo 'dial unix docker.sock: permission denied' >&2; exit 1`);
  expect(ensureEngine().stderr).toMatch(/may not be used by this user.*usermod -aG docker/);
});

describe('without an engine, root', () => {
  test('starts one that outlives the command, and remembers it', (context) => {
    needsRootWithoutSystemd(context);
    program('docker', dockerThatAsks);
    program('dockerd', `[ "$1" = --version ] && exit 0\necho $$ > "$up"; exec sleep 1000`);
    expect(JSON.parse(ensureEngine().stdout)).toMatchObject({
      version: '20.10.24',
      notes: ['starting dockerd'],
    });
    const pid = Number(readFileSync(join(folder, 'engine-pid'), 'utf8'));
    expect(process.kill(pid, 0)).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8'))).toMatchObject({
      startedByDrydock: true,
      pid,
    });
  });

  test('tries iptables-legacy when the kernel lacks what the other needs', (context) => {
    needsRootWithoutSystemd(context);
    program('docker', dockerThatAsks);
    program('update-alternatives', `touch ${folder}/legacy`);
    program(
      'dockerd',
      `[ "$1" = --version ] && exit 0
[ -e ${folder}/legacy ] || { echo 'iptables failed: table does not exist' >&2; exit 1; }
echo $$ > "$up"; exec sleep 1000`,
    );
    expect(JSON.parse(ensureEngine().stdout)).toMatchObject({
      notes: ['starting dockerd', 'starting dockerd again, with iptables-legacy'],
    });
  });

  test('shows the last words of one that does not start', (context) => {
    needsRootWithoutSystemd(context);
    program('docker', dockerThatAsks);
    program(
      'dockerd',
      `[ "$1" = --version ] && exit 0\necho 'no space left on device' >&2; exit 1`,
    );
    const { stderr } = ensureEngine();
    expect(stderr).toContain('no space left on device');
    expect(stderr).toContain(`read its log: ${join(folder, 'log')}`);
  });
});
