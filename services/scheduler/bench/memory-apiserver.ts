/** An API server in memory with nodes and pods, behind gRPC with TLS; a process of its own. */
import { createMemoryServer, createMemoryStore, memoryService } from '@drydock/client/testing';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import { createRpcServer, readTls } from '@drydock/rpc';
import { nodeNamed, podNamed } from '../src/testing/objects.ts';

const [certFile, keyFile, caFile, nodeCount, podCount] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const clock = createSystemClock();
const store = createMemoryStore(clock);
for (let index = 0; index < Number(nodeCount); index++) {
  const allocatable = { cpu: '32', memory: '256Gi' };
  store.put('nodes', nodeNamed(`node-${index}`, { allocatable }));
}
for (let index = 0; index < Number(podCount); index++) {
  const shape = { requests: { cpu: '100m', memory: '128Mi' }, owner: `rs-${index % 50}` };
  store.put('pods', podNamed(`pod-${index}`, shape));
}
const server = await createRpcServer(
  {
    host: '127.0.0.1',
    port: 0,
    tls: readTls({ certFile, keyFile, caFile }),
    log: silentLogger,
    clock,
  },
  [memoryService(createMemoryServer(store))],
);
process.send!({ port: server.port });
