import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createHealthServer } from './health.ts';

test('readiness fails with its reason while liveness holds', async () => {
  await using health = await createHealthServer({ port: 0, metrics: new Registry() });
  let reason: string | undefined = 'no leader';
  health.addReadinessCheck('etcd', () => reason);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  expect(await get('/livez')).toEqual({ status: 200, text: 'ok' });
  expect(await get('/readyz')).toEqual({
    status: 503,
    text: '[+]ping ok\n[-]etcd failed: no leader\nreadyz check failed\n',
  });
  reason = undefined;
  expect(await get('/readyz')).toEqual({ status: 200, text: 'ok' });
  expect((await get('/nowhere')).status).toBe(404);
});
