import { mkdtempDisposable, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@drydock/api';
import { silentLogger, type Logger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { afterEach, describe, expect, it } from 'vitest';
import { watchStaticPods } from './folder.ts';

const manifest = (name: string, image = 'web:1') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {containers: [{name: main, image: '${image}'}]}\n`;

const stop: AbortController[] = [];
afterEach(() => {
  for (const one of stop.splice(0)) one.abort();
});

/** Twenty times as fast, for the looks that nobody asks for. */
async function follow(path: string) {
  const control = new AbortController();
  stop.push(control);
  let pods: readonly Pod[] = [];
  const warnings: string[] = [];
  const warn = (fields: object) => void warnings.push((fields as { why?: string }).why ?? '');
  const log: Logger = { ...silentLogger, warn };
  await watchStaticPods(
    { path, nodeName: 'node-1' },
    {
      clock: createSystemClock(0.05),
      log,
      signal: control.signal,
      onPods: (now) => {
        pods = now;
      },
    },
  );
  const names = () => pods.map(({ metadata }) => metadata.name);
  return { names, warnings, images: () => pods.map(({ spec }) => spec.containers[0]!.image) };
}

describe('the folder of static pods', () => {
  it('is read at once, YAML and JSON, and followed', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-static-'));
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('a.yaml'), manifest('a'));
    await writeFile(at('.a.yaml.swp'), manifest('hidden'));
    const { names, images } = await follow(folder.path);
    expect(names()).toEqual(['a-node-1']);
    const containers = [{ name: 'main', image: 'b:1' }];
    const json = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: { containers } };
    await writeFile(at('b.json'), JSON.stringify(json));
    await eventually('the second is there', () => names().join() === 'a-node-1,b-node-1');
    await writeFile(at('next'), manifest('a', 'web:2'));
    await rename(at('next'), at('a.yaml'));
    await eventually('the first has changed', () => images().join() === 'web:2,b:1');
    await rm(at('a.yaml'));
    await eventually('the first is gone', () => names().join() === 'b-node-1');
  });

  it('with a broken file leaves the others alone, and says why', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-static-'));
    await writeFile(join(folder.path, 'a.yaml'), 'kind: Pod\nmetadata: {name: [');
    await writeFile(join(folder.path, 'b.yaml'), manifest('b'));
    await writeFile(join(folder.path, 'c.yaml'), manifest('c').replace('web:1', ''));
    const { names, warnings } = await follow(folder.path);
    expect(names()).toEqual(['b-node-1']);
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toContain('spec.containers[0].image: Required value');
    await writeFile(join(folder.path, 'a.yaml'), manifest('a'));
    await eventually('it is mended', () => names().join() === 'a-node-1,b-node-1');
  });

  it('may be one file, and may come into being later', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-static-'));
    const { names } = await follow(join(folder.path, 'later'));
    expect(names()).toEqual([]);
    await writeFile(join(folder.path, 'later', 'a.yaml'), manifest('a'));
    await eventually('it is there', () => names().join() === 'a-node-1');
    const single = await follow(join(folder.path, 'later', 'a.yaml'));
    expect(single.names()).toEqual(['a-node-1']);
  });
});
