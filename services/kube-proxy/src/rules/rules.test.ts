import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint, EndpointSlice, Node, Service, ServiceSpec } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import { planRules, type ProxyInput } from './plan.ts';
import { renderChanges, renderWhole } from './render.ts';

function service(name: string, spec: Partial<ServiceSpec>): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { clusterIP: '10.96.0.10', ports: [{ name: 'http', port: 80 }], ...spec },
    status: {},
  };
}

interface Place extends Partial<Endpoint> {
  readonly on: string;
}

function slice(name: string, endpoints: Readonly<Record<string, Place>>): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-abc`,
      namespace: 'shop',
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Object.entries(endpoints).map(([address, { on, ...rest }]) => ({
      addresses: [address],
      nodeName: on,
      conditions: { ready: true },
      ...rest,
    })),
  };
}

const node = (name: string, podCIDR: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { podCIDR },
  status: {},
});

const nodes = [node('node-1', '10.244.1.0/24'), node('node-2', '10.244.2.0/24')];
const both = { '10.244.1.5': { on: 'node-1' }, '10.244.2.7': { on: 'node-2' } };

const input = (services: Service[], slices: EndpointSlice[]): ProxyInput => ({
  nodeName: 'node-1',
  nodes,
  services,
  slices,
});
const whole = (services: Service[], slices: EndpointSlice[]) =>
  renderWhole(planRules(input(services, slices)), undefined);

/** Golden files are rewritten with GOLDEN=1 and read as diffs. */
function expectGolden(file: string, text: string): void {
  const path = join(import.meta.dirname, 'golden', file);
  if (process.env['GOLDEN'] === '1') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

describe('rules of a node', () => {
  it('balance a cluster address over the endpoints of all nodes', () => {
    expectGolden('cluster-ip.nft', whole([service('web', {})], [slice('web', both)]));
  });

  it('masquerade what comes to a node port, whichever node has the endpoint', () => {
    const web = service('web', {
      type: 'NodePort',
      ports: [{ name: 'http', port: 80, nodePort: 30_080 }],
    });
    expectGolden('node-port.nft', whole([web], [slice('web', both)]));
  });

  it('keep the caller’s address with externalTrafficPolicy Local', () => {
    const web = service('web', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [{ name: 'http', port: 80, nodePort: 30_080 }],
    });
    expectGolden('node-port-local.nft', whole([web], [slice('web', both)]));
  });

  it('remember the clients of a service with session affinity', () => {
    const web = service('web', {
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    });
    expectGolden('affinity.nft', whole([web], [slice('web', both)]));
  });
});

describe('endpoints', () => {
  const chainOf = (places: Readonly<Record<string, Place>>, spec: Partial<ServiceSpec> = {}) => {
    const rules = planRules(input([service('web', spec)], [slice('web', places)]));
    const key = '10.96.0.10 . tcp . 80';
    const chain = rules.maps['service-ips'].get(key)?.replace('goto ', '');
    return chain === undefined
      ? rules.maps['refused-ips'].get(key)
      : rules.chains.get(chain)!.at(-1);
  };
  const leaving = { ready: false, serving: true, terminating: true };

  it('that are not ready get nothing', () => {
    const places = {
      '10.244.1.5': { on: 'node-1', conditions: { ready: false } },
      '10.244.2.7': { on: 'node-2' },
    };
    expect(chainOf(places)).toBe('meta l4proto tcp dnat ip to 10.244.2.7:8080');
  });

  it('that are leaving serve on when there are no others (KEP-1669)', () => {
    const one = { '10.244.1.5': { on: 'node-1', conditions: leaving } };
    expect(chainOf(one)).toBe('meta l4proto tcp dnat ip to 10.244.1.5:8080');
    expect(chainOf({ ...one, '10.244.2.7': { on: 'node-2' } })).toBe(
      'meta l4proto tcp dnat ip to 10.244.2.7:8080',
    );
  });

  it('that are all gone refuse at once', () => {
    expect(chainOf({})).toBe('goto refuse');
  });

  it('of other nodes are not used with internalTrafficPolicy Local', () => {
    const local = { internalTrafficPolicy: 'Local' } as const;
    expect(chainOf(both, local)).toBe('meta l4proto tcp dnat ip to 10.244.1.5:8080');
    expect(chainOf({ '10.244.2.7': { on: 'node-2' } }, local)).toBe('drop');
  });

  it('of headless and external services are nobody’s business here', () => {
    const rules = planRules(
      input(
        [service('web', { clusterIP: 'None' }), service('out', { type: 'ExternalName' })],
        [slice('web', both)],
      ),
    );
    expect([...rules.chains.keys(), ...rules.maps['service-ips'].keys()]).toEqual([]);
  });
});

describe('changes', () => {
  const before = planRules(input([service('web', {})], [slice('web', both)]));

  it('are nothing when nothing changed', () => {
    const again = planRules(input([service('web', {})], [slice('web', both)]));
    expect(renderChanges(before, again)).toBe('');
  });

  it('of one endpoint rewrite one chain', () => {
    const after = planRules(
      input([service('web', {})], [slice('web', { '10.244.2.7': { on: 'node-2' } })]),
    );
    expectGolden('endpoint-gone.nft', renderChanges(before, after));
  });

  it('of the last endpoint turn the service into a refusal', () => {
    const after = planRules(input([service('web', {})], [slice('web', {})]));
    expectGolden('all-gone.nft', renderChanges(before, after));
    expectGolden('back-again.nft', renderChanges(after, before));
  });

  it('of a whole table keep the clients that the kernel remembers', () => {
    const sticky = service('web', { sessionAffinity: 'ClientIP' });
    const rules = planRules(input([sticky], [slice('web', both)]));
    const clients = [...rules.affinity.keys()];
    const text = renderWhole(rules, {
      chains: ['services', 'svc/shop/old/tcp/http'],
      sets: [...clients, 'clients/shop/old/tcp/http/10.244.1.9/80'],
    });
    expect(text).not.toContain(`delete set ip drydock-proxy ${clients[0]}`);
    expect(text).not.toContain(`flush set ip drydock-proxy ${clients[0]}`);
    expect(text).toContain('delete set ip drydock-proxy clients/shop/old/tcp/http/10.244.1.9/80');
    expect(text).toContain('delete chain ip drydock-proxy svc/shop/old/tcp/http');
  });
});
