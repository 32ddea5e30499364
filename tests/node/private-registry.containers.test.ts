/**
 * Images from a registry that asks who pulls: the distribution's docker-registry, behind a door that
 * wants a password. The engine takes a registry on loopback without TLS.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { freePort } from '@drydock/testing/ports';
import { afterAll, beforeAll, expect } from 'vitest';
import { repository, type Cluster } from '../harness/cluster.ts';
import { test } from '../harness/test.ts';
import { docker, importTestImages, testImage } from './images.ts';

const patience = { timeoutMillis: 60_000, intervalMillis: 300 };
const user = { name: 'ann', password: 'only-for-this-test' };
const stack = new AsyncDisposableStack();
let image: string;

/** The registry itself, that anybody may use. */
async function startRegistry(): Promise<number> {
  execFileSync(`${repository}/scripts/install-tools`, ['docker-registry'], { stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'drydock-registry-'));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const port = await freePort();
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: 'ignore',
  });
  stack.defer(async () => {
    const exited = once(child, 'exit');
    if (child.kill()) await exited;
  });
  await eventually('the registry answers', async () => {
    try {
      return (await fetch(`http://127.0.0.1:${port}/v2/`)).ok;
    } catch {
      return false;
    }
  });
  return port;
}

/** Its door: nobody comes in without the password. */
async function startDoor(registryPort: number): Promise<number> {
  const expected = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const door: Server = createServer((asked, answer) => {
    if (asked.headers.authorization !== expected) {
      answer.writeHead(401, { 'WWW-Authenticate': 'Basic realm="drydock"' }).end();
      return;
    }
    const { method, url, headers } = asked;
    const onward = { port: registryPort, host: '127.0.0.1', method, path: url, headers };
    asked.pipe(
      request(onward, (found) => {
        answer.writeHead(found.statusCode ?? 502, found.headers);
        found.pipe(answer);
      }).on('error', (error) => answer.destroy(error)),
    );
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  stack.defer(async () => {
    door.closeAllConnections();
    door.close();
    await once(door, 'close');
  });
  return (door.address() as AddressInfo).port;
}

beforeAll(async () => {
  await importTestImages();
  const registryPort = await startRegistry();
  const pushed = `127.0.0.1:${registryPort}/team/web:1`;
  await docker('tag', testImage, pushed);
  await docker('push', pushed);
  await docker('rmi', pushed);
  image = `localhost:${await startDoor(registryPort)}/team/web:1`;
});
afterAll(async () => {
  await docker('rmi', '-f', image).catch(() => undefined);
  await stack.disposeAsync();
});

function podOf(name: string, secrets: readonly string[]) {
  const containers = [{ name: 'main', image, command: ['sh', '-c', 'exec sleep 1000'] }];
  const imagePullSecrets = secrets.map((secret) => ({ name: secret }));
  const spec = { containers, imagePullSecrets, terminationGracePeriodSeconds: 0 };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
}

async function messages(cluster: Cluster, name: string): Promise<readonly string[]> {
  const events = await cluster.list<Event>('events');
  return events
    .filter((event) => event.involvedObject.name === name)
    .map((event) => `${event.reason}: ${event.message}`);
}

test('a pod pulls with the secret that it names, and without one is told why it cannot', async ({
  cluster,
}) => {
  await cluster.kubectl(
    'create',
    'secret',
    'docker-registry',
    'pull',
    `--docker-server=${image.split('/')[0]}`,
    `--docker-username=${user.name}`,
    `--docker-password=${user.password}`,
  );
  try {
    await cluster.apply(podOf('stranger', ['absent']));
    await eventually(
      'it waits for its image',
      async () => {
        const pod = await cluster.get<Pod>('pod', 'stranger');
        return pod.status.containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff';
      },
      patience,
    );
    const told = await messages(cluster, 'stranger');
    expect(told).toContain(
      'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (absent); attempting to pull the image may not succeed.',
    );
    expect(told.some((one) => /^Failed: Failed to pull image .*no basic auth/.test(one))).toBe(
      true,
    );

    await cluster.apply(podOf('friend', ['pull']));
    await eventually(
      'it runs',
      async () => (await cluster.get<Pod>('pod', 'friend')).status.phase === 'Running',
      patience,
    );
    expect((await messages(cluster, 'friend')).join('\n')).toContain(
      `Pulled: Successfully pulled image "${image}"`,
    );
    // The agent that pulled it has noted so: no other image is ever its to remove.
    const { nodeName = '' } = (await cluster.get<Pod>('pod', 'friend')).spec;
    const ledger = '/var/lib/drydock/images.json';
    const noted = await cluster.docker('exec', cluster.container(nodeName), 'cat', ledger);
    const id = await docker('image', 'inspect', '-f', '{{.Id}}', image);
    expect(JSON.parse(noted)).toMatchObject({ [image]: id });
    // What the password was, nobody is told.
    expect((await messages(cluster, 'friend')).join('\n')).not.toContain(user.password);
  } finally {
    await cluster.kubectl('delete', 'pod', 'stranger', 'friend', '--ignore-not-found', '--now');
    await cluster.kubectl('delete', 'secret', 'pull');
  }
});
