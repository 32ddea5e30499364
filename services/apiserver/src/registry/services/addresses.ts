/**
 * Cluster IPs and node ports of Services.
 *
 * 1. What is taken is one bitmap for each range, stored where upstream stores it. A Service and the
 *    bits that it takes or gives back are written in one transaction, guarded by the bitmap's
 *    revision: two apiservers never give out one address twice, and a crash leaks none.
 * 2. A bitmap that is missing or unreadable is made anew from the Services that exist.
 */
import type { ApiError, KindDefinition } from '@drydock/api';
import {
  invalidError,
  internalError,
  type FieldError,
  type Service,
  type ServicePort,
} from '@drydock/api';
import type { Random } from '@drydock/ports';
import type { EtcdClient } from '../../storage/etcd-client.ts';
import type { Attachment } from '../store.ts';
import { Bitmap } from './bitmap.ts';
import type { AddressRange } from './range.ts';

export interface ServiceAddresses {
  /** Before validation: what an update leaves out stays, what its new type cannot have goes. */
  inherit(service: Service, old: Service): void;
  /**
   * Gives a Service what it needs and has not, and takes back what `old` had and it has not.
   * Changes `service`.
   * @throws ApiError Invalid for a value that is taken or out of range
   */
  assign(service: Service, old: Service | undefined): Promise<Attachment | undefined>;
  /** Takes back all that a Service had. */
  release(service: Service): Promise<Attachment | undefined>;
}

export const isService = ({ group, resource }: KindDefinition): boolean =>
  group === '' && resource === 'services';

export interface ServiceAddressOptions {
  readonly etcd: EtcdClient;
  readonly random: Random;
  readonly ips: AddressRange;
  readonly ports: AddressRange;
  /** Every Service there is, for making a lost bitmap anew. */
  readonly services: () => Iterable<Service>;
}

/** A bitmap that is being changed. */
interface Draft {
  readonly range: AddressRange;
  readonly bitmap: Bitmap;
  readonly revision: number;
  changed: boolean;
}

const noIP = 'None';
const takesIP = (service: Service) =>
  service.spec.type !== 'ExternalName' && service.spec.clusterIP !== noIP;
const takesPorts = (service: Service) =>
  service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer';
const ipOf = (service: Service | undefined) => {
  const ip = service?.spec.clusterIP ?? '';
  return service === undefined || !takesIP(service) ? '' : ip;
};
const portsOf = (service: Service | undefined) => {
  const ports = (service?.spec.ports ?? []).map((port) => port.nodePort ?? 0);
  return new Set(ports.filter((port) => port !== 0));
};

export function createServiceAddresses(options: ServiceAddressOptions): ServiceAddresses {
  const { etcd, random, ips, ports } = options;
  const randomBelow = (bound: number) => random.between(0, bound - 1);

  const open = async (range: AddressRange): Promise<Draft> => {
    const pair = (await etcd.range({ key: Buffer.from(range.key) })).kvs[0];
    const revision = pair?.modRevision ?? 0;
    const bitmap = pair === undefined ? undefined : decode(range, pair.value);
    if (bitmap !== undefined) return { range, bitmap, revision, changed: false };
    return { range, bitmap: rebuild(range), revision, changed: true };
  };
  const rebuild = (range: AddressRange): Bitmap => {
    const bitmap = new Bitmap(range.size);
    for (const service of options.services()) {
      const values = range === ips ? [ipOf(service)] : [...portsOf(service)].map(String);
      for (const value of values) {
        const offset = range.offsetOf(value);
        if (offset !== undefined) bitmap.add(offset);
      }
    }
    return bitmap;
  };

  /** Marks a value as taken; a problem in upstream's words when it cannot be. */
  const claim = (draft: Draft, value: string): string | undefined => {
    const offset = draft.range.offsetOf(value);
    const isIP = draft.range === ips;
    if (offset === undefined) {
      return isIP
        ? `failed to allocate IP ${value}: the provided IP (${value}) is not in the valid range. The range of valid IPs is ${ips.text}`
        : `provided port is not in the valid range. The range of valid ports is ${ports.text}`;
    }
    if (draft.bitmap.has(offset)) {
      return isIP
        ? `failed to allocate IP ${value}: provided IP is already allocated`
        : 'provided port is already allocated';
    }
    draft.bitmap.add(offset);
    draft.changed = true;
    return undefined;
  };
  const take = (draft: Draft): string => {
    const { bitmap, range } = draft;
    const offset =
      bitmap.findFree(range.dynamicFrom, range.size, randomBelow) ??
      bitmap.findFree(0, range.dynamicFrom, randomBelow);
    if (offset === undefined)
      throw internalError(`failed to allocate: the range ${range.text} is full`);
    bitmap.add(offset);
    draft.changed = true;
    return range.valueAt(offset);
  };
  const giveBack = (draft: Draft, value: string) => {
    const offset = draft.range.offsetOf(value);
    if (offset === undefined || !draft.bitmap.has(offset)) return;
    draft.bitmap.delete(offset);
    draft.changed = true;
  };

  const assignIP = async (service: Service, old: Service | undefined) => {
    const spec = service.spec;
    const before = ipOf(old);
    if (takesIP(service)) {
      const wanted = spec.clusterIP ?? '';
      if (wanted === before && wanted !== '') return undefined;
      const draft = await open(ips);
      if (wanted === '') spec.clusterIP = take(draft);
      else {
        const problem = claim(draft, wanted);
        if (problem !== undefined) {
          throw refusal(
            service,
            'spec.clusterIPs',
            { goLiteral: `[]string{"${wanted}"}` },
            problem,
          );
        }
      }
      if (before !== '') giveBack(draft, before);
      return draft;
    }
    if (before === '') return undefined;
    const draft = await open(ips);
    giveBack(draft, before);
    return draft;
  };

  const assignPorts = async (service: Service, old: Service | undefined) => {
    const before = portsOf(old);
    const own = takesPorts(service) ? (service.spec.ports ?? []) : [];
    const kept = new Set(own.map((port) => port.nodePort ?? 0).filter((port) => before.has(port)));
    const isSettled = own.every((port) => kept.has(port.nodePort ?? 0));
    if (isSettled && kept.size === before.size) return undefined;
    const draft = await open(ports);
    for (const port of before) if (!kept.has(port)) giveBack(draft, String(port));
    const given = new Set(kept);
    own.forEach((port, index) => {
      if (port.nodePort === undefined || port.nodePort === 0) {
        port.nodePort = sharedPort(own, port) ?? Number(take(draft));
      } else if (!given.has(port.nodePort)) {
        const problem = claim(draft, String(port.nodePort));
        const field = `spec.ports[${index}].nodePort`;
        if (problem !== undefined) throw refusal(service, field, port.nodePort, problem);
      }
      given.add(port.nodePort);
    });
    return draft;
  };

  return {
    inherit,
    assign: async (service, old) => {
      const drafts = [await assignIP(service, old), await assignPorts(service, old)];
      settle(service);
      return attachmentOf(drafts);
    },
    release: async (service) => {
      const ip = ipOf(service);
      const taken = portsOf(service);
      const drafts: Draft[] = [];
      if (ip !== '') {
        const draft = await open(ips);
        giveBack(draft, ip);
        drafts.push(draft);
      }
      if (taken.size > 0) {
        const draft = await open(ports);
        for (const port of taken) giveBack(draft, String(port));
        drafts.push(draft);
      }
      return attachmentOf(drafts);
    },
  };
}

function decode(range: AddressRange, value: Uint8Array): Bitmap | undefined {
  try {
    const stored = JSON.parse(Buffer.from(value).toString()) as { range?: string; data?: string };
    if (stored.range !== range.text) return undefined;
    return Bitmap.decode(range.size, Buffer.from(stored.data ?? '', 'base64'));
  } catch {
    return undefined;
  }
}

function attachmentOf(drafts: readonly (Draft | undefined)[]): Attachment | undefined {
  const changed = drafts.filter((draft) => draft?.changed === true).map((draft) => draft!);
  if (changed.length === 0) return undefined;
  return {
    guards: changed.map(({ range, revision }) => ({ key: range.key, revision })),
    puts: changed.map(({ range, bitmap }) => ({
      key: range.key,
      value: Buffer.from(
        JSON.stringify({
          kind: 'RangeAllocation',
          apiVersion: 'v1',
          metadata: { creationTimestamp: null },
          range: range.text,
          data: Buffer.from(bitmap.encode()).toString('base64'),
        }),
      ),
    })),
  };
}

/** A port that is served over two protocols has one node port. */
function sharedPort(ports: readonly ServicePort[], port: ServicePort): number | undefined {
  const twin = ports.find(
    (other) => other.port === port.port && other.protocol !== port.protocol && !!other.nodePort,
  );
  return twin?.nodePort;
}

/** What an update leaves out stays as it was (upstream's patchAllocatedValues). */
function inherit(service: Service, old: Service): void {
  const spec = service.spec;
  const before = old.spec;
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName' && !spec.clusterIP) {
    if (before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
    if (!spec.clusterIPs?.length && before.clusterIPs) spec.clusterIPs = [...before.clusterIPs];
  }
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP === before.clusterIP) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (spec.ipFamilyPolicy === before.ipFamilyPolicy) delete spec.ipFamilyPolicy;
    if (spec.ipFamilies?.join() === before.ipFamilies?.join()) delete spec.ipFamilies;
  }
  if (!takesPorts(service)) {
    // Traffic from outside comes to external addresses, too.
    const isReached = spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0;
    if (!isReached && spec.externalTrafficPolicy === before.externalTrafficPolicy) {
      delete spec.externalTrafficPolicy;
    }
    const stale = portsOf(old);
    for (const port of spec.ports ?? []) if (stale.has(port.nodePort ?? 0)) delete port.nodePort;
  } else if (takesPorts(old)) {
    for (const port of spec.ports ?? []) {
      const same = before.ports?.find(
        (other) => other.port === port.port && other.protocol === port.protocol,
      );
      if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
    }
  }
}

/** The fields that say again what clusterIP says. */
function settle(service: Service): void {
  const spec = service.spec;
  if (spec.type === 'ExternalName') {
    delete spec.ipFamilies;
    delete spec.ipFamilyPolicy;
    return;
  }
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
}

function refusal(service: Service, field: string, badValue: unknown, detail: string): ApiError {
  const error: FieldError = { type: 'Invalid', field, badValue, detail };
  return invalidError({ group: '', kind: 'Service' }, service.metadata.name, [error]);
}
