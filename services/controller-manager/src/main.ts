/** The controller manager as a process: see README.md. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createApiClient } from '@drydock/client';
import { runMain } from '@drydock/process';
import { createChannelSet, readTls } from '@drydock/rpc';
import { flags } from './config.ts';
import { createManager } from './manager.ts';

await runMain({
  name: 'controller-manager',
  description: 'moves the cluster from what is to what is asked for',
  flags,
  start: async ({ config, clock, random, log, metrics, health, signal, stack }) => {
    const tls = readTls({
      certFile: config['tls-cert-file'],
      keyFile: config['tls-private-key-file'],
      caFile: config['ca-file'],
    });
    const channels = stack.use(
      createChannelSet({ endpoints: config.apiservers, tls, clock, random }),
    );
    const api = createApiClient({ channels, clock, random });
    const rootCa = readFileSync(config['root-ca-file'] ?? config['ca-file'], 'utf8');
    const identity = config['leader-elect-identity'] || `${hostname()}_${randomUUID()}`;
    const manager = createManager(
      {
        controllerOptions: { ...config, rootCa },
        controllers: config.controllers,
        election: config['leader-elect']
          ? {
              identity,
              leaseDurationMillis: config['leader-elect-lease-duration'],
              renewDeadlineMillis: config['leader-elect-renew-deadline'],
              retryPeriodMillis: config['leader-elect-retry-period'],
            }
          : undefined,
      },
      { api, clock, random, log, metrics },
    );
    health.addReadinessCheck('informers', () => manager.notReady());
    const stop = new AbortController();
    // What fails here is an unhandled rejection, which ends the process: another one takes over.
    const running = manager.run(AbortSignal.any([signal, stop.signal]));
    stack.defer(async () => {
      stop.abort();
      await running;
    });
    await Promise.resolve();
  },
});
