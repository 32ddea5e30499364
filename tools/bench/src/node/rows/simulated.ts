/** A thousand simulated nodes in one process, registered and Ready at an API server of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { startApiCluster } from '../../api/api-cluster.ts';
import type { NodeContext, NodeMeasurement, NodeRow } from '../node-row.ts';
import { residentBytes } from '../processes.ts';

const mebibyte = 1024 * 1024;
const basePort = 27_700;
const main = join(import.meta.dirname, '../../../../../services/node-agent/src/main.ts');

interface NodeList {
  readonly items: readonly { readonly status: { readonly nodeInfo?: object } }[];
}

async function measure({ quick }: NodeContext): Promise<NodeRow[]> {
  await using stack = new AsyncDisposableStack();
  const api = stack.use(await startApiCluster(basePort));
  const folder = mkdtempSync(join(tmpdir(), 'bench-nodes-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const certificate = { commonName: 'nodes', organizations: ['system:masters'] };
  const { certFile, keyFile, caFile } = await api.authority.issueFiles(
    folder,
    'nodes',
    certificate,
  );
  const count = quick ? 50 : 1_000;
  const flags = [
    '--container-runtime=simulated',
    `--nodes=${count}`,
    '--node-name-prefix=node',
    `--port=${basePort + 18}`,
    `--apiservers=localhost:${api.grpcPort}`,
    `--tls-cert-file=${certFile}`,
    `--tls-private-key-file=${keyFile}`,
    `--ca-file=${caFile}`,
  ];
  const child = spawn(process.execPath, [main, ...flags], { stdio: 'ignore' });
  stack.defer(async () => {
    const exited = once(child, 'exit');
    if (child.kill()) await exited;
  });
  await eventually(
    `${count} nodes`,
    async () => {
      const { text } = await api.client.request('GET', '/api/v1/nodes');
      const { items } = JSON.parse(text) as NodeList;
      return items.filter(({ status }) => status.nodeInfo !== undefined).length === count;
    },
    { timeoutMillis: 300_000, intervalMillis: 1_000 },
  );
  const bytes = residentBytes(child.pid!);
  return [
    {
      title: `Memory of a simulated node, of ${count.toLocaleString('en-US')} in a process`,
      unit: 'MiB',
      ours: bytes / count / mebibyte,
      goal: 1,
      note: `the process ${(bytes / mebibyte).toFixed(0)} MiB`,
    },
  ];
}

export const simulated: NodeMeasurement = { rows: ['simulated'], measure };
