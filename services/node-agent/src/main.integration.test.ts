/** The agent's real process without any API: static pods run, and the machine may go down. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@drydock/api';
import { nodeApi, type ListPodsResponse } from '@drydock/proto/node';
import { channelCredentials, type Method } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { Client, Metadata } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';

let agent: ChildProcess | undefined;
afterEach(() => agent?.kill('SIGKILL'));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listPods(client: Client): Promise<Pod[]> {
  const { path, requestSerialize, responseDeserialize } = nodeApi.ListPods as unknown as Method<
    object,
    ListPodsResponse
  >;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
      new Metadata(),
      (error, answer) => {
        if (error !== null) reject(error);
        else resolve((answer!.pods ?? []).map((pod) => JSON.parse(String(pod)) as Pod));
      },
    );
  });
}

it('runs static pods while there is no API, and ends them when the machine goes down', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-agent-main-'));
  const authority = await createTestAuthority('kubernetes');
  const files = await authority.issueFiles(folder.path, 'kubelet', {
    commonName: 'system:node:node-1',
    organizations: ['system:nodes'],
    dnsNames: ['node-1'],
  });
  const manifests = join(folder.path, 'manifests');
  const port = await freePort();
  const nobody = await freePort();
  const flags = {
    'node-name': 'node-1',
    'container-runtime': 'simulated',
    apiservers: `127.0.0.1:${nobody}`,
    port,
    'tls-cert-file': files.certFile,
    'tls-private-key-file': files.keyFile,
    'ca-file': files.caFile,
    'pod-manifest-path': manifests,
    'shutdown-grace-period': '10s',
    'time-scale': 0.1,
  };
  const main = join(import.meta.dirname, 'main.ts');
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  agent = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(agent, 'exit');
  let log = '';
  agent.stdout!.on('data', (text: Buffer) => (log += text.toString()));

  const tls = await authority.issue({ commonName: 'kube-apiserver-kubelet-client' });
  const client = new Client(`127.0.0.1:${port}`, channelCredentials(tls), {
    'grpc.ssl_target_name_override': 'node-1',
  });
  try {
    await eventually('the agent has begun', () => log.includes('started'));
    const pod = {
      metadata: { name: 'own' },
      spec: { hostNetwork: true, containers: [] as object[] },
    };
    pod.spec.containers = [{ name: 'main', image: 'web:1' }];
    await writeFile(join(manifests, 'own.yaml'), JSON.stringify(pod));
    const running = await eventually('its pod runs', async () => {
      const [found] = await listPods(client);
      return found?.status.phase === 'Running' ? found : undefined;
    });
    expect(running.metadata).toMatchObject({ name: 'own-node-1', namespace: 'default' });
    agent.kill('SIGPWR');
    expect(await exited).toEqual([0, null]);
    expect(log).toContain('the machine goes down');
  } finally {
    client.close();
  }
});
