import { createManualClock } from '@drydock/testing/manual-clock';
import type { Event, ObjectReference } from '@drydock/api';
import { expect, test } from 'vitest';
import { createEventRecorder, type EventInput } from './events.ts';
import { resources } from './resources.ts';
import { createMemoryCluster } from './testing/mod.ts';

const pod: ObjectReference = {
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: 'default',
  name: 'web',
  uid: 'u1',
};
const failed = (message: string): EventInput => ({
  type: 'Warning',
  reason: 'FailedScheduling',
  message,
});

function start() {
  const cluster = createMemoryCluster(createManualClock());
  const recorder = createEventRecorder({ component: 'default-scheduler' }, cluster);
  const events = async (): Promise<Event[]> => (await cluster.api.list(resources.events)).items;
  return { ...cluster, recorder, events };
}

test('an event names its object, source, reason and time', async () => {
  const { recorder, events } = start();
  recorder.record(pod, failed('0/1 nodes are available'));
  await recorder.flushed();
  const [event] = await events();
  expect(event).toMatchObject({
    metadata: {
      namespace: 'default',
      name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) as string,
    },
    involvedObject: pod,
    reason: 'FailedScheduling',
    message: '0/1 nodes are available',
    type: 'Warning',
    count: 1,
    source: { component: 'default-scheduler' },
    firstTimestamp: '2025-01-01T00:00:00Z',
    lastTimestamp: '2025-01-01T00:00:00Z',
  });
});

test('the same event again counts up one object', async () => {
  const { recorder, events, clock } = start();
  for (let round = 0; round < 4; round++) {
    recorder.record(pod, failed('same'));
    await clock.advance(1_000);
  }
  const all = await events();
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ count: 4, lastTimestamp: '2025-01-01T00:00:03Z' });
});

test('events of one key that come at once are written in order', async () => {
  const { recorder, events } = start();
  for (let round = 0; round < 5; round++) recorder.record(pod, failed('same'));
  await recorder.flushed();
  expect((await events()).map((event) => event.count)).toEqual([5]);
});

test('many messages of one reason are combined, and a flood is cut off', async () => {
  const { recorder, events, clock } = start();
  for (let round = 0; round < 15; round++) {
    recorder.record(pod, failed(`message ${round}`));
    await clock.advance(1_000);
  }
  const messages = (await events()).map((event) => event.message);
  expect(messages).toHaveLength(10);
  expect(messages.at(-1)).toBe('(combined from similar events): message 14');
  for (let round = 0; round < 40; round++) recorder.record(pod, failed('flood'));
  await recorder.flushed();
  const total = (await events()).reduce((sum, event) => sum + event.count!, 0);
  expect(total).toBe(25);
});

test('an event that has expired is written anew', async () => {
  const { recorder, events, store } = start();
  recorder.record(pod, failed('same'));
  await recorder.flushed();
  const { metadata } = (await events())[0]!;
  const reference = { group: '', version: 'v1', resource: 'events', subresource: '' };
  store.delete({ ...reference, namespace: 'default', name: metadata.name }, {});
  recorder.record(pod, failed('same'));
  await recorder.flushed();
  expect((await events()).map((event) => event.count)).toEqual([2]);
});

test('recording survives servers that are down, and gives up in the end', async () => {
  const { recorder, events, servers, clock } = start();
  for (const server of servers) server.stop();
  recorder.record(pod, failed('unseen'));
  await clock.advance(60_000);
  await recorder.flushed();
  for (const server of servers) server.start();
  recorder.record(pod, failed('seen'));
  await recorder.flushed();
  expect((await events()).map((event) => event.message)).toEqual(['seen']);
});
