/** What writers of pods are told although the pods are valid (pkg/api/pod/warnings_test.go). */
import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../../testing/writes.ts';
import { deployments } from '../../deployments/kind.ts';
import { pods } from '../kind.ts';

const container = (name: string, more: object = {}) => ({ name, image: 'i', ...more });
const pod = (spec: object, metadata: object = {}) => ({
  metadata: { name: 'x', namespace: 'default', ...metadata },
  spec: { containers: [container('c')], ...spec },
});
const first = (more: object) => pod({ containers: [container('c', more)] });
const projected = (...sources: object[]) =>
  pod({ serviceAccountName: 'a', volumes: [{ name: 'v', projected: { sources } }] });
const items = (...paths: string[]) => paths.map((path) => ({ key: 'k', path }));
const port = (more: object) => ({ containerPort: 80, ...more });
const nothing = 'a null labelSelector results in matching no pod';
const term = { topologyKey: 'kubernetes.io/hostname' };

const cases: readonly (readonly [string, object, readonly string[]])[] = [
  ['nothing to say', first({ ports: [port({ name: 'http' })], env: [{ name: 'A' }] }), []],
  [
    'a name that is no host name',
    pod({}, { name: 'a.b' }),
    [
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]",
    ],
  ],
  [
    'old labels of nodes',
    pod({
      nodeSelector: { 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }] },
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 1,
              preference: {
                matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'Exists' }],
              },
            },
          ],
        },
      },
    }),
    [
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/arch is deprecated since v1.14; use "kubernetes.io/arch" instead',
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead',
    ],
  ],
  [
    'a spread over an old label, of no pods',
    pod({
      topologySpreadConstraints: [
        {
          topologyKey: 'failure-domain.beta.kubernetes.io/zone',
          maxSkew: 1,
          whenUnsatisfiable: 'DoNotSchedule',
        },
      ],
    }),
    [
      'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
      `spec.topologySpreadConstraints[0].labelSelector: ${nothing}`,
    ],
  ],
  [
    'affinity to no pods',
    pod({
      affinity: {
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { ...term, labelSelector: {} } },
            { weight: 1, podAffinityTerm: term },
          ],
        },
      },
    }),
    [
      `spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: ${nothing}`,
      `spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[1].podAffinityTerm.labelSelector: ${nothing}`,
    ],
  ],
  [
    'annotations that became fields',
    pod(
      {},
      {
        annotations: {
          'scheduler.alpha.kubernetes.io/critical-pod': '',
          'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
          'container.seccomp.security.alpha.kubernetes.io/c': 'runtime/default',
          'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default',
        },
      },
    ),
    [
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
      'metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional in v1.27+; use the "seccompProfile" field instead',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
    ],
  ],
  [
    'an annotation beside its field',
    pod(
      { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      { annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default' } },
    ),
    [],
  ],
  [
    'volumes that nobody mounts',
    pod({
      volumes: [
        { name: 'a', gitRepo: { repository: 'r' } },
        { name: 'b', rbd: { monitors: ['m'], image: 'i' } },
        {
          name: 'c',
          ephemeral: {
            volumeClaimTemplate: {
              spec: {
                accessModes: ['ReadWriteOnce'],
                resources: { requests: { storage: '500m' } },
              },
            },
          },
        },
      ],
    }),
    [
      'spec.volumes[0].gitRepo: deprecated in v1.11',
      'spec.volumes[1].rbd: deprecated in v1.28, non-functional in v1.31+',
      'spec.volumes[2].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "500m" is invalid, must be an integer',
    ],
  ],
  [
    'files of one volume in each other',
    pod({
      volumes: [{ name: 'v', configMap: { name: 'm', items: items('a', 'b', 'a/c/', 'b') } }],
    }),
    [
      'volume "v" (ConfigMap "m"): overlapping paths: "a/c" with "a"',
      'volume "v" (ConfigMap "m"): overlapping paths: "b" with "b"',
    ],
  ],
  [
    'files of several sources in each other',
    projected(
      { serviceAccountToken: { path: 'token' } },
      { configMap: { name: 'all' } },
      { secret: { name: 's', items: items('token/x', 'y') } },
    ),
    ['volume "v" (Projected Secret "s"): overlapping paths: "token/x" with "token"'],
  ],
  [
    'what is listed twice',
    pod({
      hostAliases: [
        { ip: '10.0.0.1', hostnames: ['a'] },
        { ip: '10.0.0.1', hostnames: ['b'] },
      ],
      imagePullSecrets: [{ name: 's' }, { name: 's' }, {}],
    }),
    [
      'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
      'spec.imagePullSecrets[1].name: duplicate name "s"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
    ],
  ],
  [
    'parts of bytes',
    first({
      resources: {
        limits: { memory: '1100m', cpu: '1100m' },
        requests: { memory: '100m', 'ephemeral-storage': '2.5' },
      },
    }),
    [
      'spec.containers[0].resources.limits[memory]: fractional byte value "1100m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
      'spec.containers[0].resources.requests[ephemeral-storage]: fractional byte value "2500m" is invalid, must be an integer',
    ],
  ],
  [
    'a variable that hides another',
    first({
      env: [
        { name: 'A', value: 'a' },
        { name: 'A', value: '$(A)b' },
        { name: 'A', value: '$(A)' },
        { name: 'A', value: 'b' },
        { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
    }),
    [2, 3, 4].map(
      (index) =>
        `spec.containers[0].env[${index}]: hides previous definition of "A", which may be dropped when using apply`,
    ),
  ],
  [
    'a port twice, in different containers too',
    pod({
      initContainers: [container('i', { ports: [port({})] })],
      containers: [
        container('c', {
          ports: [port({}), port({ hostPort: 80 }), port({ hostPort: 81, hostIP: '10.0.0.1' })],
        }),
        container('d', { ports: [port({ protocol: 'UDP', hostIP: '10.0.0.1' })] }),
      ],
    }),
    [
      'spec.containers[0].ports[0]: duplicate port definition with spec.initContainers[0].ports[0]',
      'spec.containers[0].ports[1]: overlapping port definition with spec.initContainers[0].ports[0]',
      'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.initContainers[0].ports[0]',
      'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[0]',
      'spec.containers[1].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:UDP HostIP:10.0.0.1}',
    ],
  ],
  [
    'a time to end that is negative',
    pod({ terminationGracePeriodSeconds: -1 }),
    [
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ],
  ],
  [
    'one port of the host, at one address and at all',
    first({ ports: [port({ hostPort: 80, hostIP: '10.0.0.1' }), port({ hostPort: 80 })] }),
    [
      'spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]',
    ],
  ],
];

test.each(cases)('%s', (_name, body, warnings) => {
  expect(warningsOf(pods, body)).toEqual(warnings);
});

test('an update of a pod warns of nothing: hardly anybody would read it', () => {
  const body = first({ env: [{ name: 'A' }, { name: 'A' }] });
  expect(warningsOf(pods, body, ({ metadata }) => (metadata.labels = { a: 'b' }))).toEqual([]);
});

describe('a template', () => {
  const labels = { a: 'b' };
  const { spec } = first({ env: [{ name: 'A' }, { name: 'A' }] });
  const body = {
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
  const hides =
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply';

  test('is warned of on create', () => {
    expect(warningsOf(deployments, body)).toEqual([hides]);
  });

  test('is warned of again when the spec changes, and not when something else does', () => {
    expect(warningsOf(deployments, body, ({ spec: now }) => (now.replicas = 3))).toEqual([hides]);
    const label = ({ metadata }: { metadata: { labels?: object } }) => (metadata.labels = labels);
    expect(warningsOf(deployments, body, label)).toEqual([]);
  });
});
