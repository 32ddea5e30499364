/**
 * Pods bound a second through real gRPC and TLS: `node services/scheduler/bench/bind.ts [nodes] [pods]`.
 * The API server is a stand-in in memory, in a process of its own, so this measures the scheduler.
 */
import { createApiClient, createEventRecorder, createInformer, resources } from '@drydock/client';
import { silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemRandom } from '@drydock/process';
import { createChannelSet, readTls } from '@drydock/rpc';
import { createTestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defaultPlugins } from '../src/plugins/registry.ts';
import { createScheduler } from '../src/scheduler.ts';

const nodeCount = process.argv[2] ?? '1000';
const podCount = process.argv[3] ?? '5500';
const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
const authority = await createTestAuthority();
const files = await authority.issueFiles(folder, 'both', { commonName: 'system:kube-scheduler' });
const child = fork(join(import.meta.dirname, 'memory-apiserver.ts'), [
  files.certFile,
  files.keyFile,
  files.caFile,
  nodeCount,
  podCount,
]);
const [{ port }] = (await once(child, 'message')) as [{ port: number }];

const clock = createSystemClock();
const random = createSystemRandom();
const channels = createChannelSet({
  endpoints: [`localhost:${port}`],
  tls: readTls(files),
  clock,
  random,
});
const powers = {
  api: createApiClient({ channels, clock, random }),
  clock,
  random,
  log: silentLogger,
};
const pods = createInformer({ resource: resources.pods }, powers);
const nodes = createInformer({ resource: resources.nodes }, powers);
const events = createEventRecorder({ component: 'default-scheduler' }, powers);
const scheduler = createScheduler(
  { schedulerName: 'default-scheduler', plugins: defaultPlugins },
  { ...powers, pods, nodes, events, breathe: () => setImmediate() },
);
const stop = new AbortController();
const following = [pods.run(stop.signal), nodes.run(stop.signal)];
await Promise.all([pods.synced(stop.signal), nodes.synced(stop.signal)]);

const begin = performance.now();
const cpuBegin = process.cpuUsage();
const running = scheduler.run(stop.signal);
let assigned = 0;
pods.addHandler({ onUpdate: () => assigned++ });
await eventually('all pods are bound', () => assigned >= Number(podCount), { intervalMillis: 5 });
const seconds = (performance.now() - begin) / 1000;
const cpu = process.cpuUsage(cpuBegin);
const cpuMicros = Math.round((cpu.user + cpu.system) / Number(podCount));
const perSecond = Math.round(Number(podCount) / seconds);
process.stdout.write(
  `${podCount} pods on ${nodeCount} nodes: ${seconds.toFixed(2)} s, ${perSecond} pods a second bound, ${cpuMicros} µs of CPU each, ` +
    `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB\n`,
);
stop.abort();
await Promise.all([...following, running, events[Symbol.asyncDispose]()]);
channels[Symbol.dispose]();
child.kill();
rmSync(folder, { recursive: true });
