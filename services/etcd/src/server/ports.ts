/** What a member serves on which ports: clients, other members, and metrics. */
import {
  PeerService,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
} from '@drydock/proto/etcd';
import type { Registry } from 'prom-client';
import type { MemberConfig } from '../config.ts';
import { createClusterService } from './cluster-service.ts';
import type { MemberCore } from './core.ts';
import { createGrpcServer } from './grpc-server.ts';
import type { GrpcMethods, UnaryHandler } from './grpc.ts';
import { createPlainHandler, overHttp1 } from './http.ts';
import { createKvService } from './kv-service.ts';
import { createLeaseAuthority, createLeaseService, type LeaseAuthority } from './lease-service.ts';
import { listen, type Listener, type ListenerTls } from './listener.ts';
import { createMaintenanceService } from './maintenance-service.ts';
import type { PeerNetworkServer } from './peer-network.ts';
import { createWatchService } from './watch-service.ts';

const requestSlackBytes = 512 * 1024;
/** A frame of Raft messages: what a turn of the loop sent, bounded by the sender's queue. */
const peerMessageBytesMax = 128 * 1024 * 1024;

interface PortsContext {
  readonly network: PeerNetworkServer;
  readonly metrics: Registry;
  readonly starting: AsyncDisposableStack;
}

/** The listeners are closed with `starting`. @throws Error naming the address that cannot be had */
export async function openPorts(core: MemberCore, config: MemberConfig, context: PortsContext) {
  const { network, starting } = context;
  const authority = createLeaseAuthority(core);
  const clientServices = [
    createKvService(core),
    createWatchService(core),
    createLeaseService(core, authority, network.leaderCalls),
    createClusterService(core),
    createMaintenanceService(core),
  ];
  const peerServices = [network.methods, peerLeaseMethods(authority), createClusterService(core)];
  const plain = createPlainHandler(core, context.metrics);
  const open = async (
    urls: readonly string[],
    services: readonly GrpcMethods[],
    tls: ListenerTls | undefined,
    bytesMax: number,
  ) => {
    const server = starting.use(
      createGrpcServer({ services, messageBytesMax: bytesMax, plain, log: core.log }),
    );
    const listeners: Listener[] = [];
    for (const url of urls) {
      const listener = await listen({
        url,
        tls,
        log: core.log,
        onHttp2: (socket) => server.accept(socket),
        onHttp1: overHttp1(core, plain),
      });
      listeners.push(starting.use(listener));
    }
    return listeners.map((one) => one.port);
  };
  const clientBytesMax = config.requestBytesMax + requestSlackBytes;
  return {
    peerPorts: await open(config.listenPeerUrls, peerServices, config.peerTls, peerMessageBytesMax),
    clientPorts: await open(
      config.listenClientUrls,
      clientServices,
      config.clientTls,
      clientBytesMax,
    ),
    metricsPorts: await open(config.listenMetricsUrls, [], config.clientTls, 0),
  };
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
