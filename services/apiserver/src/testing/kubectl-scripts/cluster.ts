/** A whole cluster for scripts: beside the server a node with simulated containers, a scheduler and controllers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { startTestCluster, type TestCluster } from '../agent.ts';
import type { TestEtcd } from '../etcd.ts';
import { freePort } from '@drydock/testing/ports';

const services = join(import.meta.dirname, '../../../..');

/** Timers run this much faster. */
const timeScale = 0.2;

export async function startWholeCluster(etcd: TestEtcd): Promise<TestCluster> {
  await using parts = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'drydock-components-'));
  parts.defer(() => rmSync(folder, { recursive: true, force: true }));
  const cluster = parts.use(await startTestCluster(etcd));
  const { server, admin } = cluster;

  const start = async (service: string, commonName: string) => {
    const files = await server.authority.issueFiles(folder, service, { commonName });
    const flags = {
      apiservers: `localhost:${server.server.grpcPort}`,
      'tls-cert-file': files.certFile,
      'tls-private-key-file': files.keyFile,
      'ca-file': files.caFile,
      'health-port': await freePort(),
      'time-scale': timeScale,
      'leader-elect': 'false',
      ...(service === 'controller-manager' ? { 'root-ca-file': files.caFile } : {}),
    };
    const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(process.execPath, [join(services, service, 'src/main.ts'), ...words], {
      stdio: process.env['SHOW_LOGS'] === undefined ? 'ignore' : 'inherit',
    });
    parts.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    await eventually(`${service} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return (await fetch(`http://127.0.0.1:${flags['health-port']}/readyz`)).ok;
    });
  };
  await start('scheduler', 'system:kube-scheduler');
  await start('controller-manager', 'system:kube-controller-manager');

  const exists = async (path: string) => (await admin.request('GET', path)).code === 200;
  await eventually('every namespace has what controllers give it', async () => {
    for (const namespace of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
      const path = `/api/v1/namespaces/${namespace}`;
      if (!(await exists(`${path}/configmaps/kube-root-ca.crt`))) return false;
      if (!(await exists(`${path}/serviceaccounts/default`))) return false;
    }
    return true;
  });
  await eventually('the node takes pods', async () => {
    const node = (await admin.request('GET', '/api/v1/nodes/node-1')).json<{
      spec: { taints?: unknown };
    }>();
    return node.spec.taints === undefined;
  });
  const running = parts.move();
  return { ...cluster, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
