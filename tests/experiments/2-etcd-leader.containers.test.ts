/** Experiment 2: the death of the etcd leader under write load. */
import { eventually } from '@drydock/testing/eventually';
import { expect } from 'vitest';
import { memberStatuses, leaderPart } from '../harness/etcd-members.ts';
import { missingKeys, startWriters, waitForWrites } from '../harness/etcd-writers.ts';
import { test } from '../harness/test.ts';

const electionTimeoutMillis = 1_000;

test('experiment 2: the etcd leader dies under write load and nothing acknowledged is lost', async ({
  cluster,
}) => {
  const prefix = `experiment-2/${Date.now()}/`;
  const writers = startWriters(cluster, { prefix, writers: 8 });
  await waitForWrites(writers, 200);

  const victim = await leaderPart(cluster);
  await cluster.docker('kill', cluster.container(victim));
  await waitForWrites(writers, 200);
  expect(await leaderPart(cluster)).not.toBe(victim);

  const name = `experiment-2-${Date.now()}`;
  await cluster.kubectl('create', 'configmap', name, '--from-literal=a=b');
  expect(await cluster.kubectl('get', 'configmap', name, '-o', 'jsonpath={.data.a}')).toBe('b');
  await cluster.kubectl('delete', 'configmap', name);

  await cluster.docker('start', cluster.container(victim));
  await eventually(
    'the member has caught up',
    async () => {
      const statuses = await memberStatuses(cluster);
      const applied = statuses.map((status) => status.raftAppliedIndex);
      return statuses.length === 3 && Math.max(...applied) - Math.min(...applied) < 100;
    },
    { timeoutMillis: 60_000 },
  );

  const report = await writers.stop();
  expect(await missingKeys(cluster, prefix, report.acknowledged)).toEqual([]);
  const outage = report.longestGapMillis / (electionTimeoutMillis * cluster.timeScale);
  console.log(
    `${report.acknowledged.length} writes acknowledged, ${report.failed} failed; ` +
      `longest pause ${Math.round(report.longestGapMillis)} ms = ${outage.toFixed(1)} election timeouts`,
  );
  await cluster.etcdctl(['del', prefix, '--prefix']);
});
