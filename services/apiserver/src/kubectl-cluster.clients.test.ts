/**
 * The real kubectl against a whole cluster of ours: what it prints of pods that run, of workloads that
 * controllers look after, and of nodes that are emptied. Beside kubectl.clients.test.ts.
 */
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { EtcdClient } from './storage/etcd-client.ts';
import type { TestCluster } from './testing/agent.ts';
import { startTestEtcd } from './testing/etcd.ts';
import { startKubectl, type Kubectl } from './testing/kubectl.ts';
import { takeSnapshot, type Snapshot } from './testing/kubectl-scripts/changes.ts';
import { startWholeCluster } from './testing/kubectl-scripts/cluster.ts';
import { describeKubectlScripts } from './testing/kubectl-scripts/describe.ts';
import { kubectlsToTry } from './testing/kubectl-scripts/kubectls.ts';
import { connectStore, removeNew } from './testing/kubectl-scripts/store.ts';

const parts = new AsyncDisposableStack();
let cluster: TestCluster;
let etcd: EtcdClient;
let atStart: Snapshot;

beforeAll(async () => {
  const members = parts.use(await startTestEtcd(1, { server: 'ours' }));
  cluster = parts.use(await startWholeCluster(members));
  etcd = parts.use(connectStore(members)).etcd;
  atStart = await takeSnapshot(etcd);
});
afterAll(() => parts.disposeAsync());

const choices = kubectlsToTry();

describe.each(choices)('$title', ({ release, reason }) => {
  if (release === undefined) {
    test('scripts', (context) => context.skip(reason));
    return;
  }
  let client: Kubectl;
  beforeAll(async () => {
    client = await startKubectl(cluster.server);
  });
  afterAll(() => client[Symbol.dispose]());

  describeKubectlScripts({
    folder: 'cluster',
    release,
    mayUpdate: release === choices[0]!.release,
    place: () => ({
      environment: client.environment,
      etcd: undefined,
      replacements: [[String(cluster.server.server.securePort), '<port>']],
      reset: () => removeNew(etcd, atStart),
    }),
  });
});
