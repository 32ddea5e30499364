/**
 * Runs inside a node-like container: brings up the pod network and the service rules there once, from
 * a description on standard input, and ends. What it made stays, as it does when an agent dies.
 */
import { text } from 'node:stream/consumers';
import type { Node } from '@drydock/api';
import { createNft, createProxy, type ProxyInput } from '@drydock/kube-proxy';
import { createNodeNetwork } from '@drydock/node-agent';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';

export interface NetworkDescription {
  readonly nodeName: string;
  readonly nodes: readonly Node[];
  readonly pods: readonly { sandboxId: string; pid: number; address: string }[];
  readonly services: Omit<ProxyInput, 'nodeName' | 'nodes'>;
}

const description = JSON.parse(await text(process.stdin)) as NetworkDescription;
const { nodeName, nodes } = description;
const clock = createSystemClock();
const stop = new AbortController();
const powers = { clock, log: silentLogger };

const network = createNodeNetwork({ nodeName, signal: stop.signal }, powers);
network.setNodes(nodes);
const sandboxIds = description.pods.map((pod) => pod.sandboxId);
const cabled = await network.cabled(sandboxIds);
for (const pod of description.pods) if (!cabled.has(pod.sandboxId)) await network.attach(pod);

const synced = Promise.withResolvers<void>();
const proxy = createProxy(
  { minSyncMillis: 100, syncMillis: 30_000 },
  {
    ...powers,
    nft: createNft(),
    input: () => ({ nodeName, nodes, ...description.services }),
    onSync: () => synced.resolve(),
  },
);
void proxy.run(stop.signal);
await synced.promise;
while (network.problem !== undefined) await clock.sleep(20);
stop.abort();
