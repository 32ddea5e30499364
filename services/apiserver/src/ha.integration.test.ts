/** Several apiservers on one etcd, and etcd members that die. */
import { describe, expect, test } from 'vitest';
import { eventually } from '@drydock/testing/eventually';
import { useTestServers } from './testing/use-server.ts';

const { etcd, clients } = useTestServers(2, { members: 3 });

const configMaps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const mergePatch = { 'content-type': 'application/merge-patch+json' };

describe('two apiservers', () => {
  test('a read through one sees every write through the other', async () => {
    const [one, two] = clients;
    for (let count = 0; count < 30; count += 1) {
      await one!.request('POST', configMaps, { body: configMap(`seen-${count}`) });
      const read = await two!.request('GET', `${configMaps}/seen-${count}`);
      expect(read.code).toBe(200);
    }
  });

  test('a watch through one sees every write through the other, in order', async () => {
    const [one, two] = clients;
    using watch = two!.watch(`${configMaps}?watch=true&labelSelector=order`);
    const labels = (value: number) => ({ metadata: { labels: { order: String(value) } } });
    await one!.request('POST', configMaps, { body: configMap('ordered') });
    for (let value = 1; value <= 20; value += 1) {
      const client = value % 2 === 0 ? one! : two!;
      await client.request('PATCH', `${configMaps}/ordered`, {
        body: labels(value),
        headers: mergePatch,
      });
    }
    await eventually('all changes', () => watch.lines.length >= 20);
    const seen = watch.lines.map(
      ({ object }) => (object.metadata as { labels?: Record<string, string> }).labels?.['order'],
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => String(index + 1)));
  });

  test('one name is given to one of many creators', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        clients[index % 2]!.request('POST', configMaps, { body: configMap('contested') }),
      ),
    );
    const codes = answers.map(({ code }) => code).sort((a, b) => a - b);
    expect(codes).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  test('no address and no node port is given out twice', async () => {
    const create = (index: number) =>
      clients[index % 2]!.request('POST', services, {
        body: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: `svc-${index}` },
          spec: { type: 'NodePort', ports: [{ port: 80 }] },
        },
      });
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => create(index)));
    expect(answers.map(({ code }) => code)).toEqual(Array<number>(24).fill(201));
    const specs = answers.map(
      (answer) =>
        answer.json<{ spec: { clusterIP: string; ports: { nodePort: number }[] } }>().spec,
    );
    expect(new Set(specs.map(({ clusterIP }) => clusterIP)).size).toBe(24);
    expect(new Set(specs.map(({ ports }) => ports[0]!.nodePort)).size).toBe(24);
    for (const { ports } of specs) expect(ports[0]!.nodePort).toBeGreaterThanOrEqual(30_000);

    const again = await clients[0]!.request('POST', services, {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'taken' },
        spec: { clusterIP: specs[0]!.clusterIP, ports: [{ port: 80 }] },
      },
    });
    expect(again.code).toBe(422);
    expect(again.json<{ message: string }>().message).toContain(
      `failed to allocate IP ${specs[0]!.clusterIP}: provided IP is already allocated`,
    );
    await clients[1]!.request('DELETE', `${services}/svc-0`);
    const free = await clients[0]!.request('POST', services, {
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'freed' },
        spec: { clusterIP: specs[0]!.clusterIP, ports: [{ port: 80 }] },
      },
    });
    expect(free.code).toBe(201);
  });

  test('the Service kubernetes has the first address and lists the apiservers', async () => {
    const service = await eventually('the Service', async () => {
      const answer = await clients[0]!.request('GET', `${services}/kubernetes`);
      return answer.code === 200 ? answer : undefined;
    });
    expect(service.json<{ spec: { clusterIP: string } }>().spec.clusterIP).toBe('10.96.0.1');
    const slice = await eventually('the EndpointSlice', async () => {
      const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
      const answer = await clients[1]!.request('GET', path);
      return answer.code === 200 ? answer : undefined;
    });
    expect(slice.json<{ endpoints: { addresses: string[] }[] }>().endpoints[0]!.addresses).toEqual([
      '127.0.0.1',
    ]);
  });
});

describe('etcd members that die', () => {
  test('one of three: reads, writes and watches go on', async () => {
    using watch = clients[0]!.watch(`${configMaps}?watch=true&labelSelector=app%3Dloss`);
    await etcd.kill(0);
    for (let count = 0; count < 10; count += 1) {
      const body = {
        ...configMap(`loss-${count}`),
        metadata: { name: `loss-${count}`, labels: { app: 'loss' } },
      };
      const answer = await clients[count % 2]!.request('POST', configMaps, { body });
      expect(answer.code, answer.text).toBe(201);
    }
    await eventually('all events', () => watch.lines.length >= 10);
    expect(watch.lines.map(({ object }) => object.metadata.name)).toEqual(
      Array.from({ length: 10 }, (_, count) => `loss-${count}`),
    );
    etcd.start(0);
  });

  test('two of three: refused in bounded time with a clear error, and whole again by itself', async () => {
    const client = clients[0]!;
    await etcd.kill(1);
    await etcd.kill(2);
    const start = performance.now();
    const [write, read, old] = await Promise.all([
      client.request('POST', configMaps, { body: configMap('refused') }),
      client.request('GET', `${configMaps}/loss-1`),
      client.request('GET', `${configMaps}?resourceVersion=0`),
    ]);
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(write.code).toBe(504);
    expect(write.json<{ reason: string; message: string }>()).toMatchObject({ reason: 'Timeout' });
    expect(write.json<{ message: string }>().message).toContain('etcdserver: request timed out');
    expect(write.headers['retry-after']).toBeUndefined();
    expect(read.code).toBe(504);
    expect(old.code).toBe(200);
    expect((await client.request('GET', '/livez')).text).toBe('ok');
    await eventually('not ready', async () =>
      (await client.request('GET', '/readyz')).text.includes(
        '[-]etcd failed: etcd has been silent',
      ),
    );
    etcd.start(1);
    const again = await eventually('writes go on', async () => {
      const answer = await client.request('POST', configMaps, { body: configMap('resumed') });
      return [201, 409].includes(answer.code) ? answer : undefined;
    });
    expect([201, 409]).toContain(again.code);
    etcd.start(2);
  });
});
