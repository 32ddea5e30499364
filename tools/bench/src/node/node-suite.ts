/** Nodes: how long pods take to start beside the engine's own time, and what agents use. */
import { capture } from '../command.ts';
import { figureOf } from '../report.ts';
import type { Cells, Suite } from '../suite.ts';
import { startNodeCluster, type NodeCluster } from './node-cluster.ts';
import type { NodeMeasurement, NodeRow } from './node-row.ts';
import { idle } from './rows/idle.ts';
import { simulated } from './rows/simulated.ts';
import { start } from './rows/start.ts';

const measurements: readonly NodeMeasurement[] = [start, idle, simulated];

function cellsOf({ title, ours, unit, engine, goal, note }: NodeRow): Cells {
  const cell = (value: number | undefined) => (value === undefined ? '' : figureOf(value, unit));
  const own = note === undefined ? cell(ours) : `${cell(ours)} (${note})`;
  return [title, own, cell(engine), cell(goal)];
}

export const nodeSuite: Suite = {
  name: 'node',
  description: 'pods on three nodes of real containers, beside bare calls to the engine',
  rows: measurements.flatMap(({ rows }) => rows),
  tools: ['etcdctl', 'ps'],
  heading: ['| | Drydock | bare engine | goal | measured |', '|---|---:|---:|---:|---|'],
  versions: async () => {
    const version = await capture('docker', ['version', '--format', '{{.Server.Version}}']);
    return `Docker ${version.trim()}`;
  },
  run: async ({ only, report, rounds, quick }) => {
    await using stack = new AsyncDisposableStack();
    let cluster: Promise<NodeCluster> | undefined;
    const started = async () => stack.use(await startNodeCluster());
    const context = { rounds, quick, cluster: () => (cluster ??= started()) };
    const rows: Cells[] = [];
    for (const measurement of measurements) {
      const wanted = new Set(measurement.rows.filter((name) => only.has(name)));
      if (wanted.size === 0) continue;
      for (const row of (await measurement.measure(context, wanted)).map(cellsOf)) {
        report(row);
        rows.push(row);
      }
    }
    return rows;
  },
};
