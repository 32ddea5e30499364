/** The Docker runtime passes the suite of every runtime, on the machine's own engine. */
import { createDockerRuntime } from '@drydock/node-agent';
import { describeRuntime } from '@drydock/node-agent/conformance';
import { createSystemClock } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { afterAll, beforeAll } from 'vitest';
import {
  importSpareImage,
  importTestImages,
  removeLeftovers,
  testImage,
  testPauseImage,
} from './images.ts';

const cluster = `conformance-${process.pid}`;
const connect = () =>
  createDockerRuntime(
    {
      socketPath: '/var/run/docker.sock',
      node: { cluster, node: 'node-1', bootId: 'boot' },
      pauseImage: testPauseImage,
      nodeNetworkMode: 'none',
    },
    {
      clock: createSystemClock(),
      log: silentLogger,
      hostPath: (path) => path,
      network: { attach: () => Promise.resolve() },
    },
  );

const runtime = connect();

beforeAll(importTestImages);
afterAll(() => removeLeftovers(cluster));

describeRuntime({
  name: 'docker',
  runtime: () => runtime,
  image: testImage,
  real: { reconnect: connect, importImage: importSpareImage },
});
