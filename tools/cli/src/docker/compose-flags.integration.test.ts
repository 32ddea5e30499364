/**
 * The compose file against the components themselves: each is asked for its flags, so that a misspelt
 * variable, which a component would pass over in silence, cannot hide.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../state.ts';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const path = join(repositoryRoot, 'deploy/docker-compose.yml');
const { services } = parse(readFileSync(path, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const component = (name: string) => `services/${name}/src/main.ts`;
const nodeInit = 'tools/cli/src/node-init/main.ts';

/** A node's init hands its environment on to what it runs. */
const mainsBehind = (main: string) =>
  main === nodeInit ? [main, component('node-agent'), component('kube-proxy')] : [main];

const variablesOfMain = new Map<string, Promise<readonly string[]>>();
async function askVariables(main: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(repositoryRoot, main),
    '--help',
  ]);
  const prefix = main === component('etcd') ? 'ETCD_' : 'DRYDOCK_';
  return [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(
    ([, flag]) => prefix + flag!.toUpperCase().replaceAll('-', '_'),
  );
}
async function variablesOf(main: string): Promise<readonly string[]> {
  const asked = variablesOfMain.get(main) ?? askVariables(main);
  variablesOfMain.set(main, asked);
  return asked;
}

const withCommand = Object.entries(services).filter(([, service]) => service.command !== undefined);

test('the compose file runs a main in every service but those that only build images', () => {
  expect(withCommand.length).toBeGreaterThan(10);
  const others = Object.keys(services).filter((name) => services[name]!.command === undefined);
  expect(others).toEqual(['image-pause', 'image-demo']);
});

test.each(withCommand)('what the compose file sets for %s is a flag of it', async (_, service) => {
  const known = await Promise.all(mainsBehind(service.command!.at(-1)!).map(variablesOf));
  const set = Object.keys(service.environment ?? {});
  expect(set.length).toBeGreaterThan(0);
  expect(set.filter((name) => !known.flat().includes(name))).toEqual([]);
});
