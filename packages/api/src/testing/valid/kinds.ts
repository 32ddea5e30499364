/** Rules of the other kinds. */
import * as fc from 'fast-check';
import { sampleRequest } from '../certificate-requests.ts';
import type { FieldRules, Shape, Struct } from './grammar.ts';
import {
  absolutePath,
  amount,
  cidr,
  configKey,
  ip,
  ipv4,
  label,
  labelValue,
  ownedName,
  portName,
  portNumber,
  positive,
  qualifiedName,
  sentence,
  share,
  subdomain,
  wholeAmount,
} from './words.ts';

const always = { presence: 'always' } as const;
const never = { presence: 'never' } as const;
const kindName = { values: fc.constantFrom('Deployment', 'ReplicaSet') };

export const kindFields: FieldRules = {
  'ConfigMap.data': { keys: fc.constantFrom('a', 'b.txt'), values: sentence },
  'ConfigMap.binaryData': { keys: fc.constantFrom('c', 'd.bin') },
  'Secret.data': { keys: configKey },
  'Secret.stringData': { keys: fc.constantFrom('t', 'u.txt'), values: sentence },
  'Secret.type': { values: fc.constantFrom('Opaque', 'example.com/own') },
  'ServiceAccount.secrets': never,
  'EndpointAddress.ip': { values: ip },
  'EndpointAddress.targetRef': never,
  'CoreV1EndpointPort.port': { values: portNumber },
  'CoreV1EndpointPort.name': { values: label, ...always },
  'CoreV1EndpointPort.appProtocol': { values: qualifiedName },
  'Event.involvedObject': { values: fc.record({ kind: label, name: label }) },
  'Event.message': { values: sentence },
  'Event.series': never,
  'Event.eventTime': never,
  'Event.type': { values: fc.constantFrom('Normal', 'Warning') },
  'EventSource.host': { values: subdomain },
  'LimitRangeSpec.limits': { differsIn: 'type', ...always },
  'LimitRangeItem.type': { values: fc.constantFrom('Container', 'example.com/own') },
  'LimitRangeItem.min': never,
  'LimitRangeItem.default': never,
  'LimitRangeItem.defaultRequest': never,
  'LimitRangeItem.maxLimitRequestRatio': never,
  'ResourceQuotaSpec.hard': {
    keys: fc.constantFrom('pods', 'count/jobs.batch', 'services', 'secrets'),
    values: wholeAmount,
  },
  'ResourceQuotaSpec.scopes': never,
  'ResourceQuotaSpec.scopeSelector': never,
  'NamespaceSpec.finalizers': { values: ownedName },
  'NodeSpec.podCIDR': never,
  'NodeSpec.podCIDRs': { values: fc.constant('10.1.0.0/24') },
  'NodeSpec.configSource': never,
  'Node.status': never,
  'NodeSpec.taints': { differsIn: 'key' },
  'Taint.key': { values: qualifiedName },
  'Taint.value': { values: labelValue },
  'ServiceSpec.ports': { differsIn: 'name', ...always },
  'ServiceSpec.clusterIP': never,
  'ServiceSpec.clusterIPs': never,
  'ServiceSpec.ipFamilies': never,
  'ServiceSpec.ipFamilyPolicy': never,
  'ServiceSpec.type': { values: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer') },
  'ServiceSpec.externalName': never,
  'ServiceSpec.externalIPs': { values: ip },
  'ServiceSpec.loadBalancerIP': never,
  'ServiceSpec.loadBalancerSourceRanges': never,
  'ServiceSpec.loadBalancerClass': never,
  'ServiceSpec.healthCheckNodePort': never,
  'ServiceSpec.allocateLoadBalancerNodePorts': never,
  'ServiceSpec.externalTrafficPolicy': never,
  'ServiceSpec.trafficDistribution': { values: fc.constant('PreferClose') },
  'ServiceSpec.selector': { values: labelValue },
  'ServicePort.port': { values: portNumber },
  'ServicePort.nodePort': never,
  'ServicePort.name': { values: label, ...always },
  'ServicePort.targetPort': { values: fc.oneof(portNumber, portName) },
  'ServicePort.appProtocol': { values: qualifiedName },
  'ClientIPConfig.timeoutSeconds': { values: positive },
  'EndpointSlice.endpoints': always,
  'EndpointSlice.ports': { differsIn: 'name' },
  'Endpoint.addresses': { values: ipv4 },
  'Endpoint.targetRef': never,
  'Endpoint.deprecatedTopology': never,
  'Endpoint.nodeName': { values: subdomain },
  'EndpointPort.name': { values: label, ...always },
  'EndpointPort.port': { values: portNumber, ...always },
  'EndpointPort.appProtocol': { values: qualifiedName },
  'PolicyRule.apiGroups': { values: fc.constantFrom('', 'apps', '*'), ...always },
  'PolicyRule.resources': { values: fc.constantFrom('pods', 'pods/log', '*'), ...always },
  'PolicyRule.verbs': { values: fc.constantFrom('get', 'watch', '*') },
  'PolicyRule.nonResourceURLs': never,
  'Subject.kind': { values: fc.constantFrom('User', 'Group') },
  'Subject.apiGroup': never,
  'Subject.namespace': never,
  'RoleRef.apiGroup': { values: fc.constant('rbac.authorization.k8s.io') },
  'RoleRef.kind': { values: fc.constant('ClusterRole') },
  'AggregationRule.clusterRoleSelectors': always,
  'LeaseSpec.leaseDurationSeconds': { values: positive },
  'LeaseSpec.strategy': never,
  'LeaseSpec.preferredHolder': never,
  'PriorityClass.description': { values: sentence },
  'PriorityClass.value': { values: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }) },
  'CSIDriverSpec.volumeLifecycleModes': { values: fc.constantFrom('Persistent', 'Ephemeral') },
  'CSIDriverSpec.fsGroupPolicy': { values: fc.constantFrom('File', 'None') },
  'CSIDriverSpec.tokenRequests': { differsIn: 'audience' },
  'StorageV1TokenRequest.expirationSeconds': { values: fc.integer({ min: 600, max: 86_400 }) },
  'CSINodeDriver.topologyKeys': { values: qualifiedName },
  'CSIStorageCapacity.storageClassName': { values: subdomain },
  'CSIStorageCapacity.capacity': { values: amount },
  'StorageClass.provisioner': { values: ownedName },
  'StorageClass.parameters': { values: sentence },
  'StorageClass.reclaimPolicy': { values: fc.constantFrom('Delete', 'Retain') },
  'TopologySelectorTerm.matchLabelExpressions': always,
  'TopologySelectorLabelRequirement.key': { values: qualifiedName },
  'TopologySelectorLabelRequirement.values': { values: label },
  'VolumeAttachmentSource.persistentVolumeName': { values: label, ...always },
  'VolumeAttachmentSource.inlineVolumeSpec': never,
  'VolumeAttachment.status': never,
  'VolumeAttachmentSpec.attacher': { values: fc.constant('csi.example.com') },
  'VolumeAttachmentSpec.nodeName': { values: subdomain },
  'PodDisruptionBudgetSpec.minAvailable': { values: share },
  'PodDisruptionBudgetSpec.maxUnavailable': { values: share },
  'NetworkPolicyPort.port': { values: portNumber },
  'NetworkPolicyPort.endPort': never,
  'IPBlock.cidr': { values: cidr },
  'IPBlock.except': never,
  'IngressSpec.defaultBackend': always,
  'IngressRule.host': { values: fc.constantFrom('example.com', '*.example.com') },
  'IngressTLS.hosts': { values: fc.constantFrom('a.example.com', '*.example.com') },
  'HTTPIngressPath.path': { values: absolutePath, ...always },
  'HTTPIngressPath.pathType': {
    values: fc.constantFrom('Exact', 'Prefix', 'ImplementationSpecific'),
  },
  'IngressServiceBackend.port': always,
  'ServiceBackendPort.name': { values: portName },
  'ServiceBackendPort.number': { values: portNumber },
  'IngressClassSpec.controller': { values: ownedName, ...always },
  'IngressClassParametersReference.apiGroup': { values: fc.constant('example.com') },
  'IngressClassParametersReference.scope': { values: fc.constant('Namespace'), ...always },
  'IngressClassParametersReference.namespace': { values: label, ...always },
  'CertificateSigningRequestSpec.request': { values: fc.constant(sampleRequest) },
  'CertificateSigningRequestSpec.signerName': {
    values: label.map((one) => `example.com/${one}`),
  },
  'CertificateSigningRequestSpec.expirationSeconds': {
    values: fc.integer({ min: 600, max: 86_400 }),
  },
  'CertificateSigningRequestSpec.usages': {
    values: fc.constantFrom('client auth', 'digital signature'),
    ...always,
  },
  'CrossVersionObjectReference.kind': kindName,
  'CrossVersionObjectReference.apiVersion': { values: fc.constantFrom('apps/v1', 'v1') },
  'HorizontalPodAutoscalerSpec.minReplicas': { values: fc.constantFrom(1, 2) },
  'HorizontalPodAutoscalerSpec.maxReplicas': { values: fc.integer({ min: 2, max: 20 }) },
  'MetricTarget.type': { values: fc.constant('AverageValue') },
  'MetricTarget.averageValue': { values: fc.constantFrom('1', '250m'), ...always },
  'MetricTarget.value': never,
  'MetricTarget.averageUtilization': never,
  'ResourceMetricSource.name': { values: fc.constantFrom('cpu', 'memory') },
  'ContainerResourceMetricSource.name': { values: fc.constantFrom('cpu', 'memory') },
  'MetricSpec.type': { values: fc.constant('') },
  'HPAScalingRules.stabilizationWindowSeconds': { values: fc.nat({ max: 3_600 }) },
  'HPAScalingRules.selectPolicy': { values: fc.constantFrom('Max', 'Min', 'Disabled') },
  'HPAScalingRules.policies': always,
  'HPAScalingPolicy.type': { values: fc.constantFrom('Pods', 'Percent') },
  'HPAScalingPolicy.value': { values: positive },
  'HPAScalingPolicy.periodSeconds': { values: fc.integer({ min: 1, max: 1_800 }) },
};

const metricSources = ['object', 'pods', 'resource', 'containerResource', 'external'];
const typeOfMetric = (source: Struct) => {
  const given = metricSources.find((key) => source[key] !== undefined)!;
  return { ...source, type: `${given[0]!.toUpperCase()}${given.slice(1)}` };
};

const oneOfTwo = (first: string, second: string) => (struct: Struct) => {
  if (struct[first] !== undefined) delete struct[second];
  return struct;
};

export const kindShapes: Readonly<Record<string, Shape>> = {
  EndpointSubset: { fit: (subset) => ({ addresses: [{ ip: '10.9.9.9' }], ...subset }) },
  EndpointSlice: {
    fit: (slice) => {
      const type = slice['addressType'];
      const address =
        type === 'FQDN' ? 'a.example.com' : type === 'IPv6' ? '2001:db8::1' : '10.0.0.1';
      for (const one of slice['endpoints'] as Struct[]) one['addresses'] = [address];
      return slice;
    },
  },
  ServiceSpec: {
    fit: (spec) => {
      if (spec['sessionAffinity'] !== 'ClientIP') delete spec['sessionAffinityConfig'];
      return spec;
    },
  },
  ClusterRole: {
    fit: (role) => {
      // Upstream's controllers fill in the rules of those.
      if (role['aggregationRule'] !== undefined) delete role['rules'];
      return role;
    },
  },
  PodDisruptionBudgetSpec: { fit: oneOfTwo('minAvailable', 'maxUnavailable') },
  NetworkPolicyPeer: { oneOf: ['podSelector', 'namespaceSelector', 'ipBlock'] },
  IngressBackend: { oneOf: ['service', 'resource'] },
  ServiceBackendPort: { oneOf: ['name', 'number'] },
  MetricSpec: { oneOf: metricSources, fit: typeOfMetric },
  HorizontalPodAutoscalerSpec: {
    fit: (spec) => {
      const metrics = spec['metrics'] as Struct[] | undefined;
      if (metrics !== undefined) spec['metrics'] = metrics.slice(0, 1);
      return spec;
    },
  },
  StorageClass: {
    fit: (storageClass) => {
      const terms = (storageClass['allowedTopologies'] ?? []) as Struct[];
      if (terms.length > 0) storageClass['allowedTopologies'] = terms.slice(0, 1);
      for (const term of terms) {
        const expressions = term['matchLabelExpressions'] as Struct[];
        term['matchLabelExpressions'] = expressions.slice(0, 1);
      }
      return storageClass;
    },
  },
};
