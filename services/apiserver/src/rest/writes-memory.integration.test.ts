/**
 * Memory does not grow with the number of writes. What they leave is bounded: the history of a kind, which is
 * filled first. What was remembered of one write goes with it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { useTestServer } from '../testing/use-server.ts';

const { admin } = useTestServer({ etcd: { server: 'ours' } });

const configMaps = '/api/v1/namespaces/default/configmaps';
/** Large enough for a history (24 MB, cacher/resource-cache.ts) to be full after the first round. */
const padding = 'x'.repeat(120_000);
const changesToFill = 230;
const changesMeasured = 120;
const workers = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let made = 0;

/** Every way to write an object, from its beginning to its end. */
async function liveAndDie(): Promise<number> {
  made += 1;
  const path = `${configMaps}/object-${made}`;
  const metadata = { name: `object-${made}` };
  const merge = { 'content-type': 'application/merge-patch+json' };
  const apply = { 'content-type': 'application/apply-patch+yaml' };
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { owned: 'yes' } };
  const steps = [
    ['POST', configMaps, { body: { metadata, data: { a: '1', padding } } }],
    ['PUT', path, { body: { metadata, data: { a: '2', padding } } }],
    ['PATCH', path, { body: { data: { b: '3' } }, headers: merge }],
    ['PATCH', `${path}?fieldManager=test`, { body: applied, headers: apply }],
    ['DELETE', path, {}],
  ] as const;
  for (const [method, place, options] of steps) {
    const { code, text } = await admin.request(method, place, options);
    expect(code, text).toBeLessThan(300);
  }
  return steps.length;
}

async function write(count: number): Promise<void> {
  let left = count;
  const work = async () => {
    while (left > 0) left -= await liveAndDie();
  };
  await Promise.all(Array.from({ length: workers }, work));
}

test('memory does not grow with the number of writes', { timeout: 600_000 }, async () => {
  await write(changesToFill);
  const before = memoryBytes();
  await write(changesMeasured);
  // What were kept of a change would be its 120 kB.
  expect((memoryBytes() - before) / changesMeasured).toBeLessThan(4_000);
});
