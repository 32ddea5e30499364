/** Pod: containers that live and die together on one node. */
import {
  allVerbs,
  defineKind,
  keepAllButStatus,
  proxySubresource,
  statusSubresource,
} from '../../define-kind.ts';
import type { Pod } from '../../generated/types.ts';
import { podQosClass } from '../../pod.ts';
import { formatTime } from '../../time.ts';
import { podCells, podColumns } from './columns.ts';
import { setPodDefaults } from './defaults.ts';
import { applyLabelKeys } from './label-keys.ts';
import {
  prepareEphemeralContainers,
  validateEphemeralContainersUpdate,
} from './validation/ephemeral-containers-update.ts';
import { validateProfilesMatch } from './validation/annotations.ts';
import { validateNewPod, validatePod } from './validation/pod-spec.ts';
import { validatePodStatusUpdate } from './validation/status-update.ts';
import { validatePodUpdate } from './validation/update.ts';
import { nameWarnings } from '../shared/warnings.ts';
import { podWarnings } from './warnings/pod-spec.ts';

const core = { group: '', version: 'v1' } as const;

export const pods = defineKind<Pod>({
  kind: 'Pod',
  resource: 'pods',
  description:
    'A Pod is a group of containers that run together on one node, and share its address and fate.',
  shortNames: ['po'],
  categories: ['all'],
  verbs: allVerbs,
  subresources: [
    statusSubresource({ kind: 'Pod' }),
    { ...core, name: 'binding', kind: 'Binding', verbs: ['create'] },
    { group: 'policy', version: 'v1', name: 'eviction', kind: 'Eviction', verbs: ['create'] },
    { ...core, name: 'ephemeralcontainers', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
    { ...core, name: 'log', kind: 'Pod', verbs: ['get'] },
    { ...core, name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { ...core, name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { ...core, name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    proxySubresource('PodProxyOptions'),
  ],
  setDefaults: setPodDefaults,
  prepareForCreate(pod, { wallTime }) {
    applyLabelKeys(pod);
    pod.status = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
    if ((pod.spec.schedulingGates ?? []).length > 0) {
      pod.status.conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
          lastTransitionTime: formatTime(wallTime),
        },
      ];
    }
  },
  prepareForUpdate(pod, old) {
    pod.status = old.status;
  },
  prepareForStatusUpdate(pod, old) {
    keepAllButStatus(pod, old);
    if (pod.status.qosClass === undefined && old.status.qosClass !== undefined) {
      pod.status.qosClass = old.status.qosClass;
    }
  },
  validate: validatePod,
  validateCreate: (pod) => [
    ...validateNewPod(pod),
    ...validateProfilesMatch(pod.metadata.annotations, pod.spec, 'spec'),
  ],
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  partUpdates: {
    ephemeralcontainers: {
      prepare: prepareEphemeralContainers,
      validate: validateEphemeralContainersUpdate,
    },
  },
  warningsOnCreate: (pod) => [
    ...nameWarnings(pod.metadata.name, "the Pod's hostname"),
    ...podWarnings(pod, ''),
  ],
  columns: podColumns,
  cells: podCells,
  fieldSelectors: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
    'status.phase': (pod) => pod.status.phase ?? '',
    'status.podIP': (pod) => pod.status.podIPs?.[0]?.ip ?? pod.status.podIP ?? '',
    'status.nominatedNodeName': (pod) => pod.status.nominatedNodeName ?? '',
  },
});
