/**
 * From `create` to Running: one pod at a time, and fifty at once; beside the same two containers made and
 * started by bare calls to the engine, in turns.
 */
import { median, quantile } from '../../row.ts';
import { readRecipe, removeBare, startBare, type Recipe } from '../engine-calls.ts';
import type { NodeCluster } from '../node-cluster.ts';
import { startGoal, type NodeContext, type NodeMeasurement, type NodeRow } from '../node-row.ts';

let made = 0;
const nextName = () => `bench-${++made}`;

/** Milliseconds. */
async function startPods(cluster: NodeCluster, count: number): Promise<number> {
  const names = Array.from({ length: count }, nextName);
  const begin = performance.now();
  const ends = await Promise.all(
    names.map(async (name) => {
      await cluster.createPod(name);
      return cluster.client.until(name, 'Running');
    }),
  );
  await Promise.all(names.map((name) => cluster.deletePod(name)));
  return Math.max(...ends) - begin;
}

async function startContainers({ engine }: NodeCluster, recipe: Recipe, count: number) {
  const begin = performance.now();
  const started = await Promise.all(Array.from({ length: count }, () => startBare(engine, recipe)));
  const took = performance.now() - begin;
  await Promise.all(started.map((ids) => removeBare(engine, ids)));
  return took;
}

async function inTurns(
  cluster: NodeCluster,
  recipe: Recipe,
  { count, turns }: { readonly count: number; readonly turns: number },
) {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const pod = await startPods(cluster, count);
    const containers = await startContainers(cluster, recipe, count);
    // The first turn warms up.
    if (turn === 0) continue;
    ours.push(pod);
    bare.push(containers);
  }
  return { ours, bare };
}

async function measure(context: NodeContext, wanted: ReadonlySet<string>): Promise<NodeRow[]> {
  const cluster = await context.cluster();
  const template = nextName();
  const { uid } = await cluster.createPod(template);
  await cluster.client.until(template, 'Running');
  const recipe = await readRecipe(cluster.engine, uid);
  const rows: NodeRow[] = [];
  const row = (title: string, ours: number, engine: number) => {
    const note = `${(ours / engine).toFixed(2)} of the engine's`;
    rows.push({ title, unit: 'ms', ours, engine, goal: engine * startGoal, note });
  };
  if (wanted.has('start')) {
    const turns = context.rounds * (context.quick ? 3 : 20);
    const { ours, bare } = await inTurns(cluster, recipe, { count: 1, turns });
    row('One pod, create to Running, p50', median(ours), median(bare));
    row('One pod, create to Running, p99', quantile(ours, 0.99), quantile(bare, 0.99));
  }
  if (wanted.has('fifty')) {
    const count = context.quick ? 6 : 50;
    const turns = context.quick ? 1 : context.rounds;
    const { ours, bare } = await inTurns(cluster, recipe, { count, turns });
    row(`${count} pods on three nodes, create to all Running`, median(ours), median(bare));
  }
  await cluster.deletePod(template);
  return rows;
}

export const start: NodeMeasurement = { rows: ['start', 'fifty'], measure };
