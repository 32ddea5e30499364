/** Of what a pod's status may become. */
import { updateCases } from './case.ts';
import { container, pod } from './pods.ts';
import { badSubdomain, badIP } from './words.ts';

const podStatus = pod({ restartPolicy: 'Never', containers: [container] });

export const podStatusCases = updateCases(
  'Pod',
  podStatus,
  [
    [
      'PodIP.ip HostIP.ip PodStatus.hostIP',
      ({ status }) =>
        Object.assign(status, {
          podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }],
          hostIP: '10.0.0.2',
          hostIPs: [{ ip: 'a' }],
        }),
      [
        'status.podIPs: Invalid value: []core.PodIP{...}: may specify no more than one IP for each IP family',
        'status.podIPs[1]: Duplicate value: core.PodIP{IP:"10.0.0.1"}',
        'status.hostIPs[0].ip: Invalid value: "a": must be equal to `hostIP`',
        `status.hostIPs[0]: ${badIP('a')}`,
      ],
    ],
    [
      'PodStatus.nominatedNodeName PodStatus.qosClass',
      ({ status }) => Object.assign(status, { nominatedNodeName: '-', qosClass: 'Burstable' }),
      [
        `status.nominatedNodeName: ${badSubdomain('-')}`,
        'status.qosClass: Invalid value: "Burstable": field is immutable',
      ],
    ],
    [
      'PodCondition.type',
      ({ status }) => (status.conditions = [{ type: '-', status: 'True' }]),
      `metadata.conditions[0].Type: Invalid value: "-": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
    [
      'LinuxContainerUser.uid LinuxContainerUser.gid LinuxContainerUser.supplementalGroups',
      ({ status }) =>
        (status.containerStatuses = [
          { name: 'c', user: { linux: { uid: -1, gid: -2, supplementalGroups: [-3] } } },
        ]),
      [
        'status.containerStatuses[0].linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].linux.gid: Invalid value: -2: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].linux.supplementalGroups[0]: Invalid value: -3: must be between 0 and 2147483647, inclusive',
      ],
    ],
    [
      'ResourceStatus.name ResourceHealth.resourceID ResourceHealth.health',
      ({ status }) =>
        (status.containerStatuses = [
          {
            name: 'c',
            allocatedResourcesStatus: [
              {
                name: 'example.com/gpu',
                resources: [
                  { resourceID: 'a', health: 'Sick' },
                  { resourceID: 'a', health: 'Healthy' },
                ],
              },
              { name: 'claim:a' },
            ],
          },
        ]),
      [
        `status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "example.com/gpu": must match one of the container's resource requests`,
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Sick": supported values: "Healthy", "Unhealthy", "Unknown"',
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "a"',
        `status.containerStatuses[0].allocatedResourcesStatus[1].name: Invalid value: "claim:a": must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty`,
      ],
    ],
    [
      'PodResourceClaimStatus.name PodResourceClaimStatus.resourceClaimName',
      ({ status }) => (status.resourceClaimStatuses = [{ name: 'a', resourceClaimName: '-' }]),
      [
        'status.resourceClaimStatuses[0].name: Invalid value: "a": must match the name of an entry in `spec.resourceClaims`',
        `status.resourceClaimStatuses[0].name: ${badSubdomain('-')}`,
      ],
    ],
  ],
  'status',
);
