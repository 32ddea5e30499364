/** Puts the parts together: storage, cache, registry, and the two doors to it. */
import { findResource, kinds, type Service } from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import { createChannelSet, createRpcServer, type RpcServer, type TlsMaterial } from '@drydock/rpc';
import type { Registry as MetricsRegistry } from 'prom-client';
import { runMasterService, withdraw } from './bootstrap/master-service.ts';
import { ensureNamespaces } from './bootstrap/namespaces.ts';
import { createCacher, type Cacher } from './cacher/cacher.ts';
import { createSelection } from './cacher/selection.ts';
import { createObjectApi } from './grpc/object-api.ts';
import { createInFlight } from './in-flight.ts';
import { createRequestMetrics, createStreamCounts, registerGauges } from './metrics.ts';
import { createRegistry, type Registry } from './registry/registry.ts';
import { createServiceAddresses } from './registry/services/addresses.ts';
import type { AddressRange } from './registry/services/range.ts';
import { createStore } from './registry/store.ts';
import { createLogHandler } from './rest/log-handler.ts';
import { createMetaHandler, type Check } from './rest/meta-handler.ts';
import { createNodeDialer } from './rest/node-client.ts';
import { createResourceHandler } from './rest/resource-handler.ts';
import { createRestServer } from './rest/server.ts';
import { createStreamHandler } from './rest/streams/stream-handler.ts';
import type { Transport } from './rest/transport.ts';
import { createSubresourceHandler } from './rest/subresource-handler.ts';
import { runCompactor } from './storage/compactor.ts';
import { createEtcdClient, type EtcdClient } from './storage/etcd-client.ts';
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
const goodbyeMillisMax: Millis = 1_000;

/** Listens at once; answers with errors until etcd is reached. */
export async function createApiServer(
  powers: ApiServerPowers,
  options: ApiServerOptions,
): Promise<ApiServer> {
  await using stack = new AsyncDisposableStack();
  const core = createCore(powers, options, stack);
  const checks = createChecks(powers.clock, core);
  const doors = await openDoors(powers, options, { core, checks, stack });
  const stop = startBackground(powers, { core, checks, port: doors.rest.port, options });
  stack.defer(stop);
  // Watches would hold the doors open: they end first, and their clients go to the other apiserver.
  stack.defer(() => core.cacher[Symbol.dispose]());
  const running = stack.move();
  return {
    securePort: doors.rest.port,
    grpcPort: doors.grpc.port,
    livenessChecks: checks.liveness,
    readinessChecks: checks.readiness,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** etcd, the cache of it, and the registry on top. */
interface Core {
  readonly etcd: EtcdClient;
  readonly cacher: Cacher;
  readonly registry: Registry;
}

function createCore(
  { clock, random, log }: ApiServerPowers,
  options: ApiServerOptions,
  stack: AsyncDisposableStack,
): Core {
  const channels = stack.use(
    createChannelSet({
      endpoints: options.etcdEndpoints,
      tls: options.etcdTls,
      pingsIdle: false,
      clock,
      random,
    }),
  );
  const etcd = createEtcdClient({ channels, clock });
  const cacher = stack.use(createCacher({ kinds, etcd, clock, log }));
  const servicesKind = findResource('', 'services')!;
  const everything = createSelection(servicesKind, { namespace: '' });
  const addresses = createServiceAddresses({
    etcd,
    random,
    ips: options.serviceIPs,
    ports: options.nodePorts,
    services: () =>
      Array.from(cacher.of(servicesKind).select(everything), (one) => one.parse<Service>()),
  });
  const store = createStore({ etcd, cacher });
  const eventLeases = createEventLeases({ etcd, clock, ttlMillis: options.eventTtlMillis });
  const registry = createRegistry({ store, etcd, cacher, clock, random, addresses, eventLeases });
  return { etcd, cacher, registry };
}

interface Checks {
  readonly liveness: ReadonlyMap<string, Check>;
  readonly readiness: ReadonlyMap<string, Check>;
  /** A member of etcd has given a sign of life. */
  readonly onEtcdHeard: () => void;
}

function createChecks(clock: Clock, { cacher }: Core): Checks {
  let heardAt = clock.now();
  const etcdSilence = () => {
    const millis = clock.now() - heardAt;
    if (millis <= etcdSilenceMillisMax) return undefined;
    return `etcd has been silent for ${Math.round(millis / 1_000)} s`;
  };
  const cacheGap = () =>
    cacher.isFilled ? undefined : 'the cache is not filled: etcd was not reached';
  return {
    liveness: new Map([['ping', () => undefined]]),
    readiness: new Map([
      ['informer-sync', cacheGap],
      ['etcd', etcdSilence],
    ]),
    onEtcdHeard: () => {
      heardAt = clock.now();
    },
  };
}

/** HTTPS and gRPC, on the same registry. */
async function openDoors(
  powers: ApiServerPowers,
  options: ApiServerOptions,
  { core, checks, stack }: { core: Core; checks: Checks; stack: AsyncDisposableStack },
): Promise<{ rest: Transport; grpc: RpcServer }> {
  const { clock, random, log } = powers;
  const { registry, cacher } = core;
  const host = options.bindAddress;
  const inFlight = createInFlight({
    read: options.readsInFlightMax,
    write: options.writesInFlightMax,
  });
  const metrics = createRequestMetrics(powers.metrics);
  registerGauges(powers.metrics, { cacher, inFlight, kinds });
  const dialNode = createNodeDialer({ registry, tls: options.kubeletTls });
  const handleLog = createLogHandler({ registry, dialNode });
  const streams = createStreamCounts(powers.metrics);
  const handleStream = createStreamHandler({ registry, dialNode, streams, log });
  const rest: Transport = stack.use(
    await createRestServer({
      host,
      port: options.securePort,
      tls: options.tls,
      clock,
      log,
      inFlight,
      metrics,
      requestTimeoutMillis: options.requestTimeoutMillis,
      handleMeta: createMetaHandler({
        serverAddress: () => `${options.advertiseAddress ?? 'localhost'}:${rest.port}`,
        livenessChecks: checks.liveness,
        readinessChecks: checks.readiness,
        metrics: powers.metrics,
      }),
      handleResource: createResourceHandler({
        registry,
        clock,
        random,
        watchMillisMin,
        handleSubresource: createSubresourceHandler({ registry, clock, handleLog, handleStream }),
      }),
    }),
  );
  const objectApi = createObjectApi({ registry, clock, log, inFlight, metrics });
  const grpc = stack.use(
    await createRpcServer({ host, port: options.grpcPort, tls: options.tls, log, clock }, [
      objectApi,
    ]),
  );
  return { rest, grpc };
}

/** Follows etcd, compacts it, makes what every cluster has. The result stops all of that. */
function startBackground(
  { clock, log }: ApiServerPowers,
  {
    core: { etcd, cacher, registry },
    checks,
    port,
    options,
  }: { core: Core; checks: Checks; port: number; options: ApiServerOptions },
): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const masterService = {
    etcd,
    registry,
    clock,
    log,
    advertiseAddress: options.advertiseAddress,
    port,
    serviceAddress: options.serviceIPs.valueAt(0),
  };
  const background = Promise.all([
    runFeed({ etcd, clock, log, sink: cacher, onHeard: checks.onEtcdHeard }, signal),
    runCompactor({ etcd, clock, log }, signal),
    bootstrap({ registry, clock, log }, signal).then(() =>
      signal.aborted ? undefined : runMasterService(masterService, signal),
    ),
  ]);
  return async () => {
    stop.abort(new Error('the apiserver stops'));
    // Without a quorum nothing more can be done in etcd: the lease there ends by itself.
    await Promise.race([background, clock.sleep(goodbyeMillisMax)]);
    await Promise.race([withdraw(masterService), clock.sleep(goodbyeMillisMax)]).catch(
      () => undefined,
    );
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
