/** Of Nodes. */
import { createCases, updateCases } from './case.ts';
import { badLabel, badKey } from './words.ts';

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
