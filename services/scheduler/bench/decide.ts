/**
 * How many decisions a second the pure part makes: `node services/scheduler/bench/decide.ts [nodes] [pods]`.
 * No I/O: each pod is put on its node at once.
 */
import { createSeededRandom } from '@drydock/ports';
import { createCache } from '../src/cache/cache.ts';
import { createFramework } from '../src/framework/framework.ts';
import { podInfoOf } from '../src/model/pod-info.ts';
import { defaultPlugins } from '../src/plugins/registry.ts';
import { nodeNamed, podNamed } from '../src/testing/objects.ts';

const nodeCount = Number(process.argv[2] ?? 1_000);
const podCount = Number(process.argv[3] ?? 5_500);

const cache = createCache();
for (let index = 0; index < nodeCount; index++) {
  cache.setNode(nodeNamed(`node-${index}`, { allocatable: { cpu: '32', memory: '256Gi' } }));
}
const framework = createFramework(defaultPlugins, createSeededRandom(1));
const pods = Array.from({ length: podCount }, (_, index) =>
  podNamed(`pod-${index}`, {
    requests: { cpu: '100m', memory: '128Mi' },
    owner: `rs-${index % 50}`,
  }),
);

const begin = performance.now();
const cpuBegin = process.cpuUsage();
for (const pod of pods) {
  const info = podInfoOf(pod);
  const decision = framework.decide(info, cache);
  if (decision.kind === 'rejected') throw new Error('the nodes are full; ask for fewer pods');
  cache.assume(info, decision.nodeName);
}
const seconds = (performance.now() - begin) / 1000;
const cpu = process.cpuUsage(cpuBegin);
const cpuMicros = Math.round((cpu.user + cpu.system) / podCount);
const perSecond = Math.round(podCount / seconds);
process.stdout.write(
  `${podCount} pods on ${nodeCount} nodes: ${seconds.toFixed(2)} s, ${perSecond} decisions a second, ${cpuMicros} µs of CPU each\n`,
);
