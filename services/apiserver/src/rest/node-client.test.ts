import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import type { Node } from '@drydock/api';
import { nodeApi } from '@drydock/proto/node';
import { createTestAuthority } from '@drydock/testing/certificates';
import { connectivityState, Metadata } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { createNodeDialer } from './node-client.ts';

const connectTimeoutMillis = 100;

/** A node whose agent accepts connections and never says a word. */
async function silentNode() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1' },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  };
  const authority = await createTestAuthority('kubernetes');
  const dial = createNodeDialer({
    registry: { get: () => Promise.resolve({ parse: () => node } as never) },
    tls: await authority.issue({ commonName: 'kube-apiserver-kubelet-client' }),
    connectTimeoutMillis,
  });
  return {
    dial,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a client that waits before its first call, as port-forward does, can still make it', async () => {
  using place = await silentNode();
  using node = await place.dial('node-1');
  await pass(connectTimeoutMillis * 2);
  expect(node.client.getChannel().getConnectivityState(false)).not.toBe(connectivityState.SHUTDOWN);
});

test('a call that gets no connection is given up, and the next begins anew', async () => {
  using place = await silentNode();
  using node = await place.dial('node-1');
  for (let count = 0; count < 2; count++) {
    const { path, requestSerialize, responseDeserialize } = nodeApi.Exec;
    const call = node.client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      new Metadata(),
    );
    const [error] = (await once(call, 'error')) as [Error];
    expect(node.reasonOf(error)).toBe('no connection within 0.1 s');
  }
});
