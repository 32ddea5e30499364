/** Rules of pods: containers, probes, scheduling. */
import * as fc from 'fast-check';
import type { FieldRules, Shape, Struct } from './grammar.ts';
import {
  absolutePath,
  amount,
  configKey,
  environmentName,
  ip,
  label,
  labelValue,
  positive,
  port,
  portNumber,
  qualifiedName,
  relativePath,
  sentence,
  subdomain,
  userId,
  wholeAmount,
} from './words.ts';

const always = { presence: 'always' } as const;
const never = { presence: 'never' } as const;
const weight = { values: fc.integer({ min: 1, max: 100 }) };
const resourceNames = fc.constantFrom('cpu', 'memory', 'ephemeral-storage');

const containerFields = (type: 'Container' | 'EphemeralContainer'): FieldRules => ({
  [`${type}.image`]: { values: fc.constantFrom('busybox', 'registry.io/a/b:v1'), ...always },
  [`${type}.args`]: { values: sentence },
  [`${type}.workingDir`]: { values: absolutePath },
  [`${type}.terminationMessagePath`]: { values: absolutePath },
  [`${type}.restartPolicy`]: never,
  [`${type}.resizePolicy`]: never,
  [`${type}.volumeDevices`]: never,
});

export const podFields: FieldRules = {
  ...containerFields('Container'),
  ...containerFields('EphemeralContainer'),
  'ContainerPort.hostIP': { values: ip },
  'ContainerPort.containerPort': { values: portNumber },
  'ContainerPort.hostPort': { values: portNumber },
  'VolumeMount.mountPath': { values: absolutePath },
  'VolumeMount.subPath': { values: relativePath },
  'VolumeMount.subPathExpr': { values: relativePath },
  'VolumeMount.mountPropagation': { values: fc.constantFrom('None', 'HostToContainer') },
  'VolumeMount.recursiveReadOnly': never,
  'EnvVar.name': { values: environmentName },
  'EnvVar.value': { values: sentence },
  'EnvFromSource.prefix': { values: fc.constantFrom('P_', 'p.') },
  'ConfigMapEnvSource.name': { values: subdomain, ...always },
  'SecretEnvSource.name': { values: subdomain, ...always },
  'ConfigMapKeySelector.name': { values: label, ...always },
  'SecretKeySelector.name': { values: label, ...always },
  'ConfigMapKeySelector.key': { values: configKey },
  'SecretKeySelector.key': { values: configKey },
  'ObjectFieldSelector.apiVersion': { values: fc.constant('v1') },
  'ObjectFieldSelector.fieldPath': { values: fc.constantFrom('metadata.name', 'metadata.uid') },
  'ResourceFieldSelector.resource': { values: fc.constantFrom('limits.cpu', 'requests.cpu') },
  'ResourceFieldSelector.containerName': { values: fc.constant('c0') },
  'ResourceFieldSelector.divisor': { values: fc.constantFrom('1', '1m') },
  'ResourceRequirements.limits': { keys: resourceNames, values: fc.constant('2Gi') },
  'ResourceRequirements.requests': { keys: resourceNames, values: wholeAmount },
  'ResourceRequirements.claims': never,
  'ExecAction.command': { values: sentence, ...always },
  'HTTPGetAction.path': { values: absolutePath, ...always },
  'HTTPGetAction.port': { values: port },
  'HTTPHeader.name': { values: fc.constantFrom('X-Header', 'Accept') },
  'HTTPHeader.value': { values: sentence },
  'TCPSocketAction.port': { values: port },
  'GRPCAction.port': { values: portNumber },
  'Probe.timeoutSeconds': { values: positive },
  'Probe.periodSeconds': { values: positive },
  'Probe.failureThreshold': { values: positive },
  'Probe.successThreshold': { values: fc.constant(1) },
  'Probe.terminationGracePeriodSeconds': never,
  'LifecycleHandler.tcpSocket': never,
  // At most the grace period of the pod, which is 30 s unless it says more.
  'SleepAction.seconds': { values: fc.integer({ min: 1, max: 20 }) },
  'Lifecycle.stopSignal': never,
  'Capabilities.add': { values: fc.constantFrom('NET_ADMIN', 'CHOWN') },
  'Capabilities.drop': { values: fc.constantFrom('ALL', 'CHOWN') },
  'SecurityContext.procMount': { values: fc.constant('Default') },
  'SecurityContext.runAsUser': { values: userId },
  'SecurityContext.runAsGroup': { values: userId },
  'SecurityContext.windowsOptions': never,
  'PodSecurityContext.windowsOptions': never,
  'PodSecurityContext.seLinuxChangePolicy': never,
  'PodSecurityContext.runAsUser': { values: userId },
  'PodSecurityContext.runAsGroup': { values: userId },
  'PodSecurityContext.fsGroup': { values: userId },
  'PodSecurityContext.supplementalGroups': { values: userId },
  'Sysctl.name': { values: fc.constantFrom('kernel.pid_max', 'vm.swappiness') },
  'PodSecurityContext.sysctls': { differsIn: 'name' },
  'PodSpec.containers': always,
  'PodSpec.ephemeralContainers': never,
  'PodSpec.nodeSelector': { values: labelValue },
  'PodSpec.nodeName': { values: subdomain },
  'PodSpec.serviceAccountName': { values: subdomain },
  'PodSpec.serviceAccount': never,
  'PodSpec.priority': never,
  'PodSpec.preemptionPolicy': never,
  'PodSpec.priorityClassName': { values: subdomain },
  'PodSpec.runtimeClassName': { values: subdomain },
  'PodSpec.overhead': never,
  'PodSpec.resourceClaims': never,
  'PodSpec.resources': never,
  'PodSpec.hostUsers': never,
  'PodSpec.shareProcessNamespace': never,
  'PodSpec.activeDeadlineSeconds': { values: positive },
  'PodSpec.terminationGracePeriodSeconds': { values: fc.integer({ min: 20, max: 90 }) },
  'PodSpec.schedulingGates': never,
  'PodSpec.restartPolicy': never,
  'HostAlias.ip': { values: ip },
  'PodDNSConfig.nameservers': { values: ip, ...always },
  'PodDNSConfig.searches': { values: subdomain },
  'PodDNSConfigOption.name': { values: label, ...always },
  'PodReadinessGate.conditionType': { values: qualifiedName },
  'PodOS.name': { values: fc.constant('linux') },
  'Toleration.value': { values: labelValue },
  'Toleration.key': { values: qualifiedName, ...always },
  'PreferredSchedulingTerm.weight': weight,
  'WeightedPodAffinityTerm.weight': weight,
  'PodAffinityTerm.topologyKey': { values: qualifiedName },
  'PodAffinityTerm.matchLabelKeys': never,
  'PodAffinityTerm.mismatchLabelKeys': never,
  'TopologySpreadConstraint.maxSkew': { values: positive },
  'TopologySpreadConstraint.minDomains': never,
  'TopologySpreadConstraint.matchLabelKeys': never,
  'TopologySpreadConstraint.topologyKey': { values: qualifiedName },
  'ContainerResizePolicy.resourceName': { values: fc.constant('cpu') },
  'LimitRangeItem.max': { keys: resourceNames, values: amount },
};

/** Only Localhost has a profile of its own. */
const fitProfile = (profile: Struct) => {
  if (profile['type'] === 'Localhost') profile['localhostProfile'] = 'profiles/a.json';
  else delete profile['localhostProfile'];
  return profile;
};

function fitSecurity(context: Struct): Struct {
  if (context['privileged'] === true) delete context['allowPrivilegeEscalation'];
  return context;
}

function fitPorts(container: Struct, counter: { ports: number }): void {
  for (const one of (container['ports'] ?? []) as Struct[]) {
    counter.ports += 1;
    one['name'] = `p-${counter.ports}`;
    one['containerPort'] = 1_000 + counter.ports;
    if (one['hostPort'] !== undefined) one['hostPort'] = one['containerPort'];
  }
}

/** Mounts name volumes that are there, and take different places. */
function fitMounts(container: Struct, volumes: readonly Struct[]): void {
  const mounts = (container['volumeMounts'] ?? []) as Struct[];
  if (volumes.length === 0) delete container['volumeMounts'];
  mounts.forEach((mount, index) => {
    mount['name'] = volumes[index % volumes.length]?.['name'];
    mount['mountPath'] = `/mnt/${index}`;
    if (mount['subPath'] !== undefined) delete mount['subPathExpr'];
    // Images are mounted whole.
    if (volumes[index % volumes.length]?.['image'] !== undefined) {
      delete mount['subPath'];
      delete mount['subPathExpr'];
    }
  });
}

function fitPod(spec: Struct): Struct {
  const volumes = (spec['volumes'] ?? []) as Struct[];
  const counter = { ports: 0 };
  const name = (container: Struct, index: number, prefix: string) => {
    container['name'] = `${prefix}${index}`;
    fitPorts(container, counter);
    fitMounts(container, volumes);
  };
  (spec['containers'] as Struct[]).forEach((one, index) => name(one, index, 'c'));
  ((spec['initContainers'] ?? []) as Struct[]).forEach((one, index) => {
    name(one, index, 'i');
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      delete one[key];
    }
  });
  // Tokens are those of an account.
  if (volumes.some(({ projected }) => projected !== undefined)) {
    spec['serviceAccountName'] ??= 'robot';
  }
  if (spec['dnsPolicy'] === 'None') spec['dnsConfig'] ??= { nameservers: ['10.1.2.3'] };
  return spec;
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

export const podShapes: Readonly<Record<string, Shape>> = {
  PodSpec: { fit: fitPod },
  Probe: { oneOf: handlers },
  LifecycleHandler: { oneOf: ['exec', 'httpGet', 'sleep'] },
  SecurityContext: { fit: fitSecurity },
  SeccompProfile: { fit: fitProfile },
  AppArmorProfile: { fit: fitProfile },
  EnvVarSource: { oneOf: ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'] },
  EnvFromSource: { oneOf: ['configMapRef', 'secretRef'] },
  EnvVar: {
    fit: (variable) => {
      if (variable['valueFrom'] !== undefined) delete variable['value'];
      return variable;
    },
  },
  ResourceRequirements: {
    fit: (resources) => {
      // Never more than is allowed.
      const limits = (resources['limits'] ?? {}) as Record<string, string>;
      for (const name of Object.keys(limits)) limits[name] = '2Gi';
      return resources;
    },
  },
  Toleration: {
    fit: (toleration) => {
      if (toleration['operator'] === 'Exists') delete toleration['value'];
      if (toleration['effect'] !== 'NoExecute') delete toleration['tolerationSeconds'];
      return toleration;
    },
  },
  NodeSelectorTerm: {
    fit: (term) => ({ ...term, matchExpressions: term['matchExpressions'] ?? [] }),
  },
};
