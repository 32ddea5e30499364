/** What a member serves on which ports: clients, other members, and metrics. */
import {
  ClusterService,
  PeerService,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberConfig } from '../config.ts';
import type { SnapshotExporter } from '../mvcc/sqlite-export.ts';
import { guardCalls } from './call-guard.ts';
import { guarded } from './auth/guard.ts';
import type { Passwords } from './auth/passwords.ts';
import { createAuthService } from './auth-service.ts';
import { createClusterService } from './cluster-service.ts';
import { createElectionService } from './coordination/election-service.ts';
import { createLockService } from './coordination/lock-service.ts';
import type { MemberCore } from './core.ts';
import { createGrpcServer, serviceNames, type GrpcServer } from './grpc-server.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import type { GrpcMethods, UnaryHandler } from './grpc.ts';
import { createHealthService } from './health-service.ts';
import { createPlainHandler, overHttp1 } from './http/plain-handler.ts';
import { createKvService } from './kv-service.ts';
import { createLeaseAuthority, createLeaseService, type LeaseAuthority } from './lease-service.ts';
import { listen, type Listener } from './listener.ts';
import { createMaintenanceService } from './maintenance-service.ts';
import { createCallMeters } from './metrics/call-meters.ts';
import { createHealthMeters } from './metrics/health-meters.ts';
import type { PeerNetworkServer } from './peer-network.ts';
import { createRaftService } from './raft-service.ts';
import { createReflectionService } from './reflection/reflection-service.ts';
import { ServingState } from './serving-status.ts';
import { peerUpkeepMethods } from './upkeep.ts';
import type { KeepAliveOptions } from './http2/keep-alive.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import { createWatchService } from './watch-service.ts';

const requestSlackBytes = 512 * 1024;
/** A frame of Raft messages: what a turn of the loop sent, bounded by the sender's queue. */
const peerMessageBytesMax = 128 * 1024 * 1024;

/** What is served at some addresses. */
interface Surface {
  /** Not for the other members. */
  readonly isForClients: boolean;
  readonly urls: readonly string[];
  readonly services: readonly GrpcMethods[];
  readonly tls: TlsSource | undefined;
  readonly bytesMax: number;
  readonly serves: 'grpc' | 'http' | 'both';
  readonly gateway?: Gateway | undefined;
  readonly keepAlive: KeepAliveOptions;
}

interface PortsContext {
  readonly network: PeerNetworkServer;
  readonly metrics: Registry;
  readonly passwords: Passwords;
  readonly snapshots: SnapshotExporter;
  readonly starting: AsyncDisposableStack;
}

/** The listeners are closed with `starting`. @throws Error naming the address that cannot be had */
export async function openPorts(core: MemberCore, config: MemberConfig, context: PortsContext) {
  const { metrics, starting } = context;
  const plain = createPlainHandler(core, { metrics, meters: createHealthMeters(metrics) });
  const { clientServices, peerServices } = createServices(core, config, context);
  const clientBytesMax = config.requestBytesMax + requestSlackBytes;
  const gateway = config.hasGateway
    ? createGateway({
        services: clientServices,
        // In base64 bytes take a third more.
        bytesMax: 2 * clientBytesMax,
        isAuthEnabled: () => core.state.auth.enabled,
        log: core.log,
      })
    : undefined;
  const splitsHttp = config.listenClientHttpUrls.length > 0;

  const forClients: GrpcServer[] = [];
  const open = async (surface: Surface) => {
    const { urls, services, tls, bytesMax, serves, keepAlive } = surface;
    const server = starting.use(
      createGrpcServer({
        services,
        messageBytesMax: bytesMax,
        plain,
        gateway: surface.gateway,
        limits: { streamsMax: config.streamsMax, keepAlive },
        log: core.log,
      }),
    );
    if (surface.isForClients) forClients.push(server);
    const listeners: Listener[] = [];
    for (const url of urls) {
      const listener = await listen({
        url,
        tls,
        log: core.log,
        sharesPort: config.sharesPorts,
        onHttp2: (socket, commonName) => server.accept(socket, commonName),
        onHttp1:
          serves === 'grpc'
            ? undefined
            : overHttp1(core, { plain, gateway: surface.gateway, rules: config }),
      });
      listeners.push(starting.use(listener));
    }
    return listeners.map((one) => one.port);
  };
  const client = {
    isForClients: true,
    tls: config.clientTls,
    bytesMax: clientBytesMax,
    keepAlive: config.keepAlive,
  };
  const peerPorts = await open({
    isForClients: false,
    urls: config.listenPeerUrls,
    services: peerServices,
    tls: config.peerTls,
    bytesMax: peerMessageBytesMax,
    serves: 'both',
    // Members ping each other every two seconds.
    keepAlive: { ...config.keepAlive, minInterval: 0 },
  });
  const ports = {
    peerPorts,
    clientPorts: await open({
      ...client,
      urls: config.listenClientUrls,
      services: clientServices,
      serves: splitsHttp ? 'grpc' : 'both',
      gateway,
    }),
    httpPorts: await open({
      ...client,
      urls: config.listenClientHttpUrls,
      services: [],
      serves: 'http',
      gateway,
    }),
    metricsPorts: await open({
      ...client,
      urls: config.listenMetricsUrls,
      services: [],
      serves: 'http',
    }),
  };
  // Peers are served to the end: writes that clients wait for need them.
  starting.defer(async () => {
    await Promise.all(forClients.map((server) => server.drain()));
  });
  return ports;
}

/** What clients may call, and what other members may. */
function createServices(core: MemberCore, config: MemberConfig, context: PortsContext) {
  const { network, metrics } = context;
  const authority = createLeaseAuthority(core);
  const serving = new ServingState(core, { stopOnDefragment: config.stopOnDefragment });
  const calls = createCallMeters(metrics, core.meters, {
    withHistogram: config.extensiveMetrics,
  });
  const changes = {
    isStrict: config.strictReconfigCheck,
    learnersMax: config.learnersMax,
    connectedFor: (id: number) => network.connectedFor(id),
  };
  const originals = describedServices(core, serving, [
    createKvService(core),
    createWatchService(core),
    createLeaseService(core, authority, network.leaderCalls),
    createClusterService(core, { ...changes, leader: { ask: network.askLeader } }),
    createMaintenanceService(core, serving, context.snapshots),
    createAuthService(core, context.passwords),
    createLockService(core),
    createElectionService(core),
  ]);
  return {
    // Our own service is not described: the original's clients see the original's services.
    clientServices: [
      ...originals.map((one) => calls.count(one)),
      guarded(core, createRaftService(core)),
    ],
    // Users are checked by the member that a client asks; between members certificates speak.
    peerServices: [
      network.methods,
      peerLeaseMethods(authority),
      peerUpkeepMethods(core, serving),
      peerClusterMethods(createClusterService(core, { ...changes, leader: undefined }), network),
    ],
  };
}

/** The services of clients, under what holds for all of them, with health and reflection of them. */
function describedServices(
  core: MemberCore,
  serving: ServingState,
  services: readonly GrpcMethods[],
): readonly GrpcMethods[] {
  const names = serviceNames(services);
  return [
    ...services.map((one) => guardCalls(core, guarded(core, one))),
    createHealthService(core, serving, names),
    createReflectionService([...names, 'grpc.health.v1.Health']),
  ];
}

/**
 * Changes of members that another member passes on. Who joins may ask for the list as nobody; clients that
 * try this port get nowhere, since nobody checks users here.
 */
function peerClusterMethods(methods: GrpcMethods, network: PeerNetworkServer): GrpcMethods {
  const { path: open } = ClusterService.memberList;
  const admitted = Object.entries(methods.unary).map(([path, handler]) => {
    const checked: UnaryHandler = (bytes, call, asker) =>
      network.refusalOf(call) ?? handler(bytes, call, asker);
    return [path, path === open ? handler : checked] as const;
  });
  return { unary: Object.fromEntries(admitted), streams: methods.streams };
}

/** What other members ask the leader for. */
function peerLeaseMethods(authority: LeaseAuthority): GrpcMethods {
  const keepAlive: UnaryHandler = async (bytes) => {
    const response = await authority.keepAlive(LeaseKeepAliveRequest.decode(bytes));
    return 'kind' in response ? response : LeaseKeepAliveResponse.encode(response);
  };
  const timeToLive: UnaryHandler = async (bytes) => {
    const response = await authority.timeToLive(LeaseTimeToLiveRequest.decode(bytes));
    return 'kind' in response ? response : LeaseTimeToLiveResponse.encode(response);
  };
  return {
    unary: {
      [PeerService.leaseKeepAlive.path]: keepAlive,
      [PeerService.leaseTimeToLive.path]: timeToLive,
    },
    streams: {},
  };
}
