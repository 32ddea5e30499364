/** Of the other kinds of the core group. */
import { createCases, updateCases } from './case.ts';
import { container, pod } from './pods.ts';

const badLabel = (value: string) =>
  `Invalid value: "${value}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
const badSubdomain = (value: string) =>
  `Invalid value: "${value}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const badKey = (value: string) =>
  `Invalid value: "${value}": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;
const badIP = (value: string) =>
  `Invalid value: "${value}": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)`;
const immutable = 'Forbidden: field is immutable when `immutable` is set';
const isFixed = 'may not change once set';

const service = (spec: object, metadata: object = {}) => ({
  metadata: { name: 'x', namespace: 'default', ...metadata },
  spec: { ports: [{ port: 80 }], ...spec },
});

export const serviceCases = [
  ...createCases('Service', [
    [
      'ServicePort.nodePort',
      service({ ports: [{ port: 80, nodePort: 30_000 }] }),
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      'ServiceSpec.clusterIP ServiceSpec.clusterIPs',
      service({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.2', '10.96.0.3', '::1'] }),
      [
        'spec.clusterIPs: Invalid value: []string{"10.96.0.2", "10.96.0.3", "::1"}: first value must match `clusterIP`',
        'spec.clusterIPs: Invalid value: []string{"10.96.0.2", "10.96.0.3", "::1"}: may only hold up to 2 values',
      ],
    ],
    [
      'ServiceSpec.ipFamilies ServiceSpec.ipFamilyPolicy',
      service({
        clusterIP: '10.96.0.1',
        ipFamilies: ['IPv6', 'IPv6', 'IPv5'],
        ipFamilyPolicy: 'Any',
      }),
      [
        'spec.ipFamilies[1]: Duplicate value: "IPv6"',
        'spec.ipFamilies[2]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
        'spec.ipFamilyPolicy: Unsupported value: "Any": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
        'spec.clusterIPs[0]: Invalid value: "10.96.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`',
      ],
    ],
    [
      'ServiceSpec.externalName',
      service({ type: 'ExternalName', externalName: '-', clusterIP: '10.96.0.1' }),
      [
        'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
        `spec.externalName: ${badSubdomain('-')}`,
      ],
    ],
    [
      'ServiceSpec.externalIPs',
      service({ externalIPs: ['127.0.0.1'] }),
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      'ServiceSpec.externalTrafficPolicy ServiceSpec.healthCheckNodePort',
      service({ externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 }),
      [
        'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
        "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ],
    ],
    [
      'ServiceSpec.allocateLoadBalancerNodePorts ServiceSpec.loadBalancerClass ServiceSpec.loadBalancerSourceRanges',
      service({
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'a',
        loadBalancerSourceRanges: ['10.0.0.0/40'],
      }),
      [
        "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
        'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/40": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
        "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
      ],
    ],
    [
      'ObjectMeta.annotations',
      service(
        {},
        {
          annotations: {
            'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8, x',
            'service.kubernetes.io/topology-aware-hints': 'Auto',
            'service.kubernetes.io/topology-mode': 'Disabled',
          },
        },
      ),
      [
        'metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Disabled": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified',
        "metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Forbidden: may only be used when `type` is 'LoadBalancer'",
        'metadata.annotations[service.beta.kubernetes.io/load-balancer-source-ranges]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ],
    ],
  ]),
  ...updateCases(
    'Service',
    service({ type: 'LoadBalancer', clusterIP: '10.96.0.1', loadBalancerClass: 'a' }),
    [
      [
        'ServiceSpec.clusterIP ServiceSpec.clusterIPs ServiceSpec.loadBalancerClass',
        ({ spec }) =>
          Object.assign(spec, {
            clusterIP: '10.96.0.2',
            clusterIPs: ['10.96.0.2'],
            loadBalancerClass: 'b',
          }),
        [
          `spec.clusterIPs[0]: Invalid value: []string{"10.96.0.2"}: ${isFixed}`,
          `spec.loadBalancerClass: Invalid value: "b": ${isFixed}`,
        ],
      ],
      [
        'ServiceSpec.ipFamilies',
        ({ spec }) => Object.assign(spec, { ipFamilies: ['IPv6'], clusterIPs: ['10.96.0.1'] }),
        [
          'spec.clusterIPs[0]: Invalid value: "10.96.0.1": expected an IPv6 value as indicated by `ipFamilies[0]`',
          `spec.ipFamilies[0]: Invalid value: []string{"IPv6"}: ${isFixed}`,
        ],
      ],
    ],
  ),
  ...updateCases(
    'Service',
    service({ type: 'LoadBalancer' }),
    [
      [
        'LoadBalancerIngress.ip LoadBalancerIngress.hostname LoadBalancerIngress.ipMode',
        ({ status }) =>
          (status.loadBalancer = {
            ingress: [
              { ip: '10.0.0', ipMode: 'Direct' },
              { hostname: '10.0.0.1', ipMode: 'VIP' },
            ],
          }),
        [
          `status.loadBalancer.ingress[0].ip: ${badIP('10.0.0')}`,
          'status.loadBalancer.ingress[0].ipMode: Unsupported value: "Direct": supported values: "Proxy", "VIP"',
          'status.loadBalancer.ingress[1].ipMode: Forbidden: may not be specified when `ip` is not set',
          'status.loadBalancer.ingress[1].hostname: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'Service',
    service({}),
    [
      [
        'LoadBalancerIngress.ip',
        ({ status }) => (status.loadBalancer = { ingress: [{ ip: '10.0.0.1' }] }),
        "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
      ],
    ],
    'status',
  ),
];

const node = (spec: object = {}) => ({ metadata: { name: 'x' }, spec });
const configMap = { namespace: 'a', name: 'b', kubeletConfigKey: 'c' };

export const nodeCases = [
  ...createCases('Node', [
    [
      'NodeSpec.podCIDR',
      node({ podCIDR: 'a' }),
      'spec.podCIDRs[0]: Invalid value: "a": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      'NodeSpec.podCIDRs',
      node({ podCIDRs: ['10.0.0.0/24', '10.0.1.0/24'] }),
      'spec.podCIDRs: Invalid value: []string{"10.0.0.0/24", "10.0.1.0/24"}: may specify no more than one CIDR for each IP family',
    ],
  ]),
  ...updateCases('Node', node({ podCIDR: '10.0.0.0/24', providerID: 'a' }), [
    [
      'NodeSpec.podCIDR NodeSpec.providerID NodeSpec.externalID',
      ({ spec }) =>
        Object.assign(spec, { podCIDRs: ['10.0.1.0/24'], providerID: 'b', externalID: 'c' }),
      [
        'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
        'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
        'spec.externalID: Forbidden: may not be updated',
      ],
    ],
    [
      'ConfigMapNodeConfigSource.uid ConfigMapNodeConfigSource.resourceVersion ConfigMapNodeConfigSource.namespace ConfigMapNodeConfigSource.name ConfigMapNodeConfigSource.kubeletConfigKey',
      ({ spec }) =>
        (spec.configSource = {
          configMap: {
            uid: 'u',
            resourceVersion: '1',
            namespace: '-',
            name: '',
            kubeletConfigKey: '!',
          },
        }),
      [
        'spec.configSource.configMap.uid: Forbidden: uid must not be set in spec',
        'spec.configSource.configMap.resourceVersion: Forbidden: resourceVersion must not be set in spec',
        `spec.configSource.configMap.namespace: ${badLabel('-')}`,
        'spec.configSource.configMap.name: Required value: name must be set',
        `spec.configSource.configMap.kubeletConfigKey: ${badKey('!')}`,
      ],
    ],
  ]),
  ...updateCases(
    'Node',
    node(),
    [
      [
        'NodeStatus.capacity NodeStatus.allocatable',
        ({ status }) =>
          Object.assign(status, { capacity: { cpu: '-1' }, allocatable: { pods: '1500m' } }),
        [
          'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
          'status.allocatable.pods: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be an integer',
        ],
      ],
      [
        'NodeAddress.type NodeAddress.address',
        ({ status }) =>
          (status.addresses = [
            { type: 'InternalIP', address: '10.0.0.1' },
            { type: 'InternalIP', address: '10.0.0.1' },
          ]),
        'status.addresses[1]: Duplicate value: core.NodeAddress{Type:"InternalIP", Address:"10.0.0.1"}',
      ],
      [
        'ConfigMapNodeConfigSource.uid ConfigMapNodeConfigSource.resourceVersion',
        ({ status }) => (status.config = { assigned: { configMap }, active: {} }),
        [
          'status.config.assigned.configMap.uid: Required value: uid must be set in status',
          'status.config.assigned.configMap.resourceVersion: Required value: resourceVersion must be set in status',
          'status.config.active: Invalid value: core.NodeConfigSource{...}: exactly one reference subfield must be non-nil',
        ],
      ],
    ],
    'status',
  ),
];

const podStatus = pod({ restartPolicy: 'Never', containers: [container] });

export const podStatusCases = updateCases(
  'Pod',
  podStatus,
  [
    [
      'PodIP.ip HostIP.ip PodStatus.hostIP',
      ({ status }) =>
        Object.assign(status, {
          podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }],
          hostIP: '10.0.0.2',
          hostIPs: [{ ip: 'a' }],
        }),
      [
        'status.podIPs: Invalid value: []core.PodIP{...}: may specify no more than one IP for each IP family',
        'status.podIPs[1]: Duplicate value: core.PodIP{IP:"10.0.0.1"}',
        'status.hostIPs[0].ip: Invalid value: "a": must be equal to `hostIP`',
        `status.hostIPs[0]: ${badIP('a')}`,
      ],
    ],
    [
      'PodStatus.nominatedNodeName PodStatus.qosClass',
      ({ status }) => Object.assign(status, { nominatedNodeName: '-', qosClass: 'Burstable' }),
      [
        `status.nominatedNodeName: ${badSubdomain('-')}`,
        'status.qosClass: Invalid value: "Burstable": field is immutable',
      ],
    ],
    [
      'PodCondition.type',
      ({ status }) => (status.conditions = [{ type: '-', status: 'True' }]),
      `metadata.conditions[0].Type: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      'LinuxContainerUser.uid LinuxContainerUser.gid LinuxContainerUser.supplementalGroups',
      ({ status }) =>
        (status.containerStatuses = [
          { name: 'c', user: { linux: { uid: -1, gid: -2, supplementalGroups: [-3] } } },
        ]),
      [
        'status.containerStatuses[0].linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].linux.gid: Invalid value: -2: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].linux.supplementalGroups[0]: Invalid value: -3: must be between 0 and 2147483647, inclusive',
      ],
    ],
    [
      'ResourceStatus.name ResourceHealth.resourceID ResourceHealth.health',
      ({ status }) =>
        (status.containerStatuses = [
          {
            name: 'c',
            allocatedResourcesStatus: [
              {
                name: 'example.com/gpu',
                resources: [
                  { resourceID: 'a', health: 'Sick' },
                  { resourceID: 'a', health: 'Healthy' },
                ],
              },
              { name: 'claim:a' },
            ],
          },
        ]),
      [
        `status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "example.com/gpu": must match one of the container's resource requests`,
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Sick": supported values: "Healthy", "Unhealthy", "Unknown"',
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "a"',
        `status.containerStatuses[0].allocatedResourcesStatus[1].name: Invalid value: "claim:a": must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty`,
      ],
    ],
    [
      'PodResourceClaimStatus.name PodResourceClaimStatus.resourceClaimName',
      ({ status }) => (status.resourceClaimStatuses = [{ name: 'a', resourceClaimName: '-' }]),
      [
        'status.resourceClaimStatuses[0].name: Invalid value: "a": must match the name of an entry in `spec.resourceClaims`',
        `status.resourceClaimStatuses[0].name: ${badSubdomain('-')}`,
      ],
    ],
  ],
  'status',
);

const template = (spec: object = {}) => ({
  metadata: { labels: { a: 'b' } },
  spec: { containers: [container], ...spec },
});

export const coreCases = [
  ...createCases('ConfigMap', [
    [
      'ConfigMap.data ConfigMap.binaryData',
      { data: { '!': 'a', b: 'c' }, binaryData: { b: 'YQ==' } },
      [
        `data[!]: ${badKey('!')}`,
        'data[b]: Invalid value: "b": duplicate of key present in binaryData',
      ],
    ],
  ]),
  ...updateCases('ConfigMap', { data: { a: 'b' }, immutable: true }, [
    [
      'ConfigMap.immutable ConfigMap.data ConfigMap.binaryData',
      (map) => Object.assign(map, { immutable: false, data: {}, binaryData: { c: 'YQ==' } }),
      [`immutable: ${immutable}`, `data: ${immutable}`, `binaryData: ${immutable}`],
    ],
  ]),
  ...createCases('Secret', [
    ['Secret.data', { data: { '!': 'YQ==' } }, `data[!]: ${badKey('!')}`],
    [
      'Secret.stringData',
      { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{' } },
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input',
    ],
  ]),
  ...updateCases('Secret', { data: { a: 'YQ==' }, immutable: true }, [
    [
      'Secret.type Secret.immutable',
      (secret) => Object.assign(secret, { type: 'example.com/a', immutable: false }),
      ['type: Invalid value: "example.com/a": field is immutable', `immutable: ${immutable}`],
    ],
  ]),
  ...createCases('ServiceAccount', [
    [
      'ObjectMeta.generateName ObjectMeta.namespace',
      { metadata: { generateName: '-', namespace: '-' } },
      [
        `metadata.generateName: ${badSubdomain('-')}`,
        `metadata.name: ${badSubdomain('-bbbbb')}`,
        `metadata.namespace: ${badLabel('-')}`,
      ],
    ],
    [
      'OwnerReference.controller',
      {
        metadata: {
          name: 'x',
          namespace: 'default',
          ownerReferences: ['a', 'b'].map((name) => ({
            apiVersion: 'v1',
            kind: 'Pod',
            name,
            uid: name,
            controller: true,
          })),
        },
      },
      'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"Pod","name":"a","uid":"a","controller":true},{"apiVersion":"v1","kind":"Pod","name":"b","uid":"b","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for Pod and Pod',
    ],
  ]),
  ...createCases('Endpoints', [
    [
      'EndpointAddress.ip',
      { subsets: [{ addresses: [{ ip: '0.0.0.0' }] }] },
      'subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
    ],
  ]),
  ...createCases('Event', [
    [
      'ObjectReference.namespace',
      { involvedObject: { namespace: 'other' } },
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    ],
    [
      'Event.reason Event.message Event.action Event.reportingComponent Event.reportingInstance',
      {
        involvedObject: { namespace: 'default' },
        eventTime: '2026-11-21T08:00:00.000000Z',
        message: 'x'.repeat(1025),
        action: 'x'.repeat(129),
      },
      [
        'reportingController: Required value',
        'reportingInstance: Required value',
        'action: Invalid value: "": can have at most 128 characters',
        'reason: Required value',
        'message: Invalid value: "": can have at most 1024 characters',
      ],
    ],
  ]),
  ...createCases('LimitRange', [
    [
      'LimitRangeItem.max LimitRangeItem.min LimitRangeItem.maxLimitRequestRatio',
      {
        spec: {
          limits: [
            { type: 'Pod', max: { cpu: '1' }, min: { a: '1' }, maxLimitRequestRatio: { b: '2' } },
          ],
        },
      },
      ['min[a]', 'maxLimitRequestRatio[b]'].flatMap((path) => {
        const name = path.at(-2)!;
        return [
          `spec.limits[0].${path}: Invalid value: "${name}": must be a standard resource type or fully qualified`,
          `spec.limits[0].${path}: Invalid value: "${name}": must be a standard resource for containers`,
        ];
      }),
    ],
    [
      'LimitRangeItem.default LimitRangeItem.defaultRequest',
      {
        spec: { limits: [{ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }] },
      },
      [
        "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
        "spec.limits[0].defaultRequest: Forbidden: may not be specified when `type` is 'Pod'",
      ],
    ],
  ]),
  ...updateCases(
    'Namespace',
    { metadata: { name: 'x' } },
    [
      [
        'NamespaceStatus.phase',
        ({ status }) => (status.phase = 'Terminating'),
        'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
      ],
    ],
    'status',
  ),
  ...createCases('ResourceQuota', [
    [
      'ResourceQuotaSpec.scopes',
      { spec: { hard: { pods: '1' }, scopes: ['Sometimes'] } },
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"Sometimes"}: unsupported scope',
    ],
    [
      'ScopedResourceSelectorRequirement.scopeName ScopedResourceSelectorRequirement.operator ScopedResourceSelectorRequirement.values',
      {
        spec: {
          scopeSelector: {
            matchExpressions: [
              { scopeName: 'A', operator: 'Near' },
              { scopeName: 'PriorityClass', operator: 'In' },
              { scopeName: 'PriorityClass', operator: 'Exists', values: ['b'] },
            ],
          },
        },
      },
      [
        'spec.scopeSelector.matchExpressions.scopeName: Invalid value: "A": unsupported scope',
        'spec.scopeSelector.matchExpressions.operator: Invalid value: "Near": not a valid selector operator',
        "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        "spec.scopeSelector.matchExpressions.values: Invalid value: []string{\"b\"}: must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      ],
    ],
  ]),
  ...updateCases(
    'ResourceQuota',
    {},
    [
      [
        'ResourceQuotaStatus.hard ResourceQuotaStatus.used',
        ({ status }) => Object.assign(status, { hard: { pods: '-1' }, used: { pods: '-2' } }),
        [
          'status.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
          'status.used[pods]: Invalid value: "-2": must be greater than or equal to 0',
        ],
      ],
    ],
    'status',
  ),
  ...createCases('ReplicationController', [
    [
      'PodSpec.activeDeadlineSeconds',
      {
        spec: { selector: { a: 'b' }, template: template({ activeDeadlineSeconds: 1 }) },
      },
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicationController is not Supported',
    ],
  ]),
  ...createCases('PersistentVolume', [
    ...(
      [
        [
          'RBDPersistentVolumeSource.monitors',
          { rbd: { monitors: [], image: 'a' } },
          'rbd.monitors',
        ],
        ['CephFSPersistentVolumeSource.monitors', { cephfs: { monitors: [] } }, 'cephfs.monitors'],
        [
          'AzureFilePersistentVolumeSource.secretNamespace',
          { azureFile: { secretName: 'a', shareName: 'b', secretNamespace: '' } },
          'azureFile.secretNamespace',
        ],
        [
          'ScaleIOPersistentVolumeSource.volumeName',
          { scaleIO: { gateway: 'a', system: 'b', secretRef: { name: 'c' } } },
          'scaleIO.volumeName',
        ],
        [
          'ISCSIPersistentVolumeSource.chapAuthDiscovery ISCSIPersistentVolumeSource.chapAuthSession',
          {
            iscsi: {
              targetPortal: 'p',
              iqn: 'iqn.2001-04.com.example:a',
              lun: 0,
              chapAuthDiscovery: true,
              chapAuthSession: true,
            },
          },
          'iscsi.secretRef',
        ],
      ] as const
    ).map(([fields, source, path]) => {
      const spec = { capacity: { storage: '1' }, accessModes: ['ReadWriteOnce'], ...source };
      return [fields, { metadata: { name: 'x' }, spec }, `spec.${path}: Required value`] as const;
    }),
    [
      'SecretReference.name SecretReference.namespace FlexPersistentVolumeSource.options',
      {
        metadata: { name: 'x' },
        spec: {
          capacity: { storage: '1' },
          accessModes: ['ReadWriteOnce'],
          csi: {
            driver: 'a',
            volumeHandle: 'b',
            nodePublishSecretRef: { name: '-', namespace: '-' },
          },
        },
      },
      [
        `spec.csi.nodePublishSecretRef.name: ${badSubdomain('-')}`,
        `spec.csi.nodePublishSecretRef.namespace: ${badLabel('-')}`,
      ],
    ],
    [
      'FlexPersistentVolumeSource.options',
      {
        metadata: { name: 'x' },
        spec: {
          capacity: { storage: '1' },
          accessModes: ['ReadWriteOnce'],
          flexVolume: { driver: 'a/b', options: { 'kubernetes.io/c': 'd' } },
        },
      },
      'spec.flexVolume.options[kubernetes.io/c]: Invalid value: "kubernetes.io/c": kubernetes.io and k8s.io namespaces are reserved',
    ],
  ]),
  ...updateCases(
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1' } } } },
    [
      [
        'PersistentVolumeClaimStatus.capacity PersistentVolumeClaimStatus.allocatedResources PersistentVolumeClaimStatus.allocatedResourceStatuses',
        ({ status }) =>
          Object.assign(status, {
            capacity: { storage: '-1' },
            allocatedResources: { cpu: '1' },
            allocatedResourceStatuses: { storage: 'Growing' },
          }),
        [
          'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
          'status.allocatedResourceStatus: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
          'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
        ],
      ],
    ],
    'status',
  ),
  ...updateCases(
    'PersistentVolumeClaim',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1' } },
        volumeName: 'a',
      },
    },
    [
      [
        'PersistentVolumeClaimSpec.volumeName',
        ({ spec }) => (spec.volumeName = 'b'),
        'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n  spec.volumeName\n',
      ],
    ],
  ),
];
