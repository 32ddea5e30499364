import { describe, expect, test } from 'vitest';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { networkPolicies } from './kind.ts';

const errorsOf = (spec: object) =>
  createErrors(networkPolicies, { spec: { podSelector: {}, ...spec } });
const policy = (spec: object = {}) =>
  created(networkPolicies, { spec: { podSelector: {}, ...spec } });
const port = (one: object) => ({ ingress: [{ ports: [one] }] });
const from = (one: object) => ({ ingress: [{ from: [one] }] });

describe('a new NetworkPolicy', () => {
  test.each<[object, string[]]>([
    [{}, ['Ingress']],
    [{ egress: [{}] }, ['Ingress', 'Egress']],
    [{ egress: [{}], policyTypes: ['Egress'] }, ['Egress']],
  ])('is about traffic in, and traffic out where it has rules for that: %j', (spec, types) => {
    expect(policy(spec).spec.policyTypes).toEqual(types);
  });

  test('means TCP', () => {
    const { spec } = policy({ ...port({ port: 80 }), egress: [{ ports: [{ port: 53 }] }] });
    expect(spec.ingress![0]!.ports).toEqual([{ port: 80, protocol: 'TCP' }]);
    expect(spec.egress![0]!.ports).toEqual([{ port: 53, protocol: 'TCP' }]);
  });
});

describe('validation of a NetworkPolicy', () => {
  const ports = 'spec.ingress[0].ports[0]';
  const peer = 'spec.ingress[0].from[0]';
  const block = (ipBlock: object) => from({ ipBlock });

  test.each<[string, object, string[]]>([
    [
      'the selector',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      [
        "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      ],
    ],
    [
      'a protocol',
      port({ protocol: 'ICMP' }),
      [`${ports}.protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`],
    ],
    [
      'a port’s number',
      port({ port: 0 }),
      [`${ports}.port: Invalid value: 0: must be between 1 and 65535, inclusive`],
    ],
    [
      'a port’s name',
      port({ port: '-' }),
      [
        `${ports}.port: Invalid value: "-": must contain at least one letter (a-z)`,
        `${ports}.port: Invalid value: "-": must not begin or end with a hyphen`,
      ],
    ],
    ['a range of ports', port({ port: 80, endPort: 90 }), []],
    [
      'a range that goes backwards',
      port({ port: 80, endPort: 79 }),
      [`${ports}.endPort: Invalid value: 79: must be greater than or equal to \`port\``],
    ],
    [
      'a range beyond the ports',
      port({ port: 80, endPort: 65_536 }),
      [`${ports}.endPort: Invalid value: 65536: must be between 1 and 65535, inclusive`],
    ],
    [
      'a range from a name',
      port({ port: 'http', endPort: 90 }),
      [`${ports}.endPort: Invalid value: 90: may not be specified when \`port\` is non-numeric`],
    ],
    [
      'a range from nowhere',
      port({ endPort: 90 }),
      [`${ports}.endPort: Invalid value: 90: may not be specified when \`port\` is not specified`],
    ],
    ['no peer', from({}), [`${peer}: Required value: must specify a peer`]],
    ['every pod of every namespace', from({ podSelector: {}, namespaceSelector: {} }), []],
    [
      'a peer that is two',
      from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      [`${peer}: Forbidden: may not specify both ipBlock and another peer`],
    ],
    [
      'selectors of a peer',
      from({
        podSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] },
        namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Far' }] },
      }),
      [
        `${peer}.podSelector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator`,
        `${peer}.namespaceSelector.matchExpressions[0].operator: Invalid value: "Far": not a valid selector operator`,
      ],
    ],
    ['no range', block({ cidr: '' }), [`${peer}.ipBlock.cidr: Required value`]],
    [
      'a range that is none',
      block({ cidr: '10.0.0.0', except: ['10.0.0.0/16'] }),
      [
        `${peer}.ipBlock.cidr: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
      ],
    ],
    [
      'exceptions',
      block({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', 'x', '11.0.0.0/16', '10.0.0.0/8'] }),
      [
        `${peer}.ipBlock.except[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
        `${peer}.ipBlock.except[2]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``,
        `${peer}.ipBlock.except[3]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
      ],
    ],
    [
      'rules for traffic out',
      { egress: [{ ports: [{ port: 0 }], to: [{}] }] },
      [
        'spec.egress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.egress[0].to[0]: Required value: must specify a peer',
      ],
    ],
    [
      'a type',
      { policyTypes: ['Ingress', 'Sideways'] },
      ['spec.policyTypes[1]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"'],
    ],
    [
      'too many types',
      { policyTypes: ['Ingress', 'Egress', 'Ingress'] },
      [
        'spec.policyTypes: Invalid value: []networking.PolicyType{"Ingress", "Egress", "Ingress"}: may not specify more than two policyTypes',
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });
});

test('changes of the spec are counted', () => {
  const old = policy();
  expect(old.metadata.generation).toBe(1);
  const changed = updated(networkPolicies, old, ({ spec }) => {
    spec.podSelector = { matchLabels: { app: 'web' } };
  });
  expect(changed.errors).toEqual([]);
  expect(changed.object.metadata.generation).toBe(2);
  const labelled = updated(networkPolicies, old, ({ metadata }) => {
    metadata.labels = { a: 'b' };
  });
  expect(labelled.object.metadata.generation).toBe(1);
});

test('the table of NetworkPolicies', () => {
  const cells = (spec: object) => networkPolicies.cells(policy(spec), wallTime + 5_000);
  expect(cells({})).toEqual(['x', '<none>', '5s']);
  expect(cells({ podSelector: { matchLabels: { app: 'web' } } })[1]).toBe('app=web');
});
