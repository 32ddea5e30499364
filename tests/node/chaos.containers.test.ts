/**
 * Pods of one node, created, crashed, updated and deleted at random, while the node's agent is killed at
 * random: at the end what runs is what the API says, and nothing is left over.
 *
 *     DRYDOCK_CHAOS_SECONDS=600 DRYDOCK_CHAOS_PODS=100 DRYDOCK_CHAOS_SEED=7 \
 *       vitest run --project containers tests/node/chaos.containers.test.ts
 *
 * The seed decides what is done in which order, not how long each thing takes.
 */
import { createSeededRandom } from '@drydock/ports';
import { eventually } from '@drydock/testing/eventually';
import { expect } from 'vitest';
import { killAgent } from '../harness/agent-process.ts';
import { test } from '../harness/test.ts';
import { createChaos, differences } from './chaos-pods.ts';

const numberOf = (name: string, otherwise: number) =>
  Number(process.env[`DRYDOCK_CHAOS_${name}`] ?? otherwise);
const seconds = numberOf('SECONDS', 75);
const podsMax = numberOf('PODS', 15);
const seed = numberOf('SEED', 1);
const node = 'node-2';
/** Of a step: that the agent is killed as well. */
const killChance = 0.05;

test(
  'what runs is what the API says, whatever was done and however often the agent died',
  async ({ cluster }) => {
    console.log(`chaos: seed ${seed}, ${podsMax} pods, ${seconds} s`);
    const random = createSeededRandom(seed);
    const chaos = await createChaos(cluster, random, { node, podsMax });
    try {
      let kills = 0;
      const end = performance.now() + seconds * 1_000;
      while (performance.now() < end) {
        await chaos.step();
        if (!random.chance(killChance)) continue;
        // One that is starting again already has nothing to lose.
        if ((await killAgent(cluster, node)) > 0) kills++;
      }
      const done = [...chaos.done].map(([kind, count]) => `${kind} ${count}`).join(', ');
      console.log(`chaos: ${done}; agent killed ${kills} times; ${chaos.wanted.size} pods stay`);
      expect(kills).toBeGreaterThan(0);
      await eventually(
        'what runs is what the API says',
        async () => {
          const lines = await differences(cluster, node, chaos.wanted);
          if (lines.length > 0)
            throw new Error(`${lines.length}: ${lines.slice(0, 20).join('; ')}`);
          return true;
        },
        // A container that crashed often waits for five minutes of cluster time.
        { timeoutMillis: cluster.deadline(400_000), intervalMillis: 1_000 },
      );
    } finally {
      await chaos.remove();
    }
  },
  (seconds + 900) * 1_000,
);
