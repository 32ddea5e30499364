/** `test` with the shared cluster as a fixture. */
import { inject, test as base } from 'vitest';
import { connectCluster, startDeadParts, waitForWholeCluster, type Cluster } from './cluster.ts';

export const test = base.extend<{ cluster: Cluster }>({
  // vitest reads the pattern to learn what a fixture needs: this one needs nothing.
  // oxlint-disable-next-line no-empty-pattern
  cluster: async ({}, use) => {
    const { name, timeScale } = inject('cluster');
    const cluster = await connectCluster(name, timeScale);
    await startDeadParts(cluster);
    await waitForWholeCluster(cluster);
    await use(cluster);
    await waitForWholeCluster(cluster);
  },
});
