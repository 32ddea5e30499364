/**
 * Pods scheduled a second on real processes: `node services/scheduler/bench/cluster.ts [nodes] [pods]`.
 * One etcd member, two API servers, one scheduler; the pods are there before the scheduler starts.
 */
import { createInformer, resources } from '@drydock/client';
import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { nodeNamed } from '../src/testing/objects.ts';
import { startProcesses } from '../src/testing/processes.ts';

const nodeCount = Number(process.argv[2] ?? 1_000);
const podCount = Number(process.argv[3] ?? 5_500);
const streams = 32;

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Runs `count` calls, `streams` at a time; answers with calls a second. */
async function load(count: number, call: (index: number) => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const stream = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: streams }, stream));
  return Math.round(count / ((performance.now() - begin) / 1000));
}

await using processes = await startProcesses({ timeScale: 1 });
const { api } = processes;
await load(nodeCount, async (index) => {
  const allocatable = { cpu: '32', memory: '256Gi' };
  const { metadata, spec, status } = nodeNamed(`node-${index}`, { allocatable });
  const created = await api.create(resources.nodes, { metadata, spec });
  const node = await api.updateStatus(resources.nodes, { ...created, status });
  await api.update(resources.nodes, { ...node, spec: { ...node.spec, taints: [] } });
});
say(`${nodeCount} nodes made`);

const requests = { cpu: '100m', memory: '128Mi' };
const createRate = await load(podCount, (index) =>
  api.create(resources.pods, {
    metadata: { name: `pod-${index}`, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'demo:1', resources: { requests } }] },
  }),
);
say(`${podCount} pods made, ${createRate} a second on ${streams} streams over gRPC`);

const stop = new AbortController();
const powers = { api, clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
const pods = createInformer({ resource: resources.pods }, powers);
const assigned = new Set<string>();
pods.addHandler({
  onUpdate: ({ metadata, spec }) => {
    if (spec.nodeName !== undefined) assigned.add(metadata.name);
  },
});
const following = pods.run(stop.signal);
await pods.synced(stop.signal);
const scheduler = await processes.startScheduler('scheduler');
await eventually('the first pod is bound', () => assigned.size > 0, { intervalMillis: 2 });
const begin = performance.now();
const before = assigned.size;
await eventually('all pods are bound', () => assigned.size >= podCount, {
  intervalMillis: 5,
  timeoutMillis: 120_000,
});
const seconds = (performance.now() - begin) / 1000;
const rate = Math.round((podCount - before) / seconds);
say(
  `${podCount} pods on ${nodeCount} nodes bound in ${seconds.toFixed(2)} s, ${rate} pods a second`,
);
const metrics = await (await fetch(`http://127.0.0.1:${scheduler.healthPort}/metrics`)).text();
const cpuSeconds = Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)![1]);
const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)![1]);
const cpuMicros = Math.round((cpuSeconds * 1e6) / podCount);
say(`scheduler: ${cpuMicros} µs of CPU a pod, start included; ${Math.round(bytes / 2 ** 20)} MiB`);
stop.abort();
await following;
