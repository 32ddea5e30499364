import { resources } from '@drydock/client';
import { createMemoryCluster } from '@drydock/client/testing';
import { createManualClock } from '@drydock/testing/manual-clock';
import { expect, test } from 'vitest';
import { fenceWrites, NotLeadingError } from './fence.ts';

test('without the right to write, reads pass and no write leaves', async () => {
  const { api, servers } = createMemoryCluster(createManualClock());
  let mayWrite = true;
  const fenced = fenceWrites(api, () => mayWrite);
  const metadata = { namespace: 'default', name: 'a' };
  const created = await fenced.create(resources.configMaps, { metadata, data: {} });
  mayWrite = false;
  const before = servers.flatMap((server) => server.calls).length;
  const patch = { type: 'merge', value: {} } as const;
  for (const write of [
    () => fenced.create(resources.configMaps, { metadata }),
    () => fenced.update(resources.configMaps, created),
    () => fenced.updateStatus(resources.configMaps, created),
    () => fenced.patch(resources.configMaps, metadata, patch),
    () => fenced.delete(resources.configMaps, metadata),
  ]) {
    await expect(write()).rejects.toThrow(NotLeadingError);
  }
  expect(servers.flatMap((server) => server.calls)).toHaveLength(before);
  expect((await fenced.get(resources.configMaps, metadata)).metadata.name).toBe('a');
});
