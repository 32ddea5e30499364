import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../state.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

test('the Dockerfile copies the manifest of every workspace, or npm ci would refuse the lock', () => {
  const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
  const manifests = globSync(
    workspaces.map((workspace) => `${workspace}/package.json`),
    { cwd: repositoryRoot },
  );
  const dockerfile = read('deploy/Dockerfile');
  const missing = manifests.filter(
    (path) => !dockerfile.includes(`COPY ${path} ${path.replace('package.json', '')}\n`),
  );
  expect(manifests.length).toBeGreaterThan(10);
  expect(missing).toEqual([]);
});

test('every Dockerfile labels its layers first, so that what failed builds leave is known as ours', () => {
  const files = globSync('deploy/**/Dockerfile', { cwd: repositoryRoot });
  expect(files.length).toBeGreaterThan(2);
  const unlabelled = files.filter(
    (path) => !/^FROM \S+\n(#.*\n)*LABEL drydock\.build=/m.test(read(path)),
  );
  expect(unlabelled).toEqual([]);
});
