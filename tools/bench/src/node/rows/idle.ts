/** What an agent uses while its fifty pods run and nothing happens. */
import { setTimeout } from 'node:timers/promises';
import { median } from '../../row.ts';
import { cpuMillis, residentBytes } from '../processes.ts';
import type { NodeContext, NodeMeasurement, NodeRow } from '../node-row.ts';

const mebibyte = 1024 * 1024;

async function measure(context: NodeContext, wanted: ReadonlySet<string>): Promise<NodeRow[]> {
  const cluster = await context.cluster();
  const [node = ''] = cluster.nodes;
  const count = context.quick ? 6 : 50;
  const names = Array.from({ length: count }, (_, index) => `idle-${index}`);
  for (const name of names) {
    await cluster.createPod(name, { node });
    await cluster.client.until(name, 'Running');
  }
  const pid = await cluster.agentPid(node);
  const spanMillis = context.quick ? 3_000 : 30_000;
  const shares: number[] = [];
  // The first span is not counted: the last pod has just started.
  for (let round = 0; round <= context.rounds; round++) {
    const [begin, before] = [performance.now(), cpuMillis(pid)];
    await setTimeout(spanMillis);
    const share = (cpuMillis(pid) - before) / (performance.now() - begin);
    if (round > 0) shares.push(share);
  }
  const rows: NodeRow[] = [];
  if (wanted.has('idle')) {
    rows.push({
      title: `An agent with ${count} pods that run: share of a core`,
      unit: 'share',
      ours: median(shares),
      goal: 0.02,
      note: `${(median(shares) * 100).toFixed(1)} percent`,
    });
  }
  if (wanted.has('memory')) {
    rows.push({
      title: `Memory of that agent`,
      unit: 'MiB',
      ours: residentBytes(pid) / mebibyte,
      goal: 100,
    });
  }
  await Promise.all(names.map((name) => cluster.deletePod(name)));
  return rows;
}

export const idle: NodeMeasurement = { rows: ['idle', 'memory'], measure };
