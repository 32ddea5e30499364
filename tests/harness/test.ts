/**
 * `test` with the shared cluster as a fixture. It ends with the cluster whole and with nothing left over;
 * when a test fails, the cluster's parts are heard too.
 */
import { inject, test as base } from 'vitest';
import { connectCluster, startDeadParts, waitForWholeCluster, type Cluster } from './cluster.ts';
import { printErrors } from './failure-logs.ts';
import { expectNoLeftovers, takeInventory } from './leaks.ts';

export const test = base.extend<{ cluster: Cluster }>({
  cluster: async ({ onTestFailed }, use) => {
    const { name, timeScale } = inject('cluster');
    const cluster = await connectCluster(name, timeScale);
    const since = Date.now();
    onTestFailed(() => printErrors(cluster, since));
    await startDeadParts(cluster);
    await waitForWholeCluster(cluster);
    const before = await takeInventory(cluster);
    await use(cluster);
    await waitForWholeCluster(cluster);
    await expectNoLeftovers(cluster, before);
  },
});
