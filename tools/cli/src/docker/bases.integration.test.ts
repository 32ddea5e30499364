/** Asking a registry, with a program that plays docker: a silent registry cannot be had at will. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-bases-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the registry's bases came to, in order, and what docker was asked for. */
function askRegistryTwice(pullScript: string): {
  bases: (string | null)[];
  asked: string[];
  notes: string[];
} {
  const docker = join(folder, 'docker');
  const script = `case "$1" in image) exit 1 ;; pull) ${pullScript} ;; esac`;
  writeFileSync(docker, `#!/bin/bash\necho "$@" >>${folder}/asked\n${script}\n`);
  chmodSync(docker, 0o755);
  const module = join(import.meta.dirname, 'bases.ts');
  const code = `
    const { createBases } = await import(${JSON.stringify(module)});
    const notes = [];
    const step = { note: (text) => notes.push(text) };
    const bases = createBases(step, { silenceMillisMax: 500 });
    const found = [await bases.node[0](), await bases.busybox[0]()];
    console.log(JSON.stringify({ bases: found.map((one) => one ?? null), notes }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  });
  expect(stderr).toBe('');
  const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
  const printed = JSON.parse(stdout) as { bases: (string | null)[]; notes: string[] };
  return { ...printed, asked };
}

test('bases come from a registry that names its images in time, however long the transfer takes', () => {
  const { bases, notes } = askRegistryTwice('echo "tag: Pulling from library/$2"; sleep 1');
  expect(bases).toEqual(['node:26-slim', 'busybox:stable-musl']);
  expect(notes.slice(0, 2)).toEqual([
    'asking the image registry for node:26-slim',
    'pulling node:26-slim',
  ]);
});

test('a registry that stays silent is asked once and given up', () => {
  const { bases, asked, notes } = askRegistryTwice('exec sleep 20');
  expect(bases).toEqual([null, null]);
  expect(asked.filter((line) => line.startsWith('pull'))).toEqual(['pull node:26-slim']);
  expect(notes).toEqual(['asking the image registry for node:26-slim']);
});

test('an image that the registry refuses is no base, and the others are still asked for', () => {
  const { bases } = askRegistryTwice(
    'echo "tag: Pulling from library/$2"; [ "$2" = busybox:stable-musl ]',
  );
  expect(bases).toEqual([null, 'busybox:stable-musl']);
});
