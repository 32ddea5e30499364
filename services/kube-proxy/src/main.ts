/** The kube-proxy process: informers in, nftables out. */
import { createApiClient, createInformer, resources } from '@drydock/client';
import { duration, list, path, runMain, text } from '@drydock/process';
import { createChannelSet, readTls } from '@drydock/rpc';
import { Histogram } from 'prom-client';
import { createNft } from './nft.ts';
import { createProxy } from './proxy.ts';

await runMain({
  name: 'kube-proxy',
  description: 'makes the addresses of services work on a node',
  flags: {
    'node-name': text({ help: 'name of the node' }),
    apiservers: list({ help: 'host:port of each apiserver’s gRPC' }),
    'tls-cert-file': path({ help: 'client certificate' }),
    'tls-private-key-file': path({ help: 'its private key' }),
    'ca-file': path({ help: 'CA of the cluster' }),
    'min-sync-period': duration({
      default: 1_000,
      help: 'least time between two changes of rules',
    }),
    'sync-period': duration({ default: 30_000, help: 'how often all rules are told again' }),
  },
  start: async ({ config, clock, random, log, metrics, health, signal, stack }) => {
    const tls = readTls({
      certFile: config['tls-cert-file'],
      keyFile: config['tls-private-key-file'],
      caFile: config['ca-file'],
    });
    const channels = stack.use(
      createChannelSet({ endpoints: config.apiservers, tls, clock, random }),
    );
    const powers = { api: createApiClient({ channels, clock, random }), clock, random, log };
    const services = createInformer({ resource: resources.services }, powers);
    const slices = createInformer({ resource: resources.endpointSlices }, powers);
    const nodes = createInformer({ resource: resources.nodes }, powers);
    const seconds = new Histogram({
      name: 'drydock_proxy_sync_seconds',
      help: 'time from deciding on rules to the kernel having them',
      labelNames: ['whole'],
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers: [metrics],
    });
    const proxy = createProxy(
      { minSyncMillis: config['min-sync-period'], syncMillis: config['sync-period'] },
      {
        clock,
        log,
        nft: createNft(),
        onSync: (sync) => seconds.observe({ whole: String(sync.whole) }, sync.seconds),
        input: () => ({
          nodeName: config['node-name'],
          services: services.store.list(),
          slices: slices.store.list(),
          nodes: nodes.store.list(),
        }),
      },
    );
    const wake = () => proxy.wake();
    for (const informer of [services, slices]) {
      informer.addHandler({ onAdd: wake, onUpdate: wake, onDelete: wake });
    }
    nodes.addHandler({
      onAdd: wake,
      onDelete: wake,
      onUpdate: (node, old) => {
        // Heartbeats change nothing here.
        if (node.spec.podCIDR !== old.spec.podCIDR) wake();
      },
    });
    const informers = [services, slices, nodes];
    for (const informer of informers) void informer.run(signal);
    health.addReadinessCheck('rules', () => proxy.problem);
    void Promise.all(informers.map((informer) => informer.synced(signal)))
      .then(() => proxy.run(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    await Promise.resolve();
  },
});
