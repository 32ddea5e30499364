/** The error texts, one case each: a body and what is wrong with it. */
import { describe, expect, test } from 'vitest';
import { decodeObject } from '../decode.ts';
import { formatFieldError } from '../field-error.ts';
import type { Pod } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import {
  deployments,
  endpointSlices,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  secrets,
  services,
} from '../registry.ts';
import { beforeCreate, beforeUpdate } from '../strategy.ts';

const context = { uid: 'u', wallTime: 0, randomBelow: () => 0 };

function errorsOf(kind: KindDefinition, body: object): string[] {
  const metadata = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  const { object } = decodeObject(JSON.stringify({ metadata, ...body }), kind);
  kind.setDefaults(object);
  return beforeCreate(kind, object, context).map(formatFieldError);
}

const good = { name: 'c', image: 'i' };
const podSpec = (spec: object) => errorsOf(pods, { spec: { containers: [good], ...spec } });
const container = (more: object) => podSpec({ containers: [{ ...good, ...more }] });

describe('pods', () => {
  test.each<[string, string[], string[]]>([
    ['no containers', podSpec({ containers: [] }), ['spec.containers: Required value']],
    [
      'no name and no image',
      podSpec({ containers: [{}] }),
      ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
    ],
    [
      'two of one name',
      podSpec({ containers: [good, good] }),
      ['spec.containers[1].name: Duplicate value: "c"'],
    ],
    [
      'an image with blanks',
      container({ image: ' i' }),
      [
        'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
      ],
    ],
    [
      'ports',
      container({ ports: [{}, { containerPort: 70_000 }, { containerPort: 1, protocol: 'X' }] }),
      [
        'spec.containers[0].ports[0].containerPort: Required value',
        'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[2].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'environment',
      container({
        env: [
          { name: '' },
          { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } },
        ],
      }),
      [
        'spec.containers[0].env[0].name: Required value',
        'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x',
        'spec.containers[0].env[1].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      ],
    ],
    [
      'requests over limits',
      container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
      ],
    ],
    [
      'unknown and negative resources',
      container({
        resources: { limits: { foo: '1', cpu: '-1' }, requests: { foo: '1', cpu: '-1' } },
      }).slice(0, 3),
      [
        'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
        'spec.containers[0].resources.limits[foo]: Invalid value: "foo": must be a standard resource for containers',
        'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
    [
      'a probe without and with too many handlers',
      container({
        livenessProbe: { successThreshold: 2 },
        readinessProbe: { httpGet: { port: 'x y' }, tcpSocket: { port: 80 } },
      }),
      [
        'spec.containers[0].livenessProbe: Required value: must specify a handler type',
        'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
        'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "x y": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      ],
    ],
    [
      'restart policy',
      podSpec({ restartPolicy: 'Sometimes' }),
      [
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      ],
    ],
    [
      'volumes',
      podSpec({
        volumes: [
          { name: 'v', emptyDir: {}, configMap: { name: 'c' } },
          { name: 'v', hostPath: { path: '../x' } },
          { name: 'w', secret: {} },
        ],
      }),
      [
        'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[1].hostPath.path: Invalid value: "../x": must not contain \'..\'',
        'spec.volumes[2].secret.secretName: Required value',
      ],
    ],
    [
      'a mount of a volume that is not there, twice at one place',
      container({
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: '', mountPath: '/a' },
        ],
      }),
      [
        'spec.containers[0].volumeMounts[0].name: Not found: "v"',
        'spec.containers[0].volumeMounts[1].name: Required value',
        'spec.containers[0].volumeMounts[1].name: Not found: ""',
        'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      ],
    ],
    [
      'tolerations',
      podSpec({
        tolerations: [
          { operator: 'Equal' },
          { key: 'a', operator: 'Exists', value: 'x' },
          { key: 'a', tolerationSeconds: 5, effect: 'NoSchedule' },
        ],
      }),
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        'spec.tolerations[1].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
        'spec.tolerations[2].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      ],
    ],
    [
      'name service of its own',
      [
        ...podSpec({ dnsPolicy: 'None' }),
        ...podSpec({ dnsPolicy: 'None', dnsConfig: { nameservers: ['x'] } }),
      ],
      [
        'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
        'spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'debugging containers',
      podSpec({ ephemeralContainers: [{ name: 'd', image: 'i' }] }),
      ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
    ],
    [
      'an init container with a probe',
      podSpec({
        initContainers: [{ ...good, name: 'i', readinessProbe: { exec: { command: ['x'] } } }],
      }),
      [
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'two containers on one host port',
      podSpec({
        containers: [
          { ...good, ports: [{ containerPort: 80, hostPort: 80 }] },
          { name: 'd', image: 'i', ports: [{ containerPort: 81, hostPort: 80 }] },
        ],
      }),
      ['spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'affinity',
      podSpec({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 0, podAffinityTerm: { topologyKey: 'a' } },
            ],
          },
        },
      }),
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
      ],
    ],
  ])('%s', (_what, errors, expected) => {
    expect(errors).toEqual(expected);
  });
});

describe('updates of pods', () => {
  function change(edit: (pod: Pod) => void): string[] {
    const make = () => {
      const text = JSON.stringify({
        metadata: { name: 'x', namespace: 'default' },
        spec: { containers: [good], tolerations: [{ key: 'a', operator: 'Exists' }] },
      });
      const { object } = decodeObject(text, pods);
      pods.setDefaults(object);
      beforeCreate(pods, object, context);
      return object;
    };
    const pod = make();
    edit(pod);
    pods.setDefaults(pod);
    return beforeUpdate(pods, pod, make()).map(formatFieldError);
  }

  test('an image, a deadline and a further toleration may change', () => {
    expect(
      change((pod) => {
        pod.spec.containers[0]!.image = 'j';
        pod.spec.activeDeadlineSeconds = 5;
        pod.spec.tolerations!.push({ key: 'b', operator: 'Exists' });
      }),
    ).toEqual([]);
  });

  test('anything else is refused, and named', () => {
    const [error] = change((pod) => {
      pod.spec.containers[0]!.command = ['x'];
      pod.spec.nodeName = 'n';
    });
    expect(error).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`,/,
    );
    expect(error).toContain('spec.containers[0].command');
    expect(error).toContain('spec.nodeName');
  });

  test('containers come and go only with their pod', () => {
    expect(change((pod) => pod.spec.containers.push({ name: 'd', image: 'i' }))).toEqual([
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ]);
  });

  test('an existing toleration stays', () => {
    expect(change((pod) => delete pod.spec.tolerations)).toEqual([
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ]);
  });
});

describe('deployments', () => {
  const deployment = (spec: object) =>
    errorsOf(deployments, {
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [good] } },
        ...spec,
      },
    });

  test.each<[string, string[], string[]]>([
    [
      'no selector',
      deployment({ selector: null }),
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'an empty selector',
      deployment({ selector: {} }),
      [
        'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment',
      ],
    ],
    [
      'a selector of other pods',
      deployment({ selector: { matchLabels: { app: 'db' } } }),
      [
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'a strategy that cannot move',
      deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"0%"}: may not be 0 when `maxSurge` is 0',
      ],
    ],
    [
      'Recreate with numbers',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
      [
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
      ],
    ],
    [
      'no percentage',
      deployment({ strategy: { rollingUpdate: { maxSurge: 'half' } } }),
      [
        `spec.strategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"half"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
      ],
    ],
    [
      'a deadline before a pod counts',
      deployment({ minReadySeconds: 600 }),
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'a template that ends',
      deployment({
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [good], restartPolicy: 'Never' },
        },
      }),
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
  ])('%s', (_what, errors, expected) => {
    expect(errors).toEqual(expected);
  });
});

describe('services', () => {
  const service = (spec: object) =>
    errorsOf(services, { spec: { ports: [{ port: 80 }], ...spec } });

  test.each<[string, string[], string[]]>([
    ['no ports', service({ ports: [] }), ['spec.ports: Required value']],
    ['no ports, headless', service({ ports: [], clusterIP: 'None' }), []],
    [
      'two ports without names',
      service({ ports: [{ port: 80 }, { port: 81 }] }),
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      'a node port on a ClusterIP service',
      service({ ports: [{ port: 80, nodePort: 30_000 }] }),
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'a node port out of range',
      service({ type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
      [
        'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
      ],
    ],
    [
      'an address that is none',
      service({ clusterIP: 'ten' }),
      [
        'spec.clusterIPs[0]: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      ],
    ],
    [
      'headless with node ports',
      service({ clusterIP: 'None', type: 'NodePort' }),
      [
        'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
      ],
    ],
    ['no external name', service({ type: 'ExternalName' }), ['spec.externalName: Required value']],
    [
      'an unknown type',
      service({ type: 'Magic' }),
      [
        'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
  ])('%s', (_what, errors, expected) => {
    expect(errors).toEqual(expected);
  });

  test('its name begins with a letter', () => {
    const errors = errorsOf(services, {
      metadata: { name: '1web', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    });
    expect(errors[0]).toMatch(/^metadata.name: Invalid value: "1web": a DNS-1035 label must/);
  });
});

describe('the other kinds', () => {
  test.each<[string, string[], string[]]>([
    [
      'a taint given twice',
      errorsOf(nodes, {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      }),
      [
        'metadata.taints[1]: Duplicate value: core.Taint{Key:"a", Value:"", Effect:"NoSchedule", TimeAdded:(*v1.Time)(nil)}: taints must be unique by key and effect pair',
      ],
    ],
    [
      'a taint without effect',
      errorsOf(nodes, { spec: { taints: [{ key: 'a' }] } }),
      ['metadata.taints[0].effect: Required value'],
    ],
    [
      'a lease that never lasts',
      errorsOf(leases, { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } }),
      [
        'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
        'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'endpoints of another family, and none',
      errorsOf(endpointSlices, { addressType: 'IPv4', endpoints: [{ addresses: ['::1'] }, {}] }),
      [
        'endpoints[0].addresses[0]: Invalid value: "::1": must be a valid IPv4 address',
        'endpoints[1].addresses: Required value: must contain at least 1 address',
      ],
    ],
    [
      'endpoints without a family',
      errorsOf(endpointSlices, { endpoints: [] }),
      ['addressType: Required value'],
    ],
    [
      'an event about another namespace',
      errorsOf(events, { involvedObject: { namespace: 'other' } }),
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [
      'a TLS secret without its key',
      errorsOf(secrets, { type: 'kubernetes.io/tls', data: { 'tls.crt': 'YQ==' } }),
      ['data[tls.key]: Required value'],
    ],
    [
      'a namespace in a namespace',
      errorsOf(namespaces, { metadata: { name: 'x', namespace: 'y' } }),
      ['metadata.namespace: Forbidden: not allowed on this type'],
    ],
    [
      'no name at all',
      errorsOf(leases, { metadata: { namespace: 'default' } }),
      ['metadata.name: Required value: name or generateName is required'],
    ],
    [
      'annotations over 256 KiB',
      errorsOf(leases, {
        metadata: { name: 'x', namespace: 'default', annotations: { a: 'x'.repeat(262_144) } },
      }),
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
  ])('%s', (_what, errors, expected) => {
    expect(errors).toEqual(expected);
  });
});
