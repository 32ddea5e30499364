import { expect, test } from 'vitest';
import { startTestEtcd } from '../testing/etcd.ts';
import { startKubectl } from '../testing/kubectl.ts';
import { startTestServer } from '../testing/server.ts';

test('kubectl get componentstatuses shows the parts, and that there is a better way', async () => {
  await using etcd = await startTestEtcd(1);
  await using server = await startTestServer(etcd);
  using client = await startKubectl(server);
  const { code, out, err } = await client.run(['get', 'cs']);
  expect(code).toBe(0);
  expect(out).toMatch(/^NAME +STATUS +MESSAGE +ERROR\nscheduler +Unhealthy +nobody leads: .+\n/);
  expect(out).toMatch(/\netcd-0 +Healthy +ok *\n$/);
  expect(err).toBe('Warning: v1 ComponentStatus is deprecated in v1.19+\n');
  expect((await client.run(['get', 'componentstatus', 'etcd-0', '-o', 'name'])).out).toBe(
    'componentstatus/etcd-0\n',
  );
});
