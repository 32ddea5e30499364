/** Statistics and kubelet's HTTP as an apiserver asks for them, of simulated nodes on one agent. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { silentLogger } from '@drydock/ports';
import { createSystemClock } from '@drydock/process';
import {
  nodeApi,
  type PortForwardInput,
  type PortForwardOutput,
  type StatsRequest,
  type StatsResponse,
} from '@drydock/proto/node';
import { channelCredentials, type Method, type RpcServer } from '@drydock/rpc';
import { createManualClock, type ManualClock } from '@drydock/testing/manual-clock';
import { createTestAuthority } from '@drydock/testing/certificates';
import { Client, Metadata } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulatedRuntime } from '../runtime/simulated/simulated-runtime.ts';
import { container, sandbox } from '../runtime/testing/configs.ts';
import { createStatsSampler, samplePeriodMillis } from '../stats/sampler.ts';
import { pod } from '../testing/builders.ts';
import { createNodeApi } from './node-api.ts';
import type { ServedNode } from './served.ts';
import { createStreamCounts } from './stream-counts.ts';

const samples = new AbortController();
const metrics = new Registry();
const clock: ManualClock = createManualClock();
let api: RpcServer;
let client: Client;

async function serveNode(name: string): Promise<ServedNode> {
  const runtime = createSimulatedRuntime({ bootId: 'boot' }, { clock });
  const config = sandbox({ 'simulation.drydock.dev/main': 'cpu=250m, memory=64Mi' });
  const status = await runtime.runPodSandbox(config);
  const id = await runtime.createContainer(status, container('demo:1', 'true'));
  await runtime.startContainer(id);
  const ownUsage = () => Promise.resolve(undefined);
  const sampler = createStatsSampler({ runtime, ownUsage, clock, log: silentLogger });
  void sampler.run(samples.signal);
  const found = pod(
    {},
    {
      metadata: { ...config.pod },
      status: {
        containerStatuses: [
          {
            name: 'main',
            ready: true,
            restartCount: 0,
            image: 'demo:1',
            imageID: '',
            containerID: `simulated://${id}`,
            state: { running: {} },
          },
        ],
      },
    },
  );
  return { name, runtime, pods: () => [found], usage: () => sampler.usage() };
}

beforeAll(async () => {
  const nodes = [await serveNode('node-1'), await serveNode('node-2')];
  await clock.advance(2 * samplePeriodMillis);
  const authority = await createTestAuthority('kubernetes');
  api = await createNodeApi(
    {
      host: '127.0.0.1',
      port: 0,
      tls: await authority.issue({ commonName: 'system:node:node-1', dnsNames: ['node-1'] }),
    },
    {
      nodes: new Map(nodes.map((node) => [node.name, node])),
      clock: createSystemClock(),
      log: silentLogger,
      metrics,
      streams: createStreamCounts(metrics),
    },
  );
  const tls = await authority.issue({ commonName: 'kube-apiserver-kubelet-client' });
  client = new Client(`127.0.0.1:${api.port}`, channelCredentials(tls), {
    'grpc.ssl_target_name_override': 'node-1',
  });
});
afterAll(async () => {
  samples.abort();
  client.close();
  await api[Symbol.asyncDispose]();
});

const method = <I, O>(definition: unknown) => definition as Method<I, O>;

function stats(node: string): Promise<StatsResponse> {
  const { path, requestSerialize, responseDeserialize } = method<StatsRequest, StatsResponse>(
    nodeApi.Stats,
  );
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { node },
      new Metadata(),
      (error, answer) => (error === null ? resolve(answer!) : reject(error)),
    );
  });
}

/** A socket on a call, as the apiserver makes one. */
async function connectHttp(node: string): Promise<Duplex> {
  const { path, requestSerialize, responseDeserialize } = method<
    Partial<PortForwardInput>,
    PortForwardOutput
  >(nodeApi.Http);
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  call.write({ start: { namespace: '', pod: '', port: 0, node } });
  const [connected] = (await once(call, 'data')) as [PortForwardOutput];
  expect(connected.connected).toBeTruthy();
  const duplex = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      call.write({ data: chunk });
      done();
    },
    final: (done) => {
      call.end();
      done();
    },
  });
  call.on('data', ({ data, dataEnd }: PortForwardOutput) => {
    if (data !== undefined) duplex.push(data);
    if (dataEnd === true) duplex.push(null);
  });
  call.on('error', () => undefined);
  return duplex;
}

async function get(path: string, node = 'node-1', verb = 'GET') {
  const socket = await connectHttp(node);
  const request = httpRequest({ createConnection: () => socket, path, method: verb });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return {
    code: response.statusCode,
    type: response.headers['content-type'],
    text: await text(response),
  };
}

describe('statistics', () => {
  it('are two samples of the node and of each container', async () => {
    const { node, containers } = await stats('node-2');
    expect(containers).toHaveLength(1);
    const [one] = containers;
    expect(one).toMatchObject({ namespace: 'conformance', container: 'main' });
    const { previous, last } = one!.samples!;
    expect(last!.time - previous!.time).toBe(samplePeriodMillis);
    expect(last!.cpuMicros - previous!.cpuMicros).toBe(samplePeriodMillis * 250);
    expect(node!.last!.workingSetBytes).toBe(64 * 1024 * 1024);
  });
  it('of a node that is not here are refused', async () => {
    await expect(stats('node-3')).rejects.toThrow('node "node-3" is none of this agent\'s');
  });
});

describe('the HTTP of a node', () => {
  it('is healthy, and tells of its own metrics', async () => {
    expect(await get('/healthz')).toMatchObject({ code: 200, text: 'ok' });
    expect((await get('/metrics')).text).toContain('node_agent_streams{kind="http"} 1');
  });
  it('tells of the pods of the node that was asked for', async () => {
    const { items } = JSON.parse((await get('/pods/', 'node-2')).text) as {
      items: { metadata: { namespace: string } }[];
    };
    expect(items).toHaveLength(1);
    expect(items[0]!.metadata.namespace).toBe('conformance');
  });
  it('has the statistics in kubelet’s two forms', async () => {
    const summary = JSON.parse((await get('/stats/summary')).text) as {
      node: { nodeName: string };
      pods: { containers: { name: string; cpu: { usageNanoCores: number } }[] }[];
    };
    expect(summary.node.nodeName).toBe('node-1');
    expect(summary.pods[0]!.containers[0]).toMatchObject({
      name: 'main',
      cpu: { usageNanoCores: 250_000_000 },
    });
    const resource = await get('/metrics/resource');
    expect(resource.text).toMatch(
      /^container_memory_working_set_bytes\{container="main",namespace="conformance",pod="pod-\d+"\} 67108864 \d+$/m,
    );
    expect(resource.text).toContain('resource_scrape_error 0');
  });
  it('has the logs of containers', async () => {
    const { items } = JSON.parse((await get('/pods')).text) as {
      items: { metadata: { name: string } }[];
    };
    const { name } = items[0]!.metadata;
    const logs = await get(`/containerLogs/conformance/${name}/main?tailLines=1`);
    expect(logs).toMatchObject({ code: 200, text: 'started main attempt 0\n' });
    expect(await get(`/containerLogs/conformance/${name}/other`)).toMatchObject({
      code: 400,
      text: `container other is not valid for pod ${name}`,
    });
    expect((await get('/containerLogs/conformance/nobody/main')).code).toBe(404);
  });
  it('has nothing else', async () => {
    expect(await get('/exec/a/b/c')).toMatchObject({ code: 404, text: '404 page not found\n' });
    expect((await get('/healthz', 'node-1', 'POST')).code).toBe(405);
  });
});
