/** Of pods: what they ask for as a whole. */
import { createCases, updateCases } from './case.ts';

export const container = { name: 'c', image: 'i' };
export const pod = (spec: object, metadata: object = {}) => ({
  metadata: { name: 'x', namespace: 'default', ...metadata },
  spec: { containers: [container], ...spec },
});
const security = (securityContext: object, spec: object = {}) => pod({ securityContext, ...spec });
const affinity = (term: object) =>
  pod({
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...term }],
      },
    },
  });
const affinityField = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]';
const spreading = (constraint: object) =>
  pod({
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', ...constraint },
    ],
  });
const spreadingField = 'spec.topologySpreadConstraints[0]';
const notOnWindows = 'Forbidden: cannot be set for a windows pod';
const userNamespace = 'Forbidden: when `pod.Spec.HostUsers` is false';

export const podCases = [
  ...createCases('Pod', [
    [
      'PodSpec.hostNetwork',
      pod({
        hostNetwork: true,
        containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }],
      }),
      'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
    ],
    [
      'PodSpec.shareProcessNamespace PodSpec.hostPID',
      pod({ shareProcessNamespace: true, hostPID: true }),
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
    ],
    [
      'PodSpec.hostUsers PodSpec.hostIPC',
      pod({ hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true }),
      [
        `spec.hostNetwork: ${userNamespace}`,
        `spec.HostPID: ${userNamespace}`,
        `spec.HostIPC: ${userNamespace}`,
      ],
    ],
    [
      'PodSpec.preemptionPolicy',
      pod({ preemptionPolicy: 'Sometimes' }),
      'spec.preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"',
    ],
    [
      'PodSpec.overhead',
      pod({ overhead: { cpu: '-1', bogus: '1' } }),
      [
        'spec.overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.overhead.limits[bogus]: Invalid value: "bogus": must be a standard resource type or fully qualified',
        'spec.overhead.limits[bogus]: Invalid value: "bogus": must be a standard resource for containers',
      ],
    ],
    [
      'PodSchedulingGate.name',
      pod({ schedulingGates: [{ name: 'a' }, { name: 'a' }], nodeName: 'n' }),
      [
        'spec.schedulingGates[1]: Duplicate value: "a"',
        'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
      ],
    ],
    [
      'PodResourceClaim.name PodResourceClaim.resourceClaimName PodResourceClaim.resourceClaimTemplateName',
      pod({
        resourceClaims: [
          { name: 'a', resourceClaimName: 'b', resourceClaimTemplateName: 'c' },
          { name: 'a', resourceClaimName: 'b' },
          { name: '' },
          { name: 'd', resourceClaimTemplateName: '-' },
        ],
      }),
      [
        'spec.resourceClaims[0]: Invalid value: core.PodResourceClaim{...}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        'spec.resourceClaims[1].name: Duplicate value: "a"',
        'spec.resourceClaims[2].name: Required value',
        'spec.resourceClaims[2]: Invalid value: core.PodResourceClaim{...}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
        `spec.resourceClaims[3].resourceClaimTemplateName: Invalid value: "-": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    ],
    [
      'PodDNSConfigOption.name',
      pod({ dnsConfig: { options: [{ name: '', value: '1' }] } }),
      'spec.dnsConfig.options[0]: Required value: must not be empty',
    ],
    [
      'PodSecurityContext.seLinuxChangePolicy',
      security({ seLinuxChangePolicy: 'Never' }),
      'spec.securityContext.seLinuxChangePolicy: Unsupported value: "Never": supported values: "MountOption", "Recursive"',
    ],
    [
      'Sysctl.name',
      security(
        {
          sysctls: [
            { name: 'net.ipv4.ip_forward', value: '1' },
            { name: 'kernel/shmmax', value: '1' },
            { name: 'kernel/shmmax', value: '1' },
            { name: 'Bad', value: '1' },
          ],
        },
        { hostNetwork: true, hostIPC: true },
      ),
      [
        `spec.securityContext.sysctls[0].name: Invalid value: "net.ipv4.ip_forward": may not be specified when 'hostNetwork' is true`,
        `spec.securityContext.sysctls[1].name: Invalid value: "kernel/shmmax": may not be specified when 'hostIPC' is true`,
        'spec.securityContext.sysctls[2].name: Duplicate value: "kernel/shmmax"',
        `spec.securityContext.sysctls[2].name: Invalid value: "kernel/shmmax": may not be specified when 'hostIPC' is true`,
        'spec.securityContext.sysctls[3].name: Invalid value: "Bad": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      ],
    ],
    [
      'SeccompProfile.localhostProfile',
      security({ seccompProfile: { type: 'Localhost' } }),
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
    ],
    [
      'SeccompProfile.localhostProfile',
      security({ seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'a' } }),
      'spec.securityContext.seccompProfile.localhostProfile: Invalid value: core.SeccompProfile{...}: can only be set when seccomp type is Localhost',
    ],
    [
      'SeccompProfile.localhostProfile',
      security({ seccompProfile: { type: 'Localhost', localhostProfile: '/a/../b' } }),
      [
        'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "/a/../b": must be a relative path',
        `spec.securityContext.seccompProfile.localhostProfile: Invalid value: "/a/../b": must not contain '..'`,
      ],
    ],
    [
      'AppArmorProfile.localhostProfile',
      security({ appArmorProfile: { type: 'Localhost', localhostProfile: ' a' } }),
      'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with whitespace',
    ],
    [
      'AppArmorProfile.localhostProfile',
      security({ appArmorProfile: { type: 'Unconfined', localhostProfile: 'a' } }),
      'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "a": can only be set when AppArmor type is Localhost',
    ],
    [
      'WindowsSecurityContextOptions.gmsaCredentialSpec WindowsSecurityContextOptions.runAsUserName',
      security({ windowsOptions: { gmsaCredentialSpec: '', runAsUserName: 'a\\b\\c' } }),
      [
        'spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
        'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
      ],
    ],
    [
      'WindowsSecurityContextOptions.gmsaCredentialSpecName WindowsSecurityContextOptions.runAsUserName',
      security({ windowsOptions: { gmsaCredentialSpecName: 'a', runAsUserName: '.d\\..' } }),
      [
        `spec.securityContext.windowsOptions.runAsUserName: Invalid value: ".d\\\\..": runAsUserName's Domain doesn't match the NetBios nor the DNS format`,
        `spec.securityContext.windowsOptions.runAsUserName: Invalid value: ".d\\\\..": runAsUserName's User cannot contain only periods or spaces`,
      ],
    ],
    [
      'WindowsSecurityContextOptions.hostProcess',
      security(
        { windowsOptions: { hostProcess: true } },
        {
          containers: [
            { ...container, securityContext: { windowsOptions: { hostProcess: false } } },
          ],
          initContainers: [{ name: 'i', image: 'i' }],
        },
      ),
      [
        'spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true',
        'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
        'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
      ],
    ],
    [
      'PodOS.name',
      security(
        { fsGroup: 1, seccompProfile: { type: 'RuntimeDefault' } },
        {
          os: { name: 'windows' },
          hostPID: true,
          containers: [{ ...container, securityContext: { privileged: true, runAsUser: 1 } }],
        },
      ),
      [
        `spec.hostPID: ${notOnWindows}`,
        `spec.securityContext.seccompProfile: ${notOnWindows}`,
        `spec.securityContext.fsGroup: ${notOnWindows}`,
        `spec.containers[0].securityContext.privileged: ${notOnWindows}`,
        `spec.containers[0].securityContext.runAsUser: ${notOnWindows}`,
      ],
    ],
    [
      'PodOS.name',
      security(
        { windowsOptions: { runAsUserName: 'a' } },
        {
          os: { name: 'linux' },
          containers: [{ ...container, securityContext: { windowsOptions: {} } }],
        },
      ),
      [
        'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
        'spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
      ],
    ],
    [
      'PodOS.name',
      pod({ os: { name: 'plan9' } }),
      'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"',
    ],
    [
      'PodAffinityTerm.matchLabelKeys PodAffinityTerm.mismatchLabelKeys',
      affinity({ matchLabelKeys: ['a'], mismatchLabelKeys: ['a'] }),
      [
        `${affinityField}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
        `${affinityField}.mismatchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
        `${affinityField}.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and mismatchLabelKeys`,
      ],
    ],
    [
      'PodAffinityTerm.matchLabelKeys',
      {
        ...affinity({ matchLabelKeys: ['a'], labelSelector: { matchLabels: { a: 'b' } } }),
        metadata: { name: 'x', namespace: 'default', labels: { a: 'b' } },
      },
      `${affinityField}[0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector`,
    ],
    [
      'TopologySpreadConstraint.minDomains',
      spreading({ minDomains: 0, whenUnsatisfiable: 'ScheduleAnyway' }),
      [
        `${spreadingField}.minDomains: Invalid value: 0: must be greater than zero`,
        `${spreadingField}.minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
      ],
    ],
    [
      'TopologySpreadConstraint.matchLabelKeys',
      spreading({ matchLabelKeys: ['a'] }),
      `${spreadingField}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
    ],
    [
      'TopologySpreadConstraint.matchLabelKeys',
      spreading({ matchLabelKeys: ['a'], labelSelector: { matchLabels: { a: 'b' } } }),
      `${spreadingField}.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector`,
    ],
    [
      'NodeSelectorRequirement.values',
      pod({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }],
                  matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }],
                },
              ],
            },
          },
        },
      }),
      [
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ],
    ],
    [
      'Toleration.tolerationSeconds',
      pod({ tolerations: [{ key: 'a', tolerationSeconds: 1 }] }),
      `spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
    ],
  ]),
  ...createCases(
    'Pod',
    (
      [
        [
          { 'kubernetes.io/config.mirror': 'm' },
          'metadata.annotations[kubernetes.io/config.mirror]: Invalid value: "m": must set spec.nodeName if mirror pod annotation is set',
        ],
        [
          { 'controller.kubernetes.io/pod-deletion-cost': '+1' },
          'metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: "+1": must be a 32bit integer',
        ],
        [
          { 'seccomp.security.alpha.kubernetes.io/pod': 'own' },
          'metadata.annotations.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "own": must be a valid seccomp profile',
        ],
        [
          { 'container.apparmor.security.beta.kubernetes.io/d': 'own' },
          [
            'metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "d": container not found',
            'metadata.annotations[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "own": invalid AppArmor profile name: "own"',
          ],
        ],
        [
          { 'scheduler.alpha.kubernetes.io/tolerations': '[{"operator":"Equal"}]' },
          'metadata.annotations.scheduler.alpha.kubernetes.io/tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ],
        [
          { 'scheduler.alpha.kubernetes.io/tolerations': '[' },
          'metadata.annotations: Invalid value: "scheduler.alpha.kubernetes.io/tolerations": unexpected end of JSON input',
        ],
      ] as const
    ).map(
      ([annotations, errors]) =>
        ['ObjectMeta.annotations', pod({}, { annotations }), errors] as const,
    ),
  ),
  ...createCases('Pod', [
    [
      'ObjectMeta.annotations',
      {
        ...security({
          seccompProfile: { type: 'Localhost', localhostProfile: 'a' },
          appArmorProfile: { type: 'RuntimeDefault' },
        }),
        metadata: {
          name: 'x',
          namespace: 'default',
          annotations: {
            'seccomp.security.alpha.kubernetes.io/pod': 'localhost/b',
            'container.apparmor.security.beta.kubernetes.io/c': 'unconfined',
          },
        },
      },
      [
        'spec.securityContext.seccompProfile.localhostProfile: Forbidden: seccomp profile in annotation and field must match',
        'spec.containers[0].securityContext.appArmorProfile.type: Forbidden: apparmor type in annotation and field must match',
      ],
    ],
  ]),
  ...updateCases('Pod', pod({ schedulingGates: [{ name: 'a' }], nodeSelector: { b: 'c' } }), [
    [
      'PodSchedulingGate.name',
      ({ spec }) => spec.schedulingGates.push({ name: 'late' }),
      "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'late'",
    ],
    [
      'PodSpec.nodeSelector',
      ({ spec }) => (spec.nodeSelector = { b: 'd' }),
      'spec.nodeSelector: Invalid value: map[string]string{"b":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    [
      'ObjectMeta.annotations',
      ({ metadata, spec }) => {
        metadata.annotations = { 'container.apparmor.security.beta.kubernetes.io/c': '' };
        spec.tolerations = [{ operator: 'Exists' }];
      },
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations',
    ],
  ]),
];
