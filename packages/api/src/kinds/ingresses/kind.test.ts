import { describe, expect, test } from 'vitest';
import type { Ingress } from '../../generated/types.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';
import { ingresses } from './kind.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const errorsOf = (spec: object) => createErrors(ingresses, { spec });
const ingress = (spec: object = {}) =>
  created(ingresses, { spec: { defaultBackend: backend, ...spec } });
const path = (more: object) => ({
  rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...more }] } }],
});
const annotated = (name: string) => ({
  metadata: {
    name: 'x',
    namespace: 'default',
    annotations: { 'kubernetes.io/ingress.class': name },
  },
  spec: { defaultBackend: backend, ingressClassName: 'nginx' },
});

describe('validation of an Ingress', () => {
  const at = 'spec.rules[0].http.paths[0]';

  test.each<[string, object, string[]]>([
    [
      'nothing at all',
      {},
      [
        'spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified',
      ],
    ],
    [
      'a backend that is none',
      { defaultBackend: {} },
      ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
    ],
    [
      'a backend that is two',
      { defaultBackend: { ...backend, resource: { kind: 'K', name: 'n' } } },
      ['spec.defaultBackend: Invalid value: "": cannot set both resource and service backends'],
    ],
    [
      'a resource',
      { defaultBackend: { resource: { kind: '', name: '' } } },
      [
        'spec.defaultBackend.resource.kind: Required value',
        'spec.defaultBackend.resource.name: Required value',
      ],
    ],
    [
      'a resource whose names would be paths',
      { defaultBackend: { resource: { kind: '..', name: 'a/b%' } } },
      [
        `spec.defaultBackend.resource.kind: Invalid value: "..": may not be '..'`,
        `spec.defaultBackend.resource.name: Invalid value: "a/b%": may not contain '/'`,
        `spec.defaultBackend.resource.name: Invalid value: "a/b%": may not contain '%'`,
      ],
    ],
    [
      'a service without name and port',
      { defaultBackend: { service: { name: '' } } },
      [
        'spec.defaultBackend.service.name: Required value',
        'spec.defaultBackend: Required value: port name or number is required',
      ],
    ],
    [
      'a port by name and by number',
      { defaultBackend: { service: { name: 'web', port: { name: 'http', number: 80 } } } },
      ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
    ],
    [
      'a port’s name',
      { defaultBackend: { service: { name: 'web', port: { name: 'a--b' } } } },
      [
        'spec.defaultBackend.service.port.name: Invalid value: "a--b": must not contain consecutive hyphens',
      ],
    ],
    [
      'a port’s number',
      { defaultBackend: { service: { name: 'web', port: { number: 70_000 } } } },
      [
        'spec.defaultBackend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive',
      ],
    ],
    [
      'no paths',
      { rules: [{ http: { paths: [] } }] },
      ['spec.rules[0].http.paths: Required value'],
    ],
    ['a rule for a host alone', { rules: [{ host: 'a.example.com' }] }, []],
    [
      'no path type',
      path({ pathType: undefined }),
      [`${at}.pathType: Required value: pathType must be specified`],
    ],
    [
      'an unknown path type',
      path({ pathType: 'Regex' }),
      [
        `${at}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
      ],
    ],
    [
      'a relative path',
      path({ path: 'a' }),
      [`${at}.path: Invalid value: "a": must be an absolute path`],
    ],
    [
      'no path, which some types need',
      path({ path: undefined }),
      [`${at}.path: Invalid value: "": must be an absolute path`],
    ],
    [
      'a path that leads elsewhere',
      path({ path: '/./a//../b%2Fc%2f/..' }),
      [
        ...['//', '/./', '/../', '%2f', '%2F'].map(
          (part) => `${at}.path: Invalid value: "/./a//../b%2Fc%2f/..": must not contain '${part}'`,
        ),
        `${at}.path: Invalid value: "/./a//../b%2Fc%2f/..": cannot end with '/..'`,
      ],
    ],
    [
      'a path that ends nowhere',
      path({ path: '/a/.' }),
      [`${at}.path: Invalid value: "/a/.": cannot end with '/.'`],
    ],
    [
      'a path for the controller to judge',
      path({ path: '/a//b', pathType: 'ImplementationSpecific' }),
      [],
    ],
    [
      'a relative path is for no one',
      path({ path: 'a', pathType: 'ImplementationSpecific' }),
      [`${at}.path: Invalid value: "a": must be an absolute path`],
    ],
    [
      'an address for a host',
      { rules: [{ host: '10.0.0.1' }] },
      ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ],
    ['hosts with a wildcard', { rules: [{ host: '*.example.com' }] }, []],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  const domain = 'a lowercase RFC 1123 subdomain must consist of';
  const wildcard = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS";

  test.each<[object, string]>([
    [{ rules: [{ host: 'A' }] }, `spec.rules[0].host: Invalid value: "A": ${domain}`],
    [{ rules: [{ host: 'a.*' }] }, `spec.rules[0].host: Invalid value: "a.*": ${wildcard}`],
    [
      { defaultBackend: backend, tls: [{ hosts: ['*.a', '*a'] }] },
      `spec.tls[0].hosts[1]: Invalid value: "*a": ${wildcard}`,
    ],
    [
      { defaultBackend: backend, tls: [{ hosts: ['A'] }] },
      `spec.tls[0].hosts[0]: Invalid value: "A": ${domain}`,
    ],
    [
      { defaultBackend: backend, tls: [{ secretName: 'A' }] },
      `spec.tls[0].secretName: Invalid value: "A": ${domain}`,
    ],
    [
      { defaultBackend: backend, ingressClassName: 'A' },
      `spec.ingressClassName: Invalid value: "A": ${domain}`,
    ],
    [
      { defaultBackend: { resource: { apiGroup: 'A', kind: 'K', name: 'n' } } },
      `spec.defaultBackend.resource.apiGroup: Invalid value: "A": ${domain}`,
    ],
    [
      { defaultBackend: { service: { name: '1a', port: { number: 80 } } } },
      'spec.defaultBackend.service.name: Invalid value: "1a": a DNS-1035 label must consist of',
    ],
  ])('names: %j', (spec, beginning) => {
    expect(errorsOf(spec)).toEqual([expect.stringContaining(beginning)]);
  });

  test('a new Ingress names one class; an old one may disagree with itself', () => {
    expect(createErrors(ingresses, annotated('nginx'))).toEqual([]);
    expect(createErrors(ingresses, annotated('other'))).toEqual([
      'annotations.kubernetes.io/ingress.class: Invalid value: "other": must match `ingressClassName` when both are specified',
    ]);
    const { errors } = updated(
      ingresses,
      created(ingresses, annotated('nginx')),
      ({ metadata }) => {
        metadata.annotations = { 'kubernetes.io/ingress.class': 'other' };
      },
    );
    expect(errors).toEqual([]);
  });
});

describe('the life of an Ingress', () => {
  test('it begins without an address, and counts changes of its spec', () => {
    const old = created(ingresses, {
      spec: { defaultBackend: backend },
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
    });
    expect(old.status).toEqual({ loadBalancer: {} });
    expect(old.metadata.generation).toBe(1);
    const { object } = updated(ingresses, old, ({ spec, status }) => {
      spec.ingressClassName = 'nginx';
      status.loadBalancer!.ingress = [{ ip: '10.0.0.1' }];
    });
    expect(object.metadata.generation).toBe(2);
    expect(object.status).toEqual(old.status);
    const labelled = updated(ingresses, old, ({ metadata }) => {
      metadata.labels = { a: 'b' };
    });
    expect(labelled.object.metadata.generation).toBe(1);
  });

  test.each<[object, string[]]>([
    [{ ip: '10.0.0.1', hostname: 'a.example.com' }, []],
    [
      { ip: 'web' },
      ['ip: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      { hostname: '10.0.0.1' },
      ['hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address'],
    ],
  ])('a status update with %j', (address, wanted) => {
    const old = ingress();
    const { object, errors } = statusUpdated(ingresses, old, (now) => {
      now.spec.ingressClassName = 'sneaky';
      now.status = { loadBalancer: { ingress: [address] } };
    });
    const field = 'status.loadBalancer.ingress[0]';
    expect(errors).toEqual(wanted.map((error) => `${field}.${error}`));
    expect(object.spec).toEqual(old.spec);
  });

  test('a host in a status is a DNS name', () => {
    const { errors } = statusUpdated(ingresses, ingress(), ({ status }) => {
      status.loadBalancer = { ingress: [{ hostname: 'A' }] };
    });
    expect(errors).toEqual([
      expect.stringContaining(
        'status.loadBalancer.ingress[0].hostname: Invalid value: "A": a lowercase RFC 1123',
      ),
    ]);
  });
});

describe('the table of Ingresses', () => {
  const cells = (object: Ingress) => ingresses.cells(object, wallTime + 5_000);

  test('an Ingress for every host', () => {
    expect(cells(ingress())).toEqual(['x', '<none>', '*', '', '80', '5s']);
  });

  test('its class, hosts, addresses and ports', () => {
    const object = ingress({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a'] }],
      rules: ['a', 'b', undefined, 'c', 'd'].map((host) => ({ host })),
    });
    object.status = {
      loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'a' }, { ip: '1.1.1.1' }] },
    };
    expect(cells(object).slice(1, 5)).toEqual([
      'nginx',
      'a,b,c + 2 more...',
      '1.1.1.1,2.2.2.2,a',
      '80, 443',
    ]);
  });

  test('three hosts are all', () => {
    const rules = ['a', 'b', 'c'].map((host) => ({ host }));
    expect(cells(ingress({ rules }))[2]).toBe('a,b,c');
  });
});
