/** Of the kinds of the other groups. */
import { sampleRequest } from '../certificate-requests.ts';
import { createCases, updateCases } from './case.ts';
import { container } from './pods.ts';

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [container] } };
const workload = { selector: { matchLabels: labels }, template };
const job = (spec: object) => ({
  spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } }, ...spec },
});
const isNotNegative = 'must be greater than or equal to 0';

/** A status whose counts are all below zero. */
const negative = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, -1]));
const fieldsOf = (type: string, keys: readonly string[]) =>
  keys.map((key) => `${type}.${key}`).join(' ');
const refused = (keys: readonly string[]) =>
  keys.map((key) => `status.${key}: Invalid value: -1: ${isNotNegative}`);

const daemonCounts = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
];
const deploymentCounts = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'collisionCount',
];
const replicaCounts = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
];
const statefulCounts = [
  'replicas',
  'readyReplicas',
  'currentReplicas',
  'updatedReplicas',
  'availableReplicas',
  'observedGeneration',
  'collisionCount',
];
const budgetCounts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'];
const jobCounts = ['active', 'succeeded', 'failed', 'ready', 'terminating'];

export const countCases = [
  ...updateCases(
    'DaemonSet',
    { spec: workload },
    [
      [
        fieldsOf('DaemonSetStatus', [...daemonCounts, 'collisionCount']),
        ({ status }) => Object.assign(status, negative([...daemonCounts, 'collisionCount'])),
        [
          ...refused([...daemonCounts, 'collisionCount']),
          'status.collisionCount: Invalid value: -1: cannot be decremented',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'Deployment',
    { spec: workload },
    [
      [
        fieldsOf('DeploymentStatus', deploymentCounts),
        ({ status }) => Object.assign(status, negative(deploymentCounts)),
        [
          ...refused(deploymentCounts),
          'status.collisionCount: Invalid value: -1: cannot be decremented',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'ReplicaSet',
    { spec: workload },
    [
      [
        fieldsOf('ReplicaSetStatus', replicaCounts),
        ({ status }) => Object.assign(status, negative(replicaCounts)),
        refused(replicaCounts),
      ],
    ],
    'status',
  ),
  ...updateCases(
    'ReplicationController',
    { spec: { selector: labels, template } },
    [
      [
        fieldsOf('ReplicationControllerStatus', replicaCounts),
        ({ status }) => Object.assign(status, negative(replicaCounts)),
        refused(replicaCounts),
      ],
    ],
    'status',
  ),
  ...updateCases(
    'StatefulSet',
    { spec: { ...workload, serviceName: 'a' } },
    [
      [
        fieldsOf('StatefulSetStatus', statefulCounts),
        ({ status }) => Object.assign(status, negative(statefulCounts)),
        [
          ...refused(statefulCounts),
          'status.collisionCount: Invalid value: -1: cannot be decremented',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'PodDisruptionBudget',
    {},
    [
      [
        fieldsOf('PodDisruptionBudgetStatus', budgetCounts),
        ({ status }) => Object.assign(status, negative(budgetCounts)),
        refused(budgetCounts),
      ],
      [
        'Condition.type Condition.status Condition.observedGeneration Condition.lastTransitionTime Condition.reason Condition.message',
        ({ status }) =>
          (status.conditions = [
            {
              type: 'A',
              status: 'Maybe',
              observedGeneration: -1,
              reason: '',
              message: 'm'.repeat(32_769),
            },
            {
              type: 'A',
              status: 'True',
              lastTransitionTime: '2026-11-21T08:00:00Z',
              reason: 'R',
              message: '',
            },
          ]),
        [
          'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
          'status.conditions[0].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
          'status.conditions[0].lastTransitionTime: Required value: must be set',
          'status.conditions[0].reason: Required value: must be set',
          'status.conditions[0].message: Too long: may not be more than 32768 bytes',
          'status.conditions[1].type: Duplicate value: "A"',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'Job',
    job({}),
    [
      [
        fieldsOf('JobStatus', jobCounts),
        ({ status }) => Object.assign(status, negative(jobCounts)),
        [
          ...refused(jobCounts),
          'status.failed: Invalid value: -1: cannot decrease the failed counter',
          'status.succeeded: Invalid value: -1: cannot decrease the succeeded counter',
        ],
      ],
      [
        'UncountedTerminatedPods.succeeded UncountedTerminatedPods.failed',
        ({ status }) =>
          (status.uncountedTerminatedPods = { succeeded: ['a', 'a'], failed: ['a', ''] }),
        [
          'status.uncountedTerminatedPods.succeeded[1]: Duplicate value: "a"',
          'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
          'status.uncountedTerminatedPods.failed[1]: Invalid value: "": must not be empty',
        ],
      ],
      [
        'JobStatus.completedIndexes JobStatus.failedIndexes JobStatus.completionTime',
        ({ status }) =>
          Object.assign(status, {
            completedIndexes: '0',
            failedIndexes: '1',
            completionTime: '2026-11-21T08:00:00Z',
          }),
        [
          'status.completionTime: Invalid value: 2026-11-21 08:00:00 +0000 UTC: cannot set completionTime when there is no Complete=True condition',
          'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
          'status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
        ],
      ],
      [
        'JobCondition.type JobCondition.status JobStatus.startTime',
        ({ status }) => (status.conditions = [{ type: 'Complete', status: 'True' }]),
        [
          'status.completionTime: Required value: completionTime is required for Complete jobs',
          'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
          'status.startTime: Required value: startTime is required for finished job',
        ],
      ],
    ],
    'status',
  ),
];

export const groupCases = [
  ...updateCases('ControllerRevision', { data: { a: 1 }, revision: 1 }, [
    [
      'ControllerRevision.data',
      (revision) => (revision.data = { a: 2 }),
      'data: Invalid value: runtime.Unknown{...}: field is immutable',
    ],
  ]),
  ...updateCases('CSIDriver', { metadata: { name: 'x' }, spec: { attachRequired: true } }, [
    [
      'CSIDriverSpec.attachRequired',
      ({ spec }) => (spec.attachRequired = false),
      'spec.attachedRequired: Invalid value: false: field is immutable',
    ],
  ]),
  ...updateCases(
    'HorizontalPodAutoscaler',
    {
      spec: {
        maxReplicas: 2,
        scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' },
      },
    },
    [
      [
        'HorizontalPodAutoscalerStatus.currentReplicas HorizontalPodAutoscalerStatus.desiredReplicas',
        ({ status }) => Object.assign(status, negative(['currentReplicas', 'desiredReplicas'])),
        refused(['currentReplicas', 'desiredReplicas']),
      ],
    ],
    'status',
  ),
  ...createCases('Job', [
    [
      'JobSpec.backoffLimitPerIndex JobSpec.maxFailedIndexes',
      job({ backoffLimitPerIndex: 1, maxFailedIndexes: -1 }),
      [
        'spec.maxFailedIndexes: Invalid value: -1: must be greater than or equal to 0',
        'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
        'spec.maxFailedIndexes: Invalid value: -1: requires indexed completion mode',
      ],
    ],
    [
      'JobSpec.manualSelector',
      job({ manualSelector: true }),
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
      ],
    ],
    [
      'SuccessPolicyRule.succeededIndexes SuccessPolicyRule.succeededCount',
      job({
        completionMode: 'Indexed',
        completions: 2,
        successPolicy: { rules: [{ succeededIndexes: 'a' }, { succeededCount: 5 }, {}] },
      }),
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"',
        'spec.successPolicy.rules[1].succeededCount: Invalid value: 5: must be less than or equal to 2 (the number of specified completions)',
        'spec.successPolicy.rules[2]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      ],
    ],
    [
      'PodFailurePolicyOnExitCodesRequirement.containerName PodFailurePolicyOnExitCodesRequirement.values',
      job({
        podFailurePolicy: {
          rules: [
            {
              action: 'FailJob',
              onExitCodes: { containerName: 'other', operator: 'In', values: [0] },
            },
          ],
        },
      }),
      [
        'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
      ],
    ],
  ]),
  ...createCases('DaemonSet', [
    [
      'RollingUpdateDaemonSet.maxSurge',
      { spec: { ...workload, updateStrategy: { rollingUpdate: { maxSurge: 'x' } } } },
      `spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"x"}: a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    ],
  ]),
  ...updateCases('StatefulSet', { spec: { ...workload, serviceName: 'a' } }, [
    [
      'StatefulSetSpec.serviceName StatefulSetSpec.revisionHistoryLimit',
      ({ spec }) => Object.assign(spec, { serviceName: 'b', revisionHistoryLimit: 1 }),
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
  ]),
  ...createCases('EndpointSlice', [
    [
      'Endpoint.addresses',
      {
        addressType: 'FQDN',
        endpoints: [{ addresses: ['a', 'a.b-', ''] }],
      },
      [
        'endpoints[0].addresses[0]: Invalid value: "a": should be a domain with at least two segments separated by dots',
        `endpoints[0].addresses[1]: Invalid value: "a.b-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        'endpoints[0].addresses[2]: Required value',
      ],
    ],
    [
      'Endpoint.deprecatedTopology ForZone.name',
      {
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['0.0.0.0'],
            deprecatedTopology: { a: '!' },
            hints: { forZones: [{ name: 'a' }, { name: 'a' }] },
          },
        ],
      },
      [
        'endpoints[0].addresses[0]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
        `endpoints[0].deprecatedTopology: Invalid value: "!": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
        'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
      ],
    ],
  ]),
  ...createCases('NetworkPolicy', [
    [
      'NetworkPolicyPort.endPort IPBlock.except',
      {
        spec: {
          podSelector: {},
          ingress: [
            {
              ports: [{ port: 80, endPort: 79 }],
              from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }],
            },
          ],
        },
      },
      [
        'spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`',
        'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      ],
    ],
  ]),
  ...createCases('ClusterRole', [
    [
      'PolicyRule.verbs PolicyRule.apiGroups PolicyRule.resources',
      { rules: [{ verbs: [] }] },
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
      ],
    ],
    [
      'PolicyRule.nonResourceURLs PolicyRule.resourceNames',
      { rules: [{ verbs: ['get'], nonResourceURLs: ['/a'], resourceNames: ['b'] }] },
      'rules[0].nonResourceURLs: Invalid value: []string{"/a"}: rules cannot apply to both regular resources and non-resource URLs',
    ],
  ]),
  ...createCases('Role', [
    [
      'PolicyRule.nonResourceURLs',
      { rules: [{ verbs: ['get'], nonResourceURLs: ['/a'] }] },
      'rules[0].nonResourceURLs: Invalid value: []string{"/a"}: namespaced rules cannot apply to non-resource URLs',
    ],
  ]),
  ...createCases('ClusterRoleBinding', [
    [
      'Subject.apiGroup Subject.namespace',
      {
        roleRef: { kind: 'ClusterRole', name: 'a' },
        subjects: [
          { kind: 'User', name: 'a', apiGroup: 'b' },
          { kind: 'ServiceAccount', name: 'a' },
        ],
      },
      [
        'subjects[0].apiGroup: Unsupported value: "b": supported values: "rbac.authorization.k8s.io"',
        'subjects[1].namespace: Required value',
      ],
    ],
  ]),
  ...updateCases('PriorityClass', { metadata: { name: 'x' }, value: 1 }, [
    [
      'PriorityClass.value',
      (priorityClass) => (priorityClass.value = 2),
      'value: Forbidden: may not be changed in an update.',
    ],
  ]),
  ...createCases('CSIDriver', [
    [
      'StorageV1TokenRequest.audience',
      {
        metadata: { name: 'x' },
        spec: { tokenRequests: [{ audience: 'a' }, { audience: 'a' }] },
      },
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ],
  ]),
  ...createCases('StorageClass', [
    [
      'StorageClass.parameters TopologySelectorLabelRequirement.values',
      {
        metadata: { name: 'x' },
        provisioner: 'example.com/a',
        parameters: { '': 'a' },
        allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: ['b', 'b'] }] }],
      },
      [
        'parameters: Invalid value: "": field can not be empty.',
        'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "b"',
      ],
    ],
  ]),
  ...createCases('HorizontalPodAutoscaler', [
    [
      'MetricTarget.value MetricTarget.averageUtilization',
      {
        spec: {
          maxReplicas: 2,
          scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' },
          metrics: [
            {
              type: 'Resource',
              resource: {
                name: 'cpu',
                target: { type: 'Utilization', averageUtilization: 0, value: '-1' },
              },
            },
          ],
        },
      },
      [
        'spec.metrics[0].resource.target.value: Invalid value: resource.Quantity{i:resource.int64Amount{value:-1, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be positive',
        'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
      ],
    ],
  ]),
  ...updateCases(
    'Ingress',
    { spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
    [
      [
        'IngressLoadBalancerIngress.ip IngressLoadBalancerIngress.hostname',
        ({ status }) =>
          (status.loadBalancer = { ingress: [{ ip: 'a' }, { hostname: '10.0.0.1' }] }),
        [
          'status.loadBalancer.ingress[0].ip: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
          'status.loadBalancer.ingress[1].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
        ],
      ],
    ],
    'status',
  ),
  ...createCases('CertificateSigningRequest', [
    [
      'CertificateSigningRequestSpec.request',
      {
        metadata: { name: 'x' },
        spec: { request: 'YQ==', signerName: 'example.com/a', usages: ['client auth'] },
      },
      'spec.request: Invalid value: []byte{0x61}: PEM block type must be CERTIFICATE REQUEST',
    ],
  ]),
  ...updateCases(
    'CertificateSigningRequest',
    {
      metadata: { name: 'x' },
      spec: { request: sampleRequest, signerName: 'example.com/a', usages: ['client auth'] },
    },
    [
      [
        'CertificateSigningRequestCondition.type CertificateSigningRequestCondition.status CertificateSigningRequestStatus.certificate',
        ({ status }) =>
          Object.assign(status, {
            conditions: [
              { type: '', status: 'True' },
              { type: 'Approved', status: 'False' },
            ],
            certificate: 'YQ==',
          }),
        [
          'status.conditions[0].type: Required value',
          'status.conditions[1].status: Unsupported value: "False": supported values: "True"',
          'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
          'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
        ],
      ],
    ],
    'status',
  ),
];
