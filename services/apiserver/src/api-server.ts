/** Puts the parts together: storage, cache, registry, and the two doors to it. */
import { findResource, kinds, type Service } from '@drydock/api';
import type { Clock, Logger, Millis, Random } from '@drydock/ports';
import { createChannelSet, createRpcServer, type RpcServer, type TlsMaterial } from '@drydock/rpc';
import type { Registry as MetricsRegistry } from 'prom-client';
import { createAuthorizer, type Authorizer } from './authz/authorizer.ts';
import { createAuthenticator, type Authenticator } from './authn/authenticator.ts';
import { jwksPath, openIdDocuments } from './authn/openid.ts';
import type { AuthenticationOptions } from './authn/options.ts';
import { runMasterService, withdraw } from './bootstrap/master-service.ts';
import { ensureNamespaces } from './bootstrap/namespaces.ts';
import { ensurePriorityClasses } from './bootstrap/priority-classes.ts';
import { ensureRoles } from './bootstrap/roles.ts';
import { createCacher, type Cacher } from './cacher/cacher.ts';
import { createSelection } from './cacher/selection.ts';
import { createObjectApi } from './grpc/object-api.ts';
import { createInFlight } from './in-flight.ts';
import { createRequestMetrics, createStreamCounts, registerGauges } from './metrics.ts';
import { createEtcdMember } from './registry/components/etcd-member.ts';
import { createLeaderComponent } from './registry/components/leader.ts';
import type { Component } from './registry/components/component.ts';
import { serveComputed } from './registry/computed.ts';
import { serveViews } from './registry/views.ts';
import { createClusterView } from './registry/admission/cluster-view.ts';
import { createQuotaCharge } from './registry/admission/quota-charge.ts';
import { createServiceAccountAdmission } from './registry/admission/service-account.ts';
import { createRegistry, type Registry } from './registry/registry.ts';
import { createServiceAddresses } from './registry/services/addresses.ts';
import type { AddressRange } from './registry/services/range.ts';
import { createStore } from './registry/store.ts';
import { createTokenIssuer, type TokenIssuer } from './registry/subresources/token.ts';
import { createLogHandler } from './rest/log-handler.ts';
import { createMetaHandler, type Check } from './rest/meta-handler.ts';
import { createNodeDialer } from './rest/node-client.ts';
import { createProxyHandler } from './rest/proxy/proxy-handler.ts';
import { createResourceHandler } from './rest/resource-handler.ts';
import { createReviewHandler } from './rest/review-handler.ts';
import { createRestServer } from './rest/server.ts';
import { createStreamHandler } from './rest/streams/stream-handler.ts';
import type { Transport } from './rest/transport/transport.ts';
import { createSubresourceHandler } from './rest/subresource-handler.ts';
import { createNodeStats } from './rest/usage/node-stats.ts';
import { createUsageHandler } from './rest/usage/usage-handler.ts';
import { runCompactor } from './storage/compactor.ts';
import { createEtcdClient, type EtcdClient } from './storage/etcd-client.ts';
import { createEventLeases } from './storage/event-leases.ts';
import { runFeed } from './storage/feed.ts';
import { createOwnWrites } from './storage/own-writes.ts';

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
  /** Besides client certificates. */
  readonly authentication: AuthenticationOptions;
  /** By upstream's names; of those here, ServiceAccount can be switched off. */
  readonly disabledAdmissionPlugins: readonly string[];
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

/** etcd, the cache of it, who may do what by that, and the registry on top. */
interface Core {
  readonly etcd: EtcdClient;
  readonly cacher: Cacher;
  readonly authorizer: Authorizer;
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly tokens: TokenIssuer;
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
      isLean: true,
      clock,
      random,
    }),
  );
  const etcd = createEtcdClient({ channels, clock });
  const ownWrites = createOwnWrites();
  const cacher = stack.use(createCacher({ kinds, etcd, clock, log, ownWrites }));
  const authorizer = createAuthorizer({ cacher, clock, log });
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
  const store = createStore({ etcd, cacher, ownWrites });
  const eventLeases = createEventLeases({ etcd, clock, ttlMillis: options.eventTtlMillis });
  const view = createClusterView(cacher);
  const quotas = createQuotaCharge({ store, view, clock });
  const serviceAccounts = options.disabledAdmissionPlugins.includes('ServiceAccount')
    ? undefined
    : createServiceAccountAdmission({ store, clock, random });
  const registry = createRegistry({
    store,
    etcd,
    cacher,
    authorizer,
    clock,
    random,
    addresses,
    eventLeases,
    view,
    quotas,
    serviceAccounts,
  });
  const { authentication } = options;
  const authenticator = createAuthenticator(
    {
      staticTokens: authentication.staticTokens,
      serviceAccounts: { ...authentication, keys: authentication.verifyingKeys },
    },
    {
      clock,
      log,
      lookUp: async (resource, namespace, name) => {
        const target = { kind: findResource('', resource)!, namespace, name };
        return (store.cached(target) ?? (await store.read(target)))?.parse();
      },
    },
  );
  const tokens = createTokenIssuer(authentication, { registry, clock });
  return { etcd, cacher, authorizer, registry, authenticator, tokens };
}

interface Checks {
  readonly liveness: ReadonlyMap<string, Check>;
  readonly readiness: ReadonlyMap<string, Check>;
  /** A member of etcd has given a sign of life. */
  readonly onEtcdHeard: () => void;
}

function createChecks(clock: Clock, { cacher, authorizer }: Core): Checks {
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
      ['poststarthook/rbac/bootstrap-roles', () => rolesGap(authorizer)],
    ]),
    onEtcdHeard: () => {
      heardAt = clock.now();
    },
  };
}

const rolesGap = ({ isOpen }: Authorizer) =>
  isOpen ? undefined : 'the default roles are not stored yet';

/** HTTPS and gRPC, on the same registry. */
async function openDoors(
  powers: ApiServerPowers,
  options: ApiServerOptions,
  { core, checks, stack }: { core: Core; checks: Checks; stack: AsyncDisposableStack },
): Promise<{ rest: Transport; grpc: RpcServer }> {
  const { clock, random, log } = powers;
  const { registry, cacher, authorizer, authenticator, tokens } = core;
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
  const { authentication } = options;
  const address = () => `${options.advertiseAddress ?? 'localhost'}:${rest.port}`;
  const rest: Transport = stack.use(
    await createRestServer({
      host,
      port: options.securePort,
      tls: options.tls,
      clock,
      log,
      authenticator,
      inFlight,
      metrics,
      requestTimeoutMillis: options.requestTimeoutMillis,
      authorizer,
      handleMeta: createMetaHandler({
        serverAddress: address,
        openId: () =>
          openIdDocuments({
            issuer: authentication.issuers[0] ?? '',
            keys: authentication.verifyingKeys,
            jwksUri: authentication.jwksUri ?? `https://${address()}${jwksPath}`,
          }),
        livenessChecks: checks.liveness,
        readinessChecks: checks.readiness,
        metrics: powers.metrics,
      }),
      handleResource: createResourceHandler({
        registry: serveComputed(serveViews(registry), componentsOf(powers, options, registry)),
        clock,
        random,
        watchMillisMin,
        handleUsage: createUsageHandler({
          registry,
          clock,
          nodeStats: createNodeStats({ dialNode, clock, log }),
        }),
        handleSubresource: createSubresourceHandler({
          registry,
          clock,
          handleLog,
          handleStream,
          tokens,
        }),
      }),
      handleReview: createReviewHandler({ authorizer, authenticator }),
      handleProxy: createProxyHandler({ registry, dialNode, random, streams, log }),
    }),
  );
  const objectApi = createObjectApi({
    registry,
    authorizer,
    tokens,
    clock,
    log,
    inFlight,
    metrics,
  });
  const grpc = stack.use(
    await createRpcServer({ host, port: options.grpcPort, tls: options.tls, log, clock }, [
      objectApi,
    ]),
  );
  return { rest, grpc };
}

/** What `kubectl get componentstatuses` lists. */
function componentsOf(
  powers: ApiServerPowers,
  { etcdEndpoints, etcdTls: tls }: ApiServerOptions,
  registry: Registry,
): Component[] {
  const leader = { registry, clock: powers.clock };
  return [
    createLeaderComponent('scheduler', 'kube-scheduler', leader),
    createLeaderComponent('controller-manager', 'kube-controller-manager', leader),
    ...etcdEndpoints.map((endpoint, index) =>
      createEtcdMember({ name: `etcd-${index}`, endpoint, tls }, powers),
    ),
  ];
}

/** Follows etcd, compacts it, makes what every cluster has. The result stops all of that. */
function startBackground(
  { clock, log }: ApiServerPowers,
  {
    core,
    checks,
    port,
    options,
  }: { core: Core; checks: Checks; port: number; options: ApiServerOptions },
): () => Promise<void> {
  const { etcd, cacher, registry } = core;
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
    bootstrap({ core, clock, log }, signal).then(() =>
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
  { core: { registry, cacher, authorizer }, clock, log }: { core: Core; clock: Clock; log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ensureNamespaces(registry);
      await ensurePriorityClasses(registry);
      // Requests are judged by the cache: it must have heard of what was written.
      await cacher.waitFor(await ensureRoles(registry));
      authorizer.open();
      return;
    } catch (error) {
      log.warn({ err: error }, 'cannot make what every cluster has yet; trying again');
      await clock.sleep(bootstrapRetryMillis, { signal }).catch(() => undefined);
    }
  }
}
