import { isAlreadyExists, resources, type ApiClient } from '@drydock/client';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { nodeNamed } from './testing/objects.ts';
import { startProcesses, type Processes, type RunningProcess } from './testing/processes.ts';

/** Leases of 15 s last 3 s. */
const timeScale = 0.2;
let processes: Processes;
let api: ApiClient;
let schedulers: [RunningProcess, RunningProcess];

beforeAll(async () => {
  processes = await startProcesses({ timeScale });
  api = processes.api;
  for (const name of ['n1', 'n2', 'n3']) {
    const { spec, status, metadata } = nodeNamed(name);
    const created = await api.create(resources.nodes, { metadata, spec });
    const node = await api.updateStatus(resources.nodes, { ...created, status });
    // Admission taints a new node; the node lifecycle controller takes that away once it is ready.
    await api.update(resources.nodes, { ...node, spec: { ...node.spec, taints: [] } });
  }
  schedulers = [await processes.startScheduler('a'), await processes.startScheduler('b')];
});
afterAll(() => processes?.[Symbol.asyncDispose]());

const tellOutput = () =>
  onTestFailed(() => {
    for (const one of [...schedulers, ...processes.apiservers]) {
      process.stderr.write(`${one.name}:\n${one.output.slice(-3_000)}\n`);
    }
  });

const createPod = (name: string, requests: Record<string, string> = {}) =>
  api.create(resources.pods, {
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'demo:1', resources: { requests } }] },
  });
/** For when an API server is down: a create that got no answer is asked again. */
const createPodSurely = (name: string) =>
  eventually(`${name} is made`, async () => {
    await createPod(name).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
    return true;
  });
const getPod = (name: string) => api.get(resources.pods, { namespace: 'default', name });
const assigned = (name: string) =>
  eventually(`${name} has a node`, async () => (await getPod(name)).spec.nodeName);

async function isLeading(one: RunningProcess): Promise<boolean> {
  const text = await (await fetch(`http://127.0.0.1:${one.healthPort}/metrics`)).text();
  return /^leader_election_master_status\{.*\} 1$/m.test(text);
}

/** The scheduler that holds the lease, and the one that does not. */
async function roles() {
  return eventually('one scheduler leads', async () => {
    const leading = await Promise.all(schedulers.map(isLeading));
    if (leading[0] === leading[1]) return undefined;
    const [first, second] = schedulers;
    return leading[0] ? { leader: first, standby: second } : { leader: second, standby: first };
  });
}

test('pods are bound through the API server, with condition and event', async () => {
  tellOutput();
  await createPod('web');
  await assigned('web');
  const pod = await getPod('web');
  expect(pod.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'PodScheduled', status: 'True' }),
  );
  const message = `Successfully assigned default/web to ${pod.spec.nodeName}`;
  await eventually('the event is written', async () => {
    const { items } = await api.list(resources.events, { namespace: 'default' });
    return items.some((event) => event.reason === 'Scheduled' && event.message === message);
  });
});

test('a pod without a place says why in its condition', async () => {
  tellOutput();
  await createPod('huge', { cpu: '64' });
  const message =
    '0/3 nodes are available: 3 Insufficient cpu. preemption: ' +
    '0/3 nodes are available: 3 No preemption victims found for incoming pod.';
  const condition = await eventually('the condition is written', async () =>
    (await getPod('huge')).status?.conditions?.find(({ status }) => status === 'False'),
  );
  expect(condition).toMatchObject({ type: 'PodScheduled', reason: 'Unschedulable', message });
});

test('a leader that was paused finds on waking that another one leads', async () => {
  tellOutput();
  const { leader, standby } = await roles();
  leader.pause();
  await createPod('during-pause');
  await assigned('during-pause');
  leader.resume();
  await eventually('the paused one has stepped down', async () => !(await isLeading(leader)));
  await eventually('the other one leads', () => isLeading(standby));
  await createPod('after-pause');
  await assigned('after-pause');
});

test('when the leading scheduler is killed the other one schedules within the lease', async () => {
  tellOutput();
  const { leader, standby } = await roles();
  const killedAt = performance.now();
  await leader.kill();
  await createPod('after-kill');
  await assigned('after-kill');
  // The lease's 15 s, a retry period of 2 s to 4.4 s, and a moment to start.
  expect(performance.now() - killedAt).toBeLessThan((15_000 + 4_400) * timeScale + 5_000);
  expect((await fetch(`http://127.0.0.1:${standby.healthPort}/readyz`)).ok).toBe(true);
  // The lease names the process, so that people see which one leads.
  const lease = { namespace: 'kube-system', name: 'kube-scheduler' };
  const { spec } = await api.get(resources.leases, lease);
  expect(spec?.holderIdentity).toBe(standby.name);
  expect(spec?.leaseTransitions).toBeGreaterThanOrEqual(2);
});

test('scheduling goes on when an API server is paused: its connections are left', async () => {
  tellOutput();
  const [first] = processes.apiservers;
  first!.pause();
  await createPodSurely('during-apiserver-pause');
  // A connection without a sign of life is given up after 15 s.
  await assigned('during-apiserver-pause');
  first!.resume();
});

test('scheduling goes on when an API server is killed', async () => {
  tellOutput();
  await processes.apiservers[0]!.kill();
  await createPodSurely('after-apiserver');
  await assigned('after-apiserver');
});
