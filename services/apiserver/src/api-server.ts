/** Puts the parts together: storage, cache, registry, and the two doors to it. */
import { findResource, kinds, type Service } from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import { createChannelSet, createRpcServer, type TlsMaterial } from '@drydock/rpc';
import type { Registry as MetricsRegistry } from 'prom-client';
import { runMasterService, withdraw } from './bootstrap/master-service.ts';
import { ensureNamespaces } from './bootstrap/namespaces.ts';
import { createCacher } from './cacher/cacher.ts';
import { createObjectApi } from './grpc/object-api.ts';
import { createInFlight } from './in-flight.ts';
import { createRequestMetrics, registerGauges } from './metrics.ts';
import { createRegistry, type Registry } from './registry/registry.ts';
import { createServiceAddresses } from './registry/services/addresses.ts';
import type { AddressRange } from './registry/services/range.ts';
import { createStore } from './registry/store.ts';
import { createLogHandler } from './rest/log-handler.ts';
import { createMetaHandler, type Check } from './rest/meta-handler.ts';
import { createResourceHandler } from './rest/resource-handler.ts';
import { createRestServer } from './rest/server.ts';
import type { Transport } from './rest/transport.ts';
import { createSubresourceHandler } from './rest/subresource-handler.ts';
import { runCompactor } from './storage/compactor.ts';
import { createEtcdClient } from './storage/etcd-client.ts';
import { createEventLeases } from './storage/event-leases.ts';
import { runFeed } from './storage/feed.ts';

export interface ApiServerOptions {
  readonly bindAddress: string;
  /** 0 picks a free one, for both ports. */
  readonly securePort: number;
  readonly grpcPort: number;
  readonly advertiseAddress: string | undefined;
  /** host:port each. */
  readonly etcdEndpoints: readonly string[];
  readonly etcdTls: TlsMaterial | undefined;
  /** The server's certificate, and the authority of its clients. */
  readonly tls: TlsMaterial;
  /** What node-agents know this server by. */
  readonly kubeletTls: TlsMaterial | undefined;
  readonly serviceIPs: AddressRange;
  readonly nodePorts: AddressRange;
  readonly eventTtlMillis: Millis;
  readonly requestTimeoutMillis: Millis;
  readonly readsInFlightMax: number;
  readonly writesInFlightMax: number;
}

export interface ApiServerPowers {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
}

export interface ApiServer extends AsyncDisposable {
  readonly securePort: number;
  readonly grpcPort: number;
  readonly livenessChecks: ReadonlyMap<string, Check>;
  readonly readinessChecks: ReadonlyMap<string, Check>;
}

const watchMillisMin: Millis = 1_800_000;
const bootstrapRetryMillis: Millis = 500;
/** Longer than it takes to leave a silent member for another. */
const etcdSilenceMillisMax: Millis = 10_000;
const withdrawMillisMax: Millis = 1_000;

/** Listens at once; answers with errors until etcd is reached. */
export async function createApiServer(
  powers: ApiServerPowers,
  options: ApiServerOptions,
): Promise<ApiServer> {
  const { clock, random, log } = powers;
  await using stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const channels = stack.use(
    createChannelSet({
      endpoints: options.etcdEndpoints,
      ...(options.etcdTls === undefined ? {} : { tls: options.etcdTls }),
      clock,
      random,
    }),
  );
  const etcd = createEtcdClient({ channels, clock });
  const cacher = stack.use(createCacher({ kinds, etcd, clock, log }));
  const store = createStore({ etcd, cacher });
  const servicesKind = findResource('', 'services')!;
  const addresses = createServiceAddresses({
    etcd,
    random,
    ips: options.serviceIPs,
    ports: options.nodePorts,
    services: function* () {
      const selection = { namespace: '', name: undefined, isNarrow: false, matches: () => true };
      for (const one of cacher.of(servicesKind).select(selection)) yield one.parse<Service>();
    },
  });
  const eventLeases = createEventLeases({ etcd, clock, ttlMillis: options.eventTtlMillis });
  const registry = createRegistry({ store, etcd, cacher, clock, random, addresses, eventLeases });

  const inFlight = createInFlight({
    read: options.readsInFlightMax,
    write: options.writesInFlightMax,
  });
  const metrics = createRequestMetrics(powers.metrics);
  registerGauges(powers.metrics, { cacher, inFlight, kinds });

  const livenessChecks = new Map<string, Check>([['ping', () => undefined]]);
  let heardAt = clock.now();
  const etcdSilence = () => {
    const seconds = Math.round((clock.now() - heardAt) / 1_000);
    return seconds * 1_000 <= etcdSilenceMillisMax
      ? undefined
      : `etcd has been silent for ${seconds} s`;
  };
  const cacheGap = () =>
    cacher.isFilled ? undefined : 'the cache is not filled: etcd was not reached';
  const readinessChecks = new Map<string, Check>([
    ['informer-sync', cacheGap],
    ['etcd', etcdSilence],
  ]);
  const handleLog = createLogHandler({ registry, tls: options.kubeletTls });
  const rest: Transport = stack.use(
    await createRestServer({
      host: options.bindAddress,
      port: options.securePort,
      tls: options.tls,
      clock,
      log,
      inFlight,
      metrics,
      requestTimeoutMillis: options.requestTimeoutMillis,
      handleMeta: createMetaHandler({
        serverAddress: () => `${options.advertiseAddress ?? 'localhost'}:${rest.port}`,
        livenessChecks,
        readinessChecks,
        metrics: powers.metrics,
      }),
      handleResource: createResourceHandler({
        registry,
        clock,
        random,
        watchMillisMin,
        handleSubresource: createSubresourceHandler({ registry, clock, handleLog }),
      }),
    }),
  );
  const grpc = stack.use(
    await createRpcServer(
      { host: options.bindAddress, port: options.grpcPort, tls: options.tls, log, clock },
      [createObjectApi({ registry, clock, log, inFlight, metrics })],
    ),
  );

  const masterService = {
    etcd,
    registry,
    clock,
    log,
    advertiseAddress: options.advertiseAddress,
    port: rest.port,
    serviceAddress: options.serviceIPs.valueAt(0),
  };
  const background = [
    runFeed(
      {
        etcd,
        clock,
        log,
        sink: cacher,
        onHeard: () => {
          heardAt = clock.now();
        },
      },
      stop.signal,
    ),
    runCompactor({ etcd, clock, log }, stop.signal),
    bootstrap({ registry, clock, log }, stop.signal).then(() =>
      stop.signal.aborted ? undefined : runMasterService(masterService, stop.signal),
    ),
  ];
  stack.defer(async () => {
    stop.abort(new Error('the apiserver stops'));
    await Promise.race([Promise.all(background), clock.sleep(withdrawMillisMax)]);
    // Without a quorum the list cannot be changed; the lease ends by itself.
    await Promise.race([withdraw(masterService), clock.sleep(withdrawMillisMax)]).catch(
      () => undefined,
    );
  });
  // Watches would hold the doors open: they end first, and their clients go to the other apiserver.
  stack.defer(() => cacher[Symbol.dispose]());

  const running = stack.move();
  return {
    securePort: rest.port,
    grpcPort: grpc.port,
    livenessChecks,
    readinessChecks,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function bootstrap(
  { registry, clock, log }: { registry: Registry; clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ensureNamespaces(registry);
      return;
    } catch (error) {
      log.warn({ err: error }, 'cannot make the system namespaces yet; trying again');
      await clock.sleep(bootstrapRetryMillis, { signal }).catch(() => undefined);
    }
  }
}
