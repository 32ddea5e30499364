/** What the rows measure: the cluster of `./drydock up`, three nodes on real containers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import { capture } from '../command.ts';
import { openEngine, type Engine } from './engine-calls.ts';
import { openKubeClient, type KubeClient } from './kube-client.ts';

export interface NodeCluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly engine: Engine;
  readonly nodes: readonly string[];
  /** Creates a pod; resolves when the API has it. */
  createPod(name: string, options?: { readonly node?: string }): Promise<{ readonly uid: string }>;
  deletePod(name: string): Promise<void>;
  /** The process of a node's agent, on this machine. */
  agentPid(node: string): Promise<number>;
}

const root = join(import.meta.dirname, '../../../..');
const name = 'drydock-bench';
const nodes = ['node-1', 'node-2', 'node-3'];

async function drydock(...args: readonly string[]): Promise<void> {
  const child = spawn(join(root, 'drydock'), args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`drydock ${args.join(' ')} ended with ${code}`);
}

export async function startNodeCluster(): Promise<NodeCluster> {
  await using stack = new AsyncDisposableStack();
  await drydock('down', '--name', name);
  stack.defer(() => drydock('down', '--name', name));
  await drydock('up', '--name', name, '--no-demo');
  const engine = stack.use(openEngine());
  const client = stack.use(await openKubeClient(join(homedir(), '.drydock', name, 'kubeconfig')));
  const running = stack.move();
  const pods = '/api/v1/namespaces/default/pods';
  return {
    client,
    engine,
    nodes,
    createPod: async (podName, { node } = {}) => {
      const { metadata } = await client.call<{ metadata: { uid: string } }>('POST', pods, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: podName },
        spec: {
          terminationGracePeriodSeconds: 0,
          ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
          containers: [
            { name: 'main', image: 'drydock-demo:1', command: ['sh', '-c', 'sleep 100000'] },
          ],
        },
      });
      return metadata;
    },
    deletePod: async (podName) => {
      await client.call('DELETE', `${pods}/${podName}`, { gracePeriodSeconds: 1 });
      await client.until(podName, 'Gone');
    },
    agentPid: (node) =>
      eventually(`the agent of ${node} runs`, async () => {
        const top = await capture('docker', ['top', `${name}-${node}`, '-eo', 'pid,args']);
        const line = top.split('\n').find((one) => one.includes('node-agent/src/main.ts'));
        return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
      }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
