/**
 * Members that meet at a discovery service: the distribution's etcd with its old API, which is what
 * people run as one.
 */
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { discoveryFlags, startDiscovered } from '../testing/discovered-members.ts';
import { makePlace, startProcess, type MemberPlace } from '../testing/member-process.ts';

const stack = new AsyncDisposableStack();
let folder: string;

beforeAll(async () => {
  const installer = join(import.meta.dirname, '../../../../scripts/install-tools');
  execFileSync(installer, ['etcd'], { stdio: 'inherit' });
  const place = stack.use(await makePlace());
  const service = startProcess({
    program: 'etcd',
    flags: [...place.flags, '--enable-v2', '--logger=zap'],
  });
  stack.use(service);
  folder = `http://127.0.0.1:${place.clientPort}/v2/keys`;
  await eventually('the discovery service answers', async () => {
    try {
      return (await fetch(folder)).ok;
    } catch {
      return false;
    }
  });
});
afterAll(() => stack.disposeAsync());

/** A token for a cluster of that many. */
async function makeToken(token: string, size: string): Promise<string> {
  const body = new URLSearchParams({ value: size });
  const answer = await fetch(`${folder}/${token}/_config/size`, { method: 'PUT', body });
  expect(answer.status).toBe(201);
  return `--discovery=${folder}/${token}`;
}

/** How a member ends that cannot be part of the cluster. */
async function endOf(place: MemberPlace, name: string, ...flags: string[]): Promise<string> {
  await using member = startProcess({ flags: discoveryFlags(place, name, ...flags) });
  expect(await member.exitCode()).toBe(1);
  return member.output();
}

it('three members found a cluster there, which the fourth finds full', async () => {
  const discovery = await makeToken('three', '3');
  await using members = await startDiscovered(['a', 'b', 'c'], (place, name) => ({
    flags: discoveryFlags(place, name, discovery),
  }));
  await members.untilReady();
  const expected = ['a', 'b', 'c'].map(
    (name, index) => `${name} http://127.0.0.1:${members.places[index]!.peerPort}`,
  );
  expect(await members.list()).toEqual(expected);

  await members.restart();
  await members.untilReady();
  expect(await members.list()).toEqual(expected);

  using fourth = await makePlace();
  expect(await endOf(fourth, 'd', discovery)).toContain('discovery: cluster is full');
});

it('the service is asked through a proxy', async () => {
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end('{"errorCode":100,"message":"Key not found","cause":"/x","index":1}');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  using place = await makePlace();
  const output = await endOf(
    place,
    'a',
    '--discovery=http://discovery.invalid/v2/keys/x',
    `--discovery-proxy=127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  );
  proxy.close();
  expect(seen).toEqual(['GET http://discovery.invalid/v2/keys/x/_config/size']);
  expect(output).toContain('discovery: size key not found');
});

it('says what is wrong with a token', async () => {
  using place = await makePlace();
  expect(await endOf(place, 'a', `--discovery=${folder}/nobody`)).toContain(
    'discovery: size key not found',
  );
  expect(await endOf(place, 'a', await makeToken('odd', 'three'))).toContain(
    'discovery: size key is bad: \\"three\\" is no number of members',
  );
  const root = folder.replace('/v2/keys', '/version');
  expect(await endOf(place, 'a', `--discovery=${root}`)).toContain(
    'discovery: bad discovery endpoint: HTTP 404 without JSON',
  );
});

it('says that a member has registered before, and that two have one name', async () => {
  const discovery = await makeToken('twice', '2');
  using first = await makePlace();
  {
    await using member = startProcess({ flags: discoveryFlags(first, 'same', discovery) });
    await eventually('it waits for the other', () => member.output().includes('waiting for more'));
  }
  expect(await endOf(first, 'same', discovery)).toContain('discovery: found duplicate id');
  using second = await makePlace();
  expect(await endOf(second, 'same', discovery)).toContain('discovery: found duplicate name');
});
