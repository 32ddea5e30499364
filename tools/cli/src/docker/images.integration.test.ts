/** What is asked of the engine when images are built, with a program that plays docker. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command lines that docker was called with; the images that it has are of another content. */
function ensureImages(): readonly string[] {
  const docker = join(folder, 'docker');
  writeFileSync(docker, `#!/bin/bash\necho "$@" >> ${folder}/calls\n`);
  chmodSync(docker, 0o755);
  const module = join(import.meta.dirname, 'images.ts');
  const code = `await (await import(${JSON.stringify(module)})).ensureImages({ note: () => {} });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

test('after a build goes what it replaced, and what failed builds left an hour ago, ours alone', () => {
  const calls = ensureImages();
  const lastBuild = calls.findLastIndex((call) => call.startsWith('build '));
  expect(lastBuild).toBeGreaterThan(0);
  expect(calls.slice(lastBuild + 1)).toEqual([
    'image prune -f --filter dangling=true --filter label=drydock.content',
    'image prune -f --filter dangling=true --filter label=drydock.build --filter until=1h',
  ]);
});
