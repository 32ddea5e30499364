/** Of Services. */
import { createCases, updateCases } from './case.ts';
import { badSubdomain, badIP, isFixed } from './words.ts';

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
