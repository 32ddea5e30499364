/** Pods of the test image, and what is asked of them, as a user with kubectl would. */
import type { Container, Event, Pod, PodSpec } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import type { Cluster } from '../harness/cluster.ts';
import { testImage } from './images.ts';

export const patience = { timeoutMillis: 90_000, intervalMillis: 300 };

/** @param script what its shell does */
export function shellContainer(script: string, more: Partial<Container> = {}): Container {
  const command = ['sh', '-c', script];
  return { name: 'main', image: testImage, imagePullPolicy: 'Never', command, ...more };
}

export const sleeping = 'trap "exit 0" TERM; while :; do sleep 1; done';

export function podOf(name: string, containers: readonly Container[], spec: Partial<PodSpec> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers, terminationGracePeriodSeconds: 1, ...spec },
  };
}

export const phaseIs = (cluster: Cluster, name: string, phase: string): Promise<Pod> =>
  eventually(
    `${name} is ${phase}`,
    async () => {
      const pod = await cluster.get<Pod>('pod', name);
      if (pod.status.phase === phase) return pod;
      throw new Error(JSON.stringify(pod.status));
    },
    patience,
  );

/** What a shell in the container says, on either output. */
export async function say(
  cluster: Cluster,
  pod: string,
  script: string,
  container = 'main',
): Promise<string> {
  const { stdout, stderr } = await cluster.tryKubectl([
    'exec',
    pod,
    '-c',
    container,
    '--',
    'sh',
    '-c',
    script,
  ]);
  return `${stdout}${stderr}`.trim();
}

/** `reason: message` of the events about an object. */
export async function eventsAbout(cluster: Cluster, name: string): Promise<readonly string[]> {
  const events = await cluster.list<Event>('events', '--all-namespaces');
  return events
    .filter((event) => event.involvedObject.name === name)
    .map((event) => `${event.reason}: ${event.message}`);
}

export const remove = (cluster: Cluster, ...names: readonly string[]) =>
  cluster.kubectl('delete', 'pod', ...names, '--ignore-not-found', '--now');
