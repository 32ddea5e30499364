/** What writers of other kinds are told; pods and their templates: pods/warnings. */
import { expect, test } from 'vitest';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { warningsOf } from '../testing/writes.ts';
import { cronJobs } from './cronjobs/kind.ts';
import { csiStorageCapacities } from './csistoragecapacities/kind.ts';
import { daemonSets } from './daemonsets/kind.ts';
import { deployments } from './deployments/kind.ts';
import { ingresses } from './ingresses/kind.ts';
import { jobs } from './jobs/kind.ts';
import { nodes } from './nodes/kind.ts';
import { persistentVolumeClaims } from './persistentvolumeclaims/kind.ts';
import { persistentVolumes } from './persistentvolumes/kind.ts';
import { podTemplates } from './podtemplates/kind.ts';
import { serviceAccounts } from './serviceaccounts/kind.ts';
import { services } from './services/kind.ts';
import { statefulSets } from './statefulsets/kind.ts';
import { storageClasses } from './storageclasses/kind.ts';

const labels = { a: 'b' };
const podSpec = { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: -1 };
const negative = (field: string) =>
  `${field}.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`;
const selector = { matchLabels: labels };
const template = { metadata: { labels }, spec: podSpec };
const jobSpec = { template: { spec: { ...podSpec, restartPolicy: 'Never' } } };
const dotted = { name: 'a.b', namespace: 'default' };
const dots =
  "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')]";
const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';
const classWarning = `metadata.annotations[${storageClassAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`;
const oldOs = 'deprecated since v1.14; use "kubernetes.io/os" instead';
const annotated = (annotations: object) => ({
  metadata: { name: 'x', namespace: 'default', annotations },
});
const clusterAnnotated = (annotations: object) => ({ metadata: { name: 'x', annotations } });
const port = { port: 80 };

const cases: readonly (readonly [string, KindDefinition, object, readonly string[]])[] = [
  [
    'a Deployment',
    deployments,
    { metadata: dotted, spec: { selector, template } },
    [dots, negative('spec.template')],
  ],
  [
    'a DaemonSet',
    daemonSets,
    { metadata: dotted, spec: { selector, template } },
    [negative('spec.template')],
  ],
  ['a PodTemplate', podTemplates, { template }, [negative('template')]],
  [
    'a StatefulSet',
    statefulSets,
    {
      spec: {
        selector,
        template,
        serviceName: 's',
        revisionHistoryLimit: -1,
        volumeClaimTemplates: [
          {
            metadata: { name: 'v' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1m' } } },
          },
        ],
      },
    },
    [
      negative('spec.template'),
      'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1m" is invalid, must be an integer',
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ],
  ],
  [
    'a Job',
    jobs,
    {
      spec: { ...jobSpec, completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 },
    },
    [
      'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
      negative('spec.template'),
    ],
  ],
  [
    'a CronJob',
    cronJobs,
    { metadata: dotted, spec: { schedule: '0 * * * *', jobTemplate: { spec: jobSpec } } },
    [dots, negative('spec.jobTemplate.spec.template')],
  ],
  [
    'a Node',
    nodes,
    { spec: { configSource: {}, externalID: 'e' } },
    [
      'spec.configSource: the feature is removed',
      'spec.externalID: this field is deprecated, and is unused by Kubernetes',
    ],
  ],
  [
    'an Ingress',
    ingresses,
    {
      ...annotated({ 'kubernetes.io/ingress.class': 'nginx' }),
      spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
    },
    [
      'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
    ],
  ],
  [
    'a ServiceAccount',
    serviceAccounts,
    annotated({ 'kubernetes.io/enforce-mountable-secrets': 'true' }),
    [
      'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
    ],
  ],
  [
    'a StorageClass',
    storageClasses,
    {
      provisioner: 'p',
      allowedTopologies: [
        { matchLabelExpressions: [{ key: 'beta.kubernetes.io/os', values: ['linux'] }] },
      ],
    },
    [`allowedTopologies[0].matchLabelExpressions[0].key: ${oldOs}`],
  ],
  [
    'a CSIStorageCapacity',
    csiStorageCapacities,
    { storageClassName: 's', nodeTopology: { matchLabels: { 'beta.kubernetes.io/os': 'linux' } } },
    [`nodeTopology.matchLabels.beta.kubernetes.io/os: ${oldOs}`],
  ],
  [
    'a PersistentVolume',
    persistentVolumes,
    {
      ...clusterAnnotated({ [storageClassAnnotation]: 's' }),
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Recycle',
        cephfs: { monitors: ['m'] },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }] },
            ],
          },
        },
      },
    },
    [
      classWarning,
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      `spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is ${oldOs}`,
      'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
    ],
  ],
  [
    'a PersistentVolumeClaim',
    persistentVolumeClaims,
    {
      ...annotated({ [storageClassAnnotation]: 's' }),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5' } } },
    },
    [
      classWarning,
      'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    ],
  ],
  [
    'a Service',
    services,
    {
      ...annotated({ 'service.kubernetes.io/topology-aware-hints': 'auto' }),
      spec: {
        ports: [port],
        type: 'LoadBalancer',
        externalName: 'example.com',
        externalIPs: ['2001:DB8::1', '2001:db8::1', '192.0.2.1'],
        loadBalancerSourceRanges: ['2001:db8:0::/64', '192.0.2.0/24'],
      },
    },
    [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
      'spec.externalIPs[0]: IPv6 address "2001:DB8::1" is not in RFC 5952 canonical format ("2001:db8::1"), which may cause controller apply-loops',
      'spec.loadBalancerSourceRanges[0]: IPv6 prefix "2001:db8:0::/64" is not in RFC 5952 canonical format ("2001:db8::/64"), which may cause controller apply-loops',
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ],
  ],
  [
    'a Service of another name',
    services,
    { spec: { type: 'ExternalName', externalName: 'example.com', externalIPs: ['192.0.2.1'] } },
    ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
  ],
];

test.each(cases)('%s', (_name, kind, body, warnings) => {
  expect(warningsOf<KubernetesObject>(kind, body)).toEqual(warnings);
});

test('what a ServiceAccount was warned of, it may keep in silence', () => {
  const body = annotated({ 'kubernetes.io/enforce-mountable-secrets': 'true' });
  const label = ({ metadata }: KubernetesObject) => (metadata.labels = labels);
  expect(warningsOf<KubernetesObject>(serviceAccounts, body, label)).toEqual([]);
});
