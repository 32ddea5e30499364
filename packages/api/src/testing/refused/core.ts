/** Of the other kinds of the core group. */
import { createCases, updateCases } from './case.ts';
import { container } from './pods.ts';
import { badLabel, badSubdomain, badKey, immutable } from './words.ts';

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
