/** A real node-agent process with simulated containers, as a node of a test's server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, type IssuedCertificate } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import type { TestEtcd } from './etcd.ts';
import { freePort } from '@drydock/testing/ports';
import { podManifest, startTestServer, type TestClient, type TestServer } from './server.ts';

const main = join(import.meta.dirname, '../../../node-agent/src/main.ts');
const nodeName = 'node-1';
export const podsPath = '/api/v1/namespaces/default/pods';

export interface TestCluster extends AsyncDisposable {
  readonly server: TestServer;
  readonly admin: TestClient;
  readonly certificate: IssuedCertificate;
  /** Creates a pod on the node, and waits until it runs. */
  runPod(name: string, more?: Parameters<typeof podManifest>[1]): Promise<void>;
  /** Streams that are open in the server and in the agent, by their own metrics. */
  openStreams(): Promise<{ server: number; agent: number }>;
  killAgent(): Promise<void>;
  /** Stops it in the middle of what it does: its connections stay, and nobody answers on them. */
  hangAgent(): void;
  /** Ends `hangAgent`. */
  wakeAgent(): void;
  startAgent(): Promise<void>;
}

export async function startTestCluster(etcd: TestEtcd): Promise<TestCluster> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'drydock-agent-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createTestAuthority('kubernetes');
  const server = parts.use(
    await startTestServer(etcd, {
      authority,
      kubeletTls: await authority.issue({ commonName: 'kube-apiserver-kubelet-client' }),
    }),
  );
  const files = await authority.issueFiles(folder, 'kubelet', {
    commonName: `system:node:${nodeName}`,
    organizations: ['system:nodes'],
    dnsNames: [nodeName],
  });
  const admin = parts.use(await server.admin());
  const healthPort = await freePort();
  const flags = {
    'container-runtime': 'simulated',
    'node-name': nodeName,
    apiservers: `localhost:${server.server.grpcPort}`,
    port: await freePort(),
    'tls-cert-file': files.certFile,
    'tls-private-key-file': files.keyFile,
    'ca-file': files.caFile,
    'root-dir': folder,
    'health-port': healthPort,
    'time-scale': 0.2,
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const start = () =>
    spawn(process.execPath, [main, ...words], {
      stdio: process.env['SHOW_LOGS'] === undefined ? 'ignore' : 'inherit',
    });
  let agent = start();
  const killAgent = async () => {
    if (agent.exitCode !== null || agent.signalCode !== null) return;
    agent.kill('SIGKILL');
    await once(agent, 'exit');
  };
  parts.defer(killAgent);
  await eventually('the node is registered', async () => {
    const patch = {
      body: { spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    };
    return (await admin.request('PATCH', `/api/v1/nodes/${nodeName}`, patch)).code === 200;
  });

  const runPod: TestCluster['runPod'] = async (name, more = {}) => {
    const spec = { nodeName, ...(more['spec'] as object | undefined) };
    const body = podManifest(name, { ...more, spec });
    const created = await admin.request('POST', podsPath, { body });
    if (created.code !== 201) throw new Error(created.text);
    await eventually(`pod ${name} runs`, async () => {
      const pod = (await admin.request('GET', `${podsPath}/${name}`)).json<{
        status: { phase?: string };
      }>();
      return pod.status.phase === 'Running';
    });
  };
  const openStreams = async () => {
    const answer = await fetch(`http://127.0.0.1:${healthPort}/metrics`);
    return {
      server: sumOf(await server.metrics.metrics(), 'apiserver_streams'),
      agent: sumOf(await answer.text(), 'node_agent_streams'),
    };
  };
  const certificate = await server.certificate('kubernetes-admin', 'system:masters');
  const running = parts.move();
  return {
    server,
    admin,
    certificate,
    runPod,
    openStreams,
    killAgent,
    hangAgent: () => void agent.kill('SIGSTOP'),
    wakeAgent: () => void agent.kill('SIGCONT'),
    startAgent: async () => {
      agent = start();
      await eventually('the agent is ready', async () => {
        const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`);
        return answer.ok;
      });
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function sumOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
