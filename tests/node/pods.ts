/** Small pods for tests, and how to wait for what people would see of them. */
import type { Event, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import type { Cluster } from '../harness/cluster.ts';
import { testImage } from './images.ts';

const patience = { timeoutMillis: 90_000, intervalMillis: 300 };

/** A container of busybox that runs the script as its first process. */
export function shell(script: string, more: object = {}): object {
  const command = ['sh', '-c', script];
  return { name: 'main', image: testImage, imagePullPolicy: 'Never', command, ...more };
}

/** Applies the pods, all at once, and deletes them when `use` is over. */
export async function withPods(
  cluster: Cluster,
  specs: Readonly<Record<string, object>>,
  use: () => Promise<void>,
): Promise<void> {
  const items = Object.entries(specs).map(([name, spec]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, ...spec },
  }));
  await cluster.apply({ apiVersion: 'v1', kind: 'List', items });
  try {
    await use();
  } finally {
    await cluster.kubectl('delete', 'pod', ...Object.keys(specs), '--ignore-not-found');
  }
}

/** The pod, once it is so. */
export async function podThat(
  cluster: Cluster,
  name: string,
  what: string,
  isSo: (pod: Pod) => boolean | undefined,
): Promise<Pod> {
  return eventually(
    `${name} ${what}`,
    async () => {
      const pod = await cluster.get<Pod>('pod', name);
      if (isSo(pod) === true) return pod;
      throw new Error(JSON.stringify(pod.status, undefined, 1));
    },
    patience,
  );
}

export function inPhase(cluster: Cluster, name: string, phase: string): Promise<Pod> {
  return podThat(cluster, name, `is ${phase}`, (pod) => pod.status.phase === phase);
}

/** Of the pod's container: how it is, or how it was before that. */
export function endOf(pod: Pod, container = 'main') {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status;
  const status = [...initContainerStatuses, ...containerStatuses].find(
    (one) => one.name === container,
  );
  return status?.state?.terminated ?? status?.lastState?.terminated;
}

/** `Reason: message` of the events about a pod, once they are there. */
export async function eventsOf(
  cluster: Cluster,
  name: string,
  wanted: readonly (string | RegExp)[],
): Promise<void> {
  const isTold = (told: readonly string[], one: string | RegExp) =>
    told.some((text) => (typeof one === 'string' ? text === one : one.test(text)));
  await eventually(
    `events of ${name}`,
    async () => {
      const selector = `--field-selector=involvedObject.name=${name}`;
      const events = await cluster.list<Event>('events', selector);
      const told = events.map(({ reason, message }) => `${reason}: ${message}`);
      const missing = wanted.filter((one) => !isTold(told, one));
      if (missing.length === 0) return true;
      throw new Error(`missing: ${missing.join('; ')}\ntold:\n${told.join('\n')}`);
    },
    patience,
  );
}
