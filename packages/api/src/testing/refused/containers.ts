/** Of containers and of the volumes that pods bring for them. */
import { createCases, updateCases } from './case.ts';
import { container, pod } from './pods.ts';

const first = (fields: object, spec: object = {}) =>
  pod({ containers: [{ ...container, ...fields }], ...spec });
const at = 'spec.containers[0]';
const claim = { name: 'v', persistentVolumeClaim: { claimName: 'a' } };
const volume = (source: object) => pod({ volumes: [{ name: 'v', ...source }] });
const inVolume = 'spec.volumes[0]';
const projected = (...sources: object[]) =>
  pod({ serviceAccountName: 'a', volumes: [{ name: 'v', projected: { sources } }] });
const iqn = { targetPortal: 'p', iqn: 'iqn.2001-04.com.example:a', lun: 0 };
const onceInPlace = 'must be unique';

export const containerCases = [
  ...createCases('Pod', [
    ['Container.image', first({ image: '' }), `${at}.image: Required value`],
    [
      'Container.image',
      first({ image: ' i' }),
      `${at}.image: Invalid value: " i": must not have leading or trailing whitespace`,
    ],
    [
      'Container.restartPolicy',
      first(
        { restartPolicy: 'Always' },
        { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Never' }] },
      ),
      [
        `${at}.restartPolicy: Forbidden: may not be set for non-init containers`,
        'spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
      ],
    ],
    [
      'ContainerResizePolicy.resourceName ContainerResizePolicy.restartPolicy',
      first(
        {
          resizePolicy: [
            { resourceName: 'cpu', restartPolicy: 'RestartContainer' },
            { resourceName: 'cpu', restartPolicy: 'NotRequired' },
            { resourceName: 'disk', restartPolicy: 'Other' },
          ],
        },
        { restartPolicy: 'Never' },
      ),
      [
        `${at}.resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when \`restartPolicy\` is 'Never'`,
        `${at}.resizePolicy[1]: Duplicate value: "cpu"`,
        `${at}.resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"`,
        `${at}.resizePolicy: Unsupported value: "Other": supported values: "NotRequired", "RestartContainer"`,
        `${at}.resizePolicy: Invalid value: "Other": must be 'NotRequired' when \`restartPolicy\` is 'Never'`,
      ],
    ],
    [
      'ResourceClaim.name ResourceClaim.request',
      first({
        resources: { claims: [{ name: 'a', request: '-' }, { name: 'b' }, { name: 'b' }] },
      }),
      [
        `${at}.resources.claims[0].request: Invalid value: "-": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
        `${at}.resources.claims[0]: Not found: "a": must be one of the names in pod.spec.resourceClaims which is empty`,
        `${at}.resources.claims[1]: Not found: "b": must be one of the names in pod.spec.resourceClaims which is empty`,
        `${at}.resources.claims[2]: Duplicate value: "b"`,
        `${at}.resources.claims[2]: Not found: "b": must be one of the names in pod.spec.resourceClaims which is empty`,
      ],
    ],
    [
      'ResourceRequirements.limits ResourceRequirements.requests',
      first({
        resources: {
          limits: { 'hugepages-2Mi': '3Mi', 'example.com/gpu': '1500m' },
          requests: { 'example.com/gpu': '1', 'example.com/tpu': '1' },
        },
      }),
      [
        `${at}.resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
        `${at}.resources.limits[example.com/gpu]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be an integer`,
        `${at}.resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
        `${at}.resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 1500m`,
        `${at}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
        `${at}.resources: Forbidden: HugePages require cpu or memory`,
      ],
    ],
    [
      'VolumeMount.subPath VolumeMount.subPathExpr',
      first(
        { volumeMounts: [{ name: 'v', mountPath: '/a', subPath: '/b', subPathExpr: '../c' }] },
        { volumes: [claim] },
      ),
      [
        `${at}.volumeMounts.subPath: Invalid value: "/b": must be a relative path`,
        `${at}.volumeMounts[0].subPathExpr: Invalid value: "../c": subPathExpr and subPath are mutually exclusive`,
        `${at}.volumeMounts.subPathExpr: Invalid value: "../c": must not contain '..'`,
      ],
    ],
    [
      'VolumeMount.mountPropagation VolumeMount.recursiveReadOnly',
      first(
        {
          volumeMounts: [
            {
              name: 'v',
              mountPath: '/a',
              mountPropagation: 'Bidirectional',
              recursiveReadOnly: 'Enabled',
            },
            { name: 'v', mountPath: '/b', recursiveReadOnly: 'Maybe' },
          ],
        },
        { volumes: [claim] },
      ),
      [
        `${at}.volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
        `${at}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`,
        `${at}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified`,
        `${at}.volumeMounts.recursiveReadOnly: Unsupported value: "Maybe": supported values: "Disabled", "Enabled", "IfPossible"`,
      ],
    ],
    [
      'VolumeDevice.name VolumeDevice.devicePath',
      first(
        {
          volumeMounts: [{ name: 'v', mountPath: '/a' }],
          volumeDevices: [
            { name: 'v', devicePath: '/a' },
            { name: 'w', devicePath: '/a' },
            { name: '', devicePath: '../b' },
          ],
        },
        { volumes: [claim, { name: 'w', emptyDir: {} }] },
      ),
      [
        `${at}.volumeMounts[0].name: Invalid value: "v": must not already exist in volumeDevices`,
        `${at}.volumeMounts[0].mountPath: Invalid value: "/a": must not already exist as a path in volumeDevices`,
        `${at}.volumeDevices[0].name: Invalid value: "v": must not already exist in volumeMounts`,
        `${at}.volumeDevices[0].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts`,
        `${at}.volumeDevices[1].name: Invalid value: "w": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
        `${at}.volumeDevices[1].devicePath: Invalid value: "/a": ${onceInPlace}`,
        `${at}.volumeDevices[1].devicePath: Invalid value: "/a": must not already exist as a path in volumeMounts`,
        `${at}.volumeDevices[2].name: Required value`,
        `${at}.volumeDevices[2].name: Not found: ""`,
        `${at}.volumeDevices[2].devicePath: Invalid value: "../b": can not contain backsteps ('..')`,
      ],
    ],
    [
      'Probe.terminationGracePeriodSeconds ExecAction.command',
      first({
        livenessProbe: { exec: {}, terminationGracePeriodSeconds: 0 },
        readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 5 },
      }),
      [
        `${at}.livenessProbe.exec.command: Required value`,
        `${at}.livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`,
        `${at}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes`,
      ],
    ],
    [
      'SleepAction.seconds',
      first({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
      `${at}.lifecycle.preStop.sleep: Invalid value: 31: must be greater than 0 and less than terminationGracePeriodSeconds (30). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`,
    ],
    [
      'EnvVar.value',
      first({
        env: [{ name: 'A', value: 'b', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      }),
      `${at}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
    ],
    [
      'SecurityContext.privileged SecurityContext.allowPrivilegeEscalation Capabilities.add',
      first({
        securityContext: {
          privileged: true,
          allowPrivilegeEscalation: false,
          capabilities: { add: ['CAP_SYS_ADMIN'] },
        },
      }),
      [
        `${at}.securityContext: Invalid value: core.SecurityContext{...}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
        `${at}.securityContext: Invalid value: core.SecurityContext{...}: cannot set \`allowPrivilegeEscalation\` to false and \`capabilities.Add\` CAP_SYS_ADMIN`,
      ],
    ],
    [
      'SecurityContext.procMount',
      first({ securityContext: { procMount: 'Unmasked' } }),
      `${at}.securityContext.procMount: Invalid value: "Unmasked": \`hostUsers\` must be false to use \`Unmasked\``,
    ],
    [
      'CephFSVolumeSource.monitors',
      volume({ cephfs: { monitors: [] } }),
      `${inVolume}.cephfs.monitors: Required value`,
    ],
    [
      'RBDVolumeSource.monitors',
      volume({ rbd: { monitors: [], image: 'a' } }),
      `${inVolume}.rbd.monitors: Required value`,
    ],
    [
      'LocalObjectReference.name',
      volume({ cinder: { volumeID: 'a', secretRef: {} } }),
      `${inVolume}.cinder.secretRef.name: Required value`,
    ],
    [
      'ConfigMapVolumeSource.name',
      volume({ configMap: {} }),
      `${inVolume}.configMap.name: Required value`,
    ],
    [
      'SecretVolumeSource.secretName',
      volume({ secret: {} }),
      `${inVolume}.secret.secretName: Required value`,
    ],
    [
      'FCVolumeSource.targetWWNs FCVolumeSource.wwids',
      volume({ fc: { targetWWNs: ['a'], wwids: ['b'] } }),
      [
        `${inVolume}.fc.targetWWNs: Invalid value: []string{"a"}: targetWWNs and wwids can not be specified simultaneously`,
        `${inVolume}.fc.lun: Required value: lun is required if targetWWNs is specified`,
      ],
    ],
    [
      'FlexVolumeSource.options',
      volume({ flexVolume: { driver: 'a/b', options: { 'k8s.io/c': 'd' } } }),
      `${inVolume}.flexVolume.options[k8s.io/c]: Invalid value: "k8s.io/c": kubernetes.io and k8s.io namespaces are reserved`,
    ],
    [
      'FlockerVolumeSource.datasetUUID',
      volume({ flocker: { datasetName: 'a', datasetUUID: 'b' } }),
      `${inVolume}.flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously`,
    ],
    [
      'GitRepoVolumeSource.directory',
      volume({ gitRepo: { repository: 'a', directory: '../b' } }),
      `${inVolume}.gitRepo.directory: Invalid value: "../b": must not contain '..'`,
    ],
    [
      'QuobyteVolumeSource.tenant',
      volume({ quobyte: { registry: 'a:1', volume: 'b', tenant: 'x'.repeat(65) } }),
      `${inVolume}.quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters`,
    ],
    [
      'ScaleIOVolumeSource.volumeName',
      volume({ scaleIO: { gateway: 'a', system: 'b', secretRef: { name: 'c' } } }),
      `${inVolume}.scaleIO.volumeName: Required value`,
    ],
    [
      'ISCSIVolumeSource.initiatorName ISCSIVolumeSource.chapAuthDiscovery ISCSIVolumeSource.chapAuthSession',
      volume({
        iscsi: {
          ...iqn,
          targetPortal: 'p'.repeat(64),
          initiatorName: iqn.iqn,
          chapAuthDiscovery: true,
          chapAuthSession: true,
        },
      }),
      [
        `${inVolume}.iscsi.secretRef: Required value`,
        `${inVolume}.name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.`,
      ],
    ],
    [
      'ImageVolumeSource.reference',
      volume({ image: { pullPolicy: 'Always' } }),
      `${inVolume}.image.reference: Required value`,
    ],
    [
      'PersistentVolumeClaimVolumeSource.claimName',
      pod({
        volumes: [
          { name: 'e', ephemeral: {} },
          { name: 'v', persistentVolumeClaim: { claimName: 'x-e' } },
        ],
      }),
      [
        'spec.volumes[0].ephemeral.volumeClaimTemplate: Required value',
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "x-e": must not reference a PVC that gets created for an ephemeral volume',
      ],
    ],
    [
      'SecretProjection.name ConfigMapProjection.name',
      projected({ secret: {} }, { configMap: {}, secret: { name: 'a' } }),
      [
        `${inVolume}.projected.sources[0].secret.name: Required value`,
        `${inVolume}.projected.sources[1].configMap.name: Required value`,
        `${inVolume}.projected.sources[1]: Forbidden: may not specify more than 1 volume type per source`,
      ],
    ],
    [
      'ClusterTrustBundleProjection.name ClusterTrustBundleProjection.signerName ClusterTrustBundleProjection.path',
      projected(
        { clusterTrustBundle: { name: 'a', signerName: 'example.com/b', path: 'p' } },
        { clusterTrustBundle: { name: ':a', path: '/p' } },
        { clusterTrustBundle: { signerName: '', path: '' } },
        { clusterTrustBundle: { path: 'p' } },
      ),
      [
        `${inVolume}.projected.sources[0].clusterTrustBundle: Invalid value: core.ClusterTrustBundleProjection{...}: only one of name and signerName may be used`,
        `${inVolume}.projected.sources[1].clusterTrustBundle.name: Invalid value: ":a": not a valid clustertrustbundlename: ClusterTrustBundle without signer name must not have ":" in its name`,
        `${inVolume}.projected.sources[1].clusterTrustBundle.path: Invalid value: "/p": must be a relative path`,
        `${inVolume}.projected.sources[2].clusterTrustBundle.signerName: Required value: must be a valid signer name`,
        `${inVolume}.projected.sources[2].clusterTrustBundle.signerName: Required value: signerName must be provided`,
        `${inVolume}.projected.sources[2].clusterTrustBundle.path: Required value`,
        `${inVolume}.projected.sources[3].clusterTrustBundle: Required value: either name or signerName must be specified`,
        `${inVolume}.projected: Invalid value: "p": conflicting duplicate paths`,
      ],
    ],
    [
      'ResourceFieldSelector.containerName',
      volume({
        downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] },
      }),
      `${inVolume}.downwardAPI.resourceFieldRef.containerName: Required value`,
    ],
    [
      'ServiceAccountTokenProjection.path',
      pod({
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: '..a' } }] } },
        ],
      }),
      [
        `${inVolume}.projected.path: Invalid value: "..a": must not start with '..'`,
        `${inVolume}.projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set`,
      ],
    ],
  ]),
  ...updateCases(
    'Pod',
    pod({}),
    [
      [
        'EphemeralContainer.name EphemeralContainer.image EphemeralContainer.imagePullPolicy EphemeralContainer.terminationMessagePolicy',
        ({ spec }) =>
          (spec.ephemeralContainers = [
            { name: '', image: '', imagePullPolicy: 'Now', terminationMessagePolicy: 'Log' },
          ]),
        [
          'spec.ephemeralContainers[0].name: Required value',
          'spec.ephemeralContainers[0].image: Required value',
          'spec.ephemeralContainers[0].terminationMessagePolicy: Unsupported value: "Log": supported values: "File", "FallbackToLogsOnError"',
          'spec.ephemeralContainers[0].imagePullPolicy: Unsupported value: "Now": supported values: "Always", "IfNotPresent", "Never"',
        ],
      ],
      [
        'EphemeralContainer.restartPolicy EphemeralContainer.targetContainerName',
        ({ spec }) =>
          (spec.ephemeralContainers = [
            { ...container, name: 'd', restartPolicy: 'Always', targetContainerName: 'e' },
          ]),
        [
          'spec.ephemeralContainers[0].targetContainerName: Not found: "e"',
          'spec.ephemeralContainers[0].restartPolicy: Forbidden: cannot be set for an Ephemeral Container',
        ],
      ],
    ],
    'ephemeralcontainers',
  ),
];
