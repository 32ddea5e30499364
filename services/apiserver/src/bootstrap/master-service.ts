/**
 * The Service `kubernetes` in `default` and the apiservers behind it.
 *
 * 1. Each apiserver holds a lease in etcd on its own address; one that dies is out of the list when its
 *    lease ends.
 * 2. Whoever finds the EndpointSlice different from the leases rewrites it. The slice is shared, so it
 *    is changed through the registry like any other object.
 */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import {
  ApiError,
  findResource,
  type EndpointSlice,
  type KubernetesObject,
  type Service,
} from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { Registry } from '../registry/registry.ts';
import { prefixEnd, type EtcdClient } from '../storage/etcd-client.ts';
import { systemWrite } from './system-user.ts';

export interface MasterServiceOptions {
  readonly etcd: EtcdClient;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** A name or an address; undefined takes the machine's first. */
  readonly advertiseAddress: string | undefined;
  readonly port: number;
  /** The first address of the range of Service addresses. */
  readonly serviceAddress: string;
}

const leasePrefix = '/registry/masterleases/';
const leaseSeconds = 15;
const reconcileMillis: Millis = 5_000;
const retryMillis: Millis = 1_000;
const name = 'kubernetes';
const namespace = 'default';

/** Runs until the signal, then takes its own address out. */
export async function runMasterService(
  options: MasterServiceOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = options;
  while (!signal.aborted) {
    let pause = reconcileMillis;
    try {
      const address = await resolveAddress(options.advertiseAddress);
      await renewLease(options, address);
      await ensureService(options);
      await reconcileSlice(options);
    } catch (error) {
      log.warn({ err: error }, 'cannot keep the kubernetes Service up to date; trying again');
      pause = retryMillis;
    }
    await clock.sleep(pause, { signal }).catch(() => undefined);
  }
}

/** Leaves the list at once instead of when the lease ends. */
export async function withdraw(options: MasterServiceOptions): Promise<void> {
  const { etcd } = options;
  const key = leasePrefix + (await resolveAddress(options.advertiseAddress));
  const pair = (await etcd.range({ key: Buffer.from(key) })).kvs[0];
  if (pair === undefined) return;
  await etcd.write({ guards: [{ key, revision: pair.modRevision }], puts: [], deletes: [key] });
  await reconcileSlice(options);
}

async function resolveAddress(advertised: string | undefined): Promise<string> {
  if (advertised !== undefined) return (await lookup(advertised, { family: 4 })).address;
  for (const addresses of Object.values(networkInterfaces())) {
    const found = addresses?.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found !== undefined) return found.address;
  }
  return '127.0.0.1';
}

async function renewLease({ etcd }: MasterServiceOptions, address: string): Promise<void> {
  const key = leasePrefix + address;
  const lease = await etcd.grantLease(leaseSeconds);
  const value = Buffer.from(
    JSON.stringify({
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: {},
      subsets: [{ addresses: [{ ip: address }] }],
    }),
  );
  const pair = (await etcd.range({ key: Buffer.from(key) })).kvs[0];
  const guards = [{ key, revision: pair?.modRevision ?? 0 }];
  await etcd.write({ guards, puts: [{ key, value, lease }], deletes: [] });
}

async function ensureService({ registry, serviceAddress, port }: MasterServiceOptions) {
  const target = { kind: findResource('', 'services')!, namespace, name };
  try {
    await registry.get(target, 'any');
    return;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
  }
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const service: Service = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name, namespace, labels },
    spec: {
      type: 'ClusterIP',
      clusterIP: serviceAddress,
      clusterIPs: [serviceAddress],
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      sessionAffinity: 'None',
    },
    status: {},
  };
  await ignoring('AlreadyExists', registry.create(target, service, systemWrite()));
}

async function reconcileSlice({ etcd, registry, port }: MasterServiceOptions): Promise<void> {
  const rangeEnd = prefixEnd(leasePrefix);
  const leases = await etcd.range({ key: Buffer.from(leasePrefix), rangeEnd, keysOnly: true });
  const addresses = leases.kvs
    .map(({ key }) => Buffer.from(key).toString().slice(leasePrefix.length))
    .sort();
  const target = { kind: findResource('discovery.k8s.io', 'endpointslices')!, namespace, name };
  const wanted = (): KubernetesObject => {
    const slice: EndpointSlice = {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({
        addresses: [address],
        conditions: { ready: true },
      })),
      ports: [{ name: 'https', protocol: 'TCP', port }],
    };
    return slice;
  };
  try {
    await registry.update(target, { part: 'all', make: wanted }, systemWrite());
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
    await ignoring('AlreadyExists', registry.create(target, wanted(), systemWrite()));
  }
}

async function ignoring(reason: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== reason) throw error;
  }
}
