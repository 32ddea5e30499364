/**
 * What a kube-apiserver 1.32 serves in its stable groups: by group version and verbs, the resources and
 * subresources. Facts, read off its OpenAPI document. Not here: proxies, which take any method, and
 * pods/resize, whose feature gate is off.
 */

/** Stands for the verbs that most kinds have. */
const all = 'create delete deletecollection get list patch update';

export const upstreamOperations: Readonly<
  Record<string, Readonly<Record<string, readonly string[]>>>
> = {
  'admissionregistration.k8s.io/v1': {
    [all]: [
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
    ],
    'get patch update': ['validatingadmissionpolicies/status'],
  },
  'apiextensions.k8s.io/v1': {
    [all]: ['customresourcedefinitions'],
    'get patch update': ['customresourcedefinitions/status'],
  },
  'apiregistration.k8s.io/v1': {
    [all]: ['apiservices'],
    'get patch update': ['apiservices/status'],
  },
  'apps/v1': {
    'get patch update': [
      'daemonsets/status',
      'deployments/scale',
      'deployments/status',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets/scale',
      'statefulsets/status',
    ],
    [all]: ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'],
  },
  'authentication.k8s.io/v1': {
    create: ['selfsubjectreviews', 'tokenreviews'],
  },
  'authorization.k8s.io/v1': {
    create: [
      'localsubjectaccessreviews',
      'selfsubjectaccessreviews',
      'selfsubjectrulesreviews',
      'subjectaccessreviews',
    ],
  },
  'autoscaling/v1': {
    [all]: ['horizontalpodautoscalers'],
    'get patch update': ['horizontalpodautoscalers/status'],
  },
  'autoscaling/v2': {
    [all]: ['horizontalpodautoscalers'],
    'get patch update': ['horizontalpodautoscalers/status'],
  },
  'batch/v1': {
    [all]: ['cronjobs', 'jobs'],
    'get patch update': ['cronjobs/status', 'jobs/status'],
  },
  'certificates.k8s.io/v1': {
    'get patch update': [
      'certificatesigningrequests/approval',
      'certificatesigningrequests/status',
    ],
    [all]: ['certificatesigningrequests'],
  },
  'coordination.k8s.io/v1': {
    [all]: ['leases'],
  },
  'discovery.k8s.io/v1': {
    [all]: ['endpointslices'],
  },
  'events.k8s.io/v1': {
    [all]: ['events'],
  },
  'flowcontrol.apiserver.k8s.io/v1': {
    [all]: ['flowschemas', 'prioritylevelconfigurations'],
    'get patch update': ['flowschemas/status', 'prioritylevelconfigurations/status'],
  },
  'networking.k8s.io/v1': {
    [all]: ['ingressclasses', 'ingresses', 'networkpolicies'],
    'get patch update': ['ingresses/status'],
  },
  'node.k8s.io/v1': {
    [all]: ['runtimeclasses'],
  },
  'policy/v1': {
    [all]: ['poddisruptionbudgets'],
    'get patch update': ['poddisruptionbudgets/status'],
  },
  'rbac.authorization.k8s.io/v1': {
    [all]: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
  },
  'scheduling.k8s.io/v1': {
    [all]: ['priorityclasses'],
  },
  'storage.k8s.io/v1': {
    [all]: [
      'csidrivers',
      'csinodes',
      'csistoragecapacities',
      'storageclasses',
      'volumeattachments',
    ],
    'get patch update': ['volumeattachments/status'],
  },
  v1: {
    [all]: [
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'nodes',
      'persistentvolumeclaims',
      'persistentvolumes',
      'pods',
      'podtemplates',
      'replicationcontrollers',
      'resourcequotas',
      'secrets',
      'serviceaccounts',
      'services',
    ],
    'get patch update': [
      'namespaces/status',
      'nodes/status',
      'persistentvolumeclaims/status',
      'persistentvolumes/status',
      'pods/ephemeralcontainers',
      'pods/status',
      'replicationcontrollers/scale',
      'replicationcontrollers/status',
      'resourcequotas/status',
      'services/status',
    ],
    create: ['bindings', 'pods/binding', 'pods/eviction', 'serviceaccounts/token'],
    'create get': ['pods/attach', 'pods/exec', 'pods/portforward'],
    'get list': ['componentstatuses'],
    'create delete get list patch update': ['namespaces'],
    update: ['namespaces/finalize'],
    get: ['pods/log'],
  },
};
