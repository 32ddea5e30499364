/**
 * Which fields are refused for a bad value, and under which path: upstream's, which now and then is not
 * that of the field. A field that is in none of these lists may hold anything as far as is known here.
 */

/** Where the error is, when the value at `field` is bad. */
export interface Place {
  readonly field: string;
  /** Makes the path of the error of the value's. */
  readonly at: (path: string) => string;
}

const parent = (path: string) => path.replace(/\.[^.]+$/, '');
/** The list or the map, not its element; keys may hold dots. */
const whole = (path: string) => path.replace(/\[[^\]]*\]$/, '');
const itsParent = (field: string): Place => ({ field, at: parent });
const itsWhole = (field: string): Place => ({ field, at: whole });
const beside = (field: string, sibling: string): Place => ({
  field,
  at: (path: string) => `${parent(path)}.${sibling}`,
});
const withoutIndex = (field: string): Place => ({
  field,
  at: (path: string) => path.replace(/\[\d+\]/, ''),
});

/** Upstream tells of the list, and not which element of it is wrong. */
const atList = (field: string): Place => ({
  field,
  at: (path: string) => path.replace(/\[\d+\](\.\w+)$/, '$1'),
});
/** Taints are told of as if they were metadata. */
const atMetadata = (field: string): Place => ({
  field,
  at: (path: string) => path.replace(/^spec\.taints/, 'metadata.taints'),
});
/** The source of a volume is told of, and not which of its items. */
const withoutItems = (field: string): Place => ({
  field,
  at: (path: string) => path.replace(/\.items\[\d+\]/, ''),
});

const fieldPathOf = (path: string) => `${parent(path.replace(/\.items\[\d+\]/, ''))}.fieldPath`;

/** Fields by their types, those of lists and maps as elements. */
export const judged: Readonly<Record<string, readonly (string | Place)[]>> = {
  AppArmorProfile: ['type'],
  AWSElasticBlockStoreVolumeSource: ['partition', 'volumeID'],
  AzureDiskVolumeSource: ['cachingMode', 'diskName', 'diskURI', 'kind'],
  AzureFilePersistentVolumeSource: ['secretName', 'shareName'],
  AzureFileVolumeSource: ['secretName', 'shareName'],
  CertificateSigningRequestSpec: ['expirationSeconds', 'signerName', 'usages'],
  CinderPersistentVolumeSource: ['volumeID'],
  CinderVolumeSource: ['volumeID'],
  ClientIPConfig: ['timeoutSeconds'],
  ConfigMapEnvSource: ['name'],
  ConfigMapKeySelector: ['key', 'name'],
  ConfigMapVolumeSource: ['defaultMode'],
  Container: ['imagePullPolicy', 'name', 'terminationMessagePolicy'],
  ContainerPort: ['containerPort', 'hostPort', 'name', 'protocol'],
  ContainerResourceMetricSource: ['container', 'name'],
  ControllerRevision: ['revision'],
  CoreV1EndpointPort: ['appProtocol', 'name', 'port', 'protocol'],
  CronJobSpec: [
    'concurrencyPolicy',
    'failedJobsHistoryLimit',
    'schedule',
    'startingDeadlineSeconds',
    'successfulJobsHistoryLimit',
    'timeZone',
  ],
  CrossVersionObjectReference: ['kind', 'name'],
  CSIDriverSpec: ['fsGroupPolicy', itsWhole('volumeLifecycleModes')],
  CSINodeDriver: [
    'name',
    'nodeID',
    { field: 'topologyKeys', at: (path: string) => path.replace(/\.topologyKeys\[\d+\]$/, '') },
  ],
  CSIPersistentVolumeSource: ['driver', 'volumeHandle'],
  CSIStorageCapacity: ['capacity', 'storageClassName'],
  CSIVolumeSource: ['driver'],
  DaemonSetSpec: ['minReadySeconds', 'revisionHistoryLimit'],
  DaemonSetUpdateStrategy: [itsParent('type')],
  DeploymentSpec: [
    'minReadySeconds',
    'progressDeadlineSeconds',
    'replicas',
    'revisionHistoryLimit',
  ],
  DeploymentStrategy: [itsParent('type')],
  DownwardAPIVolumeFile: [withoutItems('mode'), withoutItems('path')],
  DownwardAPIVolumeSource: ['defaultMode'],
  EmptyDirVolumeSource: ['sizeLimit'],
  Endpoint: ['addresses', 'hostname', 'nodeName'],
  EndpointAddress: ['hostname', 'ip', 'nodeName'],
  EndpointPort: ['name', 'port', 'protocol', 'appProtocol'],
  EndpointSlice: ['addressType'],
  EnvFromSource: ['prefix'],
  EnvVar: ['name'],
  FCVolumeSource: ['lun'],
  FlexPersistentVolumeSource: ['driver'],
  FlexVolumeSource: ['driver'],
  FlockerVolumeSource: ['datasetName'],
  ForZone: ['name'],
  GCEPersistentDiskVolumeSource: [
    {
      field: 'partition',
      at: (path: string) => path.replace('gcePersistentDisk', 'persistentDisk'),
    },
    { field: 'pdName', at: (path: string) => path.replace('gcePersistentDisk', 'persistentDisk') },
  ],
  GitRepoVolumeSource: ['repository'],
  GlusterfsPersistentVolumeSource: ['endpoints', 'endpointsNamespace', 'path'],
  GlusterfsVolumeSource: ['endpoints', 'path'],
  GRPCAction: ['port'],
  HorizontalPodAutoscalerSpec: ['maxReplicas', 'minReplicas'],
  HostAlias: ['ip', 'hostnames'],
  HostPathVolumeSource: ['path', 'type'],
  HPAScalingPolicy: ['periodSeconds', 'type', 'value'],
  HPAScalingRules: ['selectPolicy', 'stabilizationWindowSeconds'],
  HTTPGetAction: ['port', 'scheme'],
  HTTPHeader: [{ field: 'name', at: (path: string) => path.replace(/\[\d+\]\.name$/, '') }],
  HTTPIngressPath: ['path', 'pathType'],
  ImageVolumeSource: ['pullPolicy'],
  IngressClassParametersReference: ['apiGroup', 'kind', 'name', 'namespace', 'scope'],
  IngressClassSpec: ['controller'],
  IngressRule: ['host'],
  IngressServiceBackend: ['name'],
  IngressSpec: ['ingressClassName'],
  IngressTLS: ['hosts', 'secretName'],
  IPBlock: ['cidr'],
  ISCSIPersistentVolumeSource: [
    'iqn',
    'lun',
    'targetPortal',
    beside('initiatorName', 'initiatorname'),
  ],
  ISCSIVolumeSource: ['iqn', 'lun', 'targetPortal', beside('initiatorName', 'initiatorname')],
  JobSpec: [
    'activeDeadlineSeconds',
    'backoffLimit',
    'completionMode',
    'completions',
    'managedBy',
    'parallelism',
    'podReplacementPolicy',
    'ttlSecondsAfterFinished',
  ],
  KeyToPath: ['key', 'mode', 'path'],
  LabelSelector: [itsWhole('matchLabels')],
  LabelSelectorRequirement: ['key', 'operator', 'values'],
  LeaseSpec: ['leaseDurationSeconds', 'leaseTransitions'],
  LimitRangeItem: ['type'],
  LocalVolumeSource: ['path'],
  MetricIdentifier: ['name'],
  MetricSpec: ['type'],
  MetricTarget: ['averageValue', 'type'],
  NamespaceSpec: [itsWhole('finalizers')],
  NetworkPolicyPort: ['port', 'protocol'],
  NetworkPolicySpec: ['policyTypes'],
  NFSVolumeSource: ['path', 'server'],
  NodeSelectorRequirement: ['key', 'operator'],
  NodeSpec: ['podCIDRs'],
  ObjectFieldSelector: [
    withoutItems('fieldPath'),
    { field: 'apiVersion', at: (path: string) => fieldPathOf(path) },
  ],
  ObjectMeta: [
    'name',
    itsWhole('finalizers'),
    // Templates have labels of their own, as upstream's paths have it.
    {
      field: 'labels',
      at: (path: string) => whole(path).replace(/template\.metadata\.labels$/, 'template.labels'),
    },
  ],
  OwnerReference: [
    withoutIndex('apiVersion'),
    withoutIndex('kind'),
    withoutIndex('name'),
    withoutIndex('uid'),
  ],
  PersistentVolumeClaimSpec: ['storageClassName', 'volumeMode', itsWhole('accessModes')],
  PersistentVolumeClaimVolumeSource: ['claimName'],
  PersistentVolumeSpec: [
    'capacity',
    'persistentVolumeReclaimPolicy',
    'storageClassName',
    'volumeMode',
    itsWhole('accessModes'),
  ],
  PhotonPersistentDiskVolumeSource: ['pdID'],
  PodAffinityTerm: [
    'topologyKey',
    {
      field: 'namespaces',
      at: (path: string) => path.replace(/\.namespaces\[\d+\]$/, '.namespace'),
    },
  ],
  PodDisruptionBudgetSpec: ['maxUnavailable', 'minAvailable', 'unhealthyPodEvictionPolicy'],
  PodDNSConfig: ['nameservers', 'searches'],
  PodFailurePolicyOnExitCodesRequirement: ['operator'],
  PodFailurePolicyOnPodConditionsPattern: ['status', 'type'],
  PodFailurePolicyRule: ['action'],
  PodOS: ['name'],
  PodReadinessGate: ['conditionType'],
  PodSecurityContext: [
    'fsGroup',
    'runAsGroup',
    'runAsUser',
    'supplementalGroups',
    'fsGroupChangePolicy',
    'supplementalGroupsPolicy',
  ],
  PodSpec: [
    'activeDeadlineSeconds',
    'dnsPolicy',
    'hostname',
    'nodeName',
    'priorityClassName',
    'restartPolicy',
    'runtimeClassName',
    'serviceAccountName',
    'subdomain',
    itsWhole('nodeSelector'),
  ],
  PortworxVolumeSource: ['volumeID'],
  PreferredSchedulingTerm: ['weight'],
  PriorityClass: ['preemptionPolicy'],
  Probe: [
    'failureThreshold',
    'initialDelaySeconds',
    'periodSeconds',
    'successThreshold',
    'timeoutSeconds',
  ],
  ProjectedVolumeSource: ['defaultMode'],
  QuobyteVolumeSource: ['registry', 'volume'],
  RBDPersistentVolumeSource: ['image'],
  RBDVolumeSource: ['image'],
  ReplicaSetSpec: ['minReadySeconds', 'replicas'],
  ReplicationControllerSpec: [
    'minReadySeconds',
    'replicas',
    { field: 'selector', at: () => 'spec.template.metadata.labels' },
  ],
  ResourceFieldSelector: [withoutItems('divisor'), withoutItems('resource')],
  ResourceMetricSource: ['name'],
  ResourceQuotaSpec: ['hard'],
  ResourceRequirements: ['limits', 'requests'],
  RoleRef: ['kind', 'name', 'apiGroup'],
  RollingUpdateDaemonSet: ['maxUnavailable'],
  RollingUpdateDeployment: ['maxSurge', 'maxUnavailable'],
  RollingUpdateStatefulSetStrategy: ['partition'],
  ScaleIOPersistentVolumeSource: ['gateway', 'system'],
  ScaleIOVolumeSource: ['gateway', 'system'],
  SeccompProfile: ['type'],
  SecretEnvSource: ['name'],
  SecretKeySelector: ['key', 'name'],
  SecretVolumeSource: ['defaultMode'],
  SecurityContext: ['runAsGroup', 'runAsUser', 'procMount'],
  ServiceAccountTokenProjection: [
    'expirationSeconds',
    {
      field: 'path',
      at: (path: string) => path.replace(/\.sources\[\d+\]\.serviceAccountToken/, ''),
    },
  ],
  ServiceBackendPort: ['name', 'number'],
  ServicePort: ['name', 'port', 'protocol', 'targetPort', 'appProtocol'],
  ServiceSpec: [
    'externalIPs',
    'internalTrafficPolicy',
    'sessionAffinity',
    'type',
    itsWhole('selector'),
    'trafficDistribution',
  ],
  SleepAction: [itsParent('seconds')],
  StatefulSetOrdinals: ['start'],
  StatefulSetPersistentVolumeClaimRetentionPolicy: ['whenDeleted', 'whenScaled'],
  StatefulSetSpec: ['minReadySeconds', 'podManagementPolicy', 'replicas'],
  StatefulSetUpdateStrategy: [itsParent('type')],
  StorageClass: ['provisioner', 'reclaimPolicy', 'volumeBindingMode'],
  StorageOSPersistentVolumeSource: ['volumeName', 'volumeNamespace'],
  StorageOSVolumeSource: ['volumeName', 'volumeNamespace'],
  StorageV1TokenRequest: ['expirationSeconds'],
  Subject: ['kind', 'name'],
  Sysctl: ['name'],
  Taint: [atMetadata('effect'), atMetadata('key'), atMetadata('value')],
  TCPSocketAction: ['port'],
  Toleration: ['effect', 'key', 'operator', beside('value', 'operator')],
  TopologySelectorLabelRequirement: ['key'],
  TopologySpreadConstraint: [
    'maxSkew',
    'topologyKey',
    'whenUnsatisfiable',
    'nodeAffinityPolicy',
    'nodeTaintsPolicy',
  ],
  TypedLocalObjectReference: ['apiGroup', 'kind', 'name'],
  TypedObjectReference: ['apiGroup', 'kind', 'name'],
  Volume: ['name'],
  VolumeAttachmentSource: ['persistentVolumeName'],
  VolumeAttachmentSpec: ['attacher', 'nodeName'],
  VolumeMount: ['mountPath', 'name', atList('mountPropagation')],
  VolumeNodeResources: ['count'],
  VolumeResourceRequirements: [
    { field: 'requests', at: (path: string) => path.replace('.requests[', '[') },
  ],
  VsphereVirtualDiskVolumeSource: ['volumePath'],
  WeightedPodAffinityTerm: ['weight'],
};

/** Parts in which the types are judged less: see `isJudged`. */
/** Of a metric: its name alone is judged. */
const inMetric = /\.metric\.selector\./;
const inTemplate = /(?:^|\.)template\.metadata\./;
const inJobTemplate = /\.jobTemplate\.metadata\./;
const onlyOfObjects = new Set(['ObjectMeta.finalizers', 'ObjectMeta.name']);
/** Whether the field of a type is judged at this place of an object. */
export function isJudgedAt(type: string, field: string, place: { kind: string; path: string }) {
  const { kind, path } = place;
  // Pods of a StatefulSet are judged one by one, when they are made.
  if (kind === 'StatefulSet' && path.startsWith('spec.template.spec.')) return false;
  if (inMetric.test(path) || inJobTemplate.test(path)) return false;
  // Of what a template says, only labels and annotations are anyone's.
  if (inTemplate.test(path))
    return type === 'ObjectMeta' && !onlyOfObjects.has(`ObjectMeta.${field}`);
  return true;
}
