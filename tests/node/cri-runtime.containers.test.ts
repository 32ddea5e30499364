/** The CRI runtime passes the suite of every runtime, on the distribution's containerd. */
import { join } from 'node:path';
import { createCriRuntime, type RuntimeService } from '@drydock/node-agent';
import { describeRuntime } from '@drydock/node-agent/conformance';
import { createSystemClock } from '@drydock/process';
import { silentLogger } from '@drydock/ports';
import { afterAll, beforeAll } from 'vitest';
import { criImage, startContainerd, type Containerd } from './containerd.ts';

let containerd: Containerd | undefined;
let runtime: RuntimeService;
const stop = new AbortController();

const connect = (): RuntimeService =>
  createCriRuntime(
    {
      endpoint: containerd!.endpoint,
      node: { cluster: 'conformance', node: 'node-1', bootId: 'boot' },
      podLogRoot: join(containerd!.folder, 'logs'),
      stateFolder: join(containerd!.folder, 'pods'),
    },
    { clock: createSystemClock(), log: silentLogger, signal: stop.signal },
  );

beforeAll(async () => {
  containerd = await startContainerd();
  runtime = connect();
});
afterAll(async () => {
  stop.abort();
  await containerd?.[Symbol.asyncDispose]();
});

describeRuntime({
  name: 'cri',
  runtime: () => runtime,
  image: criImage,
  real: { reconnect: connect, importImage: (name) => containerd!.importImage(name) },
});
