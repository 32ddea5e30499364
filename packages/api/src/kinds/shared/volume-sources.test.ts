/** Every source of a persistent volume, one case a rule. */
import { describe, expect, test } from 'vitest';
import type { PersistentVolumeSpec } from '../../generated/types.ts';
import { formatFieldError } from '../../field-error.ts';
import { validateVolumeSource } from './persistent-volume-source.ts';

const errorsOf = (spec: object, name = 'x') =>
  validateVolumeSource(spec as PersistentVolumeSpec, 'spec', name).map(formatFieldError);

const iqn = 'iqn.2015-02.example.com:test';
const badFormat = 'must be valid format';
const badRegistry = 'must be a host:port pair or multiple pairs separated by commas';
const label = 'a lowercase RFC 1123 label must consist of';
const domain = 'a lowercase RFC 1123 subdomain must consist of';

describe('sources that are complete', () => {
  test.each<[object]>([
    [{ hostPath: { path: '/a', type: 'Socket' } }],
    [{ gcePersistentDisk: { pdName: 'd', partition: 0 } }],
    [{ awsElasticBlockStore: { volumeID: 'v', partition: 255 } }],
    [{ glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: 'n' } }],
    [{ flocker: { datasetUUID: 'u' } }],
    [{ nfs: { server: 's', path: '/p' } }],
    [{ rbd: { monitors: ['m'], image: 'i' } }],
    [{ quobyte: { registry: 'r:1,[::1]:2', volume: 'v' } }],
    [{ cephfs: { monitors: ['m'] } }],
    [{ iscsi: { targetPortal: 't', iqn: 'eui.0123456789ABCDEF', lun: 255 } }],
    [{ iscsi: { targetPortal: 't', iqn: `naa.${'a'.repeat(32)}`, lun: 0, initiatorName: iqn } }],
    [{ cinder: { volumeID: 'v', secretRef: { name: 's', namespace: 'n' } } }],
    [{ fc: { wwids: ['w'] } }],
    [{ flexVolume: { driver: 'd', options: { 'example.com/a': 'b' } } }],
    [{ azureFile: { secretName: 's', shareName: 'h' } }],
    [{ vsphereVolume: { volumePath: 'v' } }],
    [{ photonPersistentDisk: { pdID: 'p' } }],
    [{ portworxVolume: { volumeID: 'v' } }],
    [{ azureDisk: { diskName: 'd', diskURI: '/subscriptions/s', kind: 'Managed' } }],
    [{ scaleIO: { gateway: 'g', system: 's', volumeName: 'v' } }],
    [{ local: { path: '/x' }, nodeAffinity: { required: {} } }],
    [{ storageos: { volumeName: 'v', secretRef: { name: 's', namespace: 'n' } } }],
    [{ csi: { driver: 'D.example.com', volumeHandle: 'h' } }],
  ])('%j', (spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });
});

describe('sources that are not', () => {
  test.each<[object, string[]]>([
    [{ hostPath: { path: '' } }, ['hostPath.path: Required value']],
    [
      { hostPath: { path: '/a/../b', type: 'Pipe' } },
      [
        `hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
        'hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"',
      ],
    ],
    [
      { gcePersistentDisk: { pdName: '', partition: 256 } },
      [
        'persistentDisk.pdName: Required value',
        'persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive',
      ],
    ],
    [
      { awsElasticBlockStore: { volumeID: '', partition: -1 } },
      [
        'awsElasticBlockStore.volumeID: Required value',
        'awsElasticBlockStore.partition: Invalid value: -1: must be between 1 and 255, inclusive',
      ],
    ],
    [
      { glusterfs: { endpoints: '', path: '', endpointsNamespace: '' } },
      [
        'glusterfs.endpoints: Required value',
        'glusterfs.path: Required value',
        'glusterfs.endpointsNamespace: Invalid value: "": if the endpointnamespace is set, it must be a valid namespace name',
      ],
    ],
    [{ flocker: {} }, ['flocker: Required value: one of datasetName and datasetUUID is required']],
    [
      { flocker: { datasetName: 'a/b', datasetUUID: 'u' } },
      [
        'flocker: Invalid value: "resource": datasetName and datasetUUID can not be specified simultaneously',
        `flocker.datasetName: Invalid value: "a/b": must not contain '/'`,
      ],
    ],
    [
      { nfs: { server: '', path: '' } },
      [
        'nfs.server: Required value',
        'nfs.path: Required value',
        'nfs.path: Invalid value: "": must be an absolute path',
      ],
    ],
    [
      { rbd: { monitors: [], image: '' } },
      ['rbd.monitors: Required value', 'rbd.image: Required value'],
    ],
    [
      { quobyte: { registry: '', volume: '' } },
      [`quobyte.registry: Required value: ${badRegistry}`, 'quobyte.volume: Required value'],
    ],
    [
      { quobyte: { registry: 'a:1', volume: 'v', tenant: 't'.repeat(65) } },
      [
        'quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters',
      ],
    ],
    [
      { quobyte: { registry: 'a:1,b', volume: 'v' } },
      [`quobyte.registry: Invalid value: "a:1,b": ${badRegistry}`],
    ],
    [{ cephfs: {} }, ['cephfs.monitors: Required value']],
    [
      { iscsi: { targetPortal: '', iqn: '', lun: 256, chapAuthSession: true } },
      [
        'iscsi.targetPortal: Required value',
        'iscsi.iqn: Required value',
        'iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
        'iscsi.secretRef: Required value',
      ],
    ],
    [
      { iscsi: { targetPortal: 't', iqn: 'iqn.15', lun: 0, secretRef: {}, initiatorName: 'foo' } },
      [
        `iscsi.iqn: Invalid value: "iqn.15": ${badFormat}`,
        'iscsi.secretRef.name: Required value',
        `iscsi.initiatorname: Invalid value: "foo": ${badFormat} starting with iqn, eui, or naa`,
      ],
    ],
    [
      { cinder: { volumeID: '', secretRef: {} } },
      [
        'cinder.volumeID: Required value',
        'cinder.secretRef.name: Required value',
        'cinder.secretRef.namespace: Required value',
      ],
    ],
    [
      { fc: {} },
      ['fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both'],
    ],
    [
      { fc: { targetWWNs: ['w'], wwids: ['i'] } },
      [
        'fc.targetWWNs: Invalid value: []string{"w"}: targetWWNs and wwids can not be specified simultaneously',
        'fc.lun: Required value: lun is required if targetWWNs is specified',
      ],
    ],
    [
      { fc: { targetWWNs: ['w'], lun: 256 } },
      ['fc.lun: Invalid value: 256: must be between 0 and 255, inclusive'],
    ],
    [
      { flexVolume: { driver: '', options: { 'A.K8s.io/b': 'c', 'kubernetes.io': 'd' } } },
      [
        'flexVolume.driver: Required value',
        'flexVolume.options[A.K8s.io/b]: Invalid value: "A.K8s.io/b": kubernetes.io and k8s.io namespaces are reserved',
        'flexVolume.options[kubernetes.io]: Invalid value: "kubernetes.io": kubernetes.io and k8s.io namespaces are reserved',
      ],
    ],
    [
      { azureFile: { secretName: '', shareName: '', secretNamespace: '' } },
      [
        'azureFile.secretName: Required value',
        'azureFile.shareName: Required value',
        'azureFile.secretNamespace: Required value',
      ],
    ],
    [{ vsphereVolume: { volumePath: '' } }, ['vsphereVolume.volumePath: Required value']],
    [{ photonPersistentDisk: { pdID: '' } }, ['photonPersistentDisk.pdID: Required value']],
    [{ portworxVolume: { volumeID: '' } }, ['portworxVolume.volumeID: Required value']],
    [
      { azureDisk: { diskName: '', diskURI: '', cachingMode: 'All', kind: 'Lent' } },
      [
        'azureDisk.diskName: Required value',
        'azureDisk.diskURI: Required value',
        'azureDisk.cachingMode: Unsupported value: "All": supported values: "None", "ReadOnly", "ReadWrite"',
        'azureDisk.kind: Unsupported value: "Lent": supported values: "Dedicated", "Managed", "Shared"',
        'azureDisk.diskURI: Unsupported value: "": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"',
      ],
    ],
    [
      { azureDisk: { diskName: 'd', diskURI: 'https://d', kind: 'Managed' } },
      [
        'azureDisk.diskURI: Unsupported value: "https://d": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"',
      ],
    ],
    [
      { scaleIO: {} },
      ['gateway', 'system', 'volumeName'].map((key) => `scaleIO.${key}: Required value`),
    ],
    [
      { local: { path: '' } },
      [
        'local.path: Required value',
        'nodeAffinity: Required value: Local volume requires node affinity',
      ],
    ],
    [
      { local: { path: '..' }, nodeAffinity: {} },
      [`local.path: Invalid value: "..": must not contain '..'`],
    ],
    [
      { storageos: { secretRef: {} } },
      ['volumeName', 'secretRef.name', 'secretRef.namespace'].map(
        (key) => `storageos.${key}: Required value`,
      ),
    ],
    [
      { csi: { driver: 'd', volumeHandle: '', nodePublishSecretRef: {} } },
      ['volumeHandle', 'nodePublishSecretRef.name', 'nodePublishSecretRef.namespace'].map(
        (key) => `csi.${key}: Required value`,
      ),
    ],
    [
      { csi: { driver: 'd'.repeat(64), volumeHandle: 'h' } },
      ['csi.driver: Too long: may not be more than 63 bytes'],
    ],
  ])('%j', (spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors.map((error) => `spec.${error}`));
  });

  test.each<[object, string]>([
    [
      { glusterfs: { endpoints: 'e', path: 'p', endpointsNamespace: 'N' } },
      `spec.glusterfs.endpointsNamespace: Invalid value: "N": ${label}`,
    ],
    [{ storageos: { volumeName: 'V' } }, `spec.storageos.volumeName: Invalid value: "V": ${label}`],
    [
      { storageos: { volumeName: 'v', volumeNamespace: 'N' } },
      `spec.storageos.volumeNamespace: Invalid value: "N": ${label}`,
    ],
    [
      {
        csi: { driver: 'd', volumeHandle: 'h', nodeExpandSecretRef: { name: 'S', namespace: 'n' } },
      },
      `spec.csi.nodeExpandSecretRef.name: Invalid value: "S": ${domain}`,
    ],
    [
      {
        csi: {
          driver: 'd',
          volumeHandle: 'h',
          controllerPublishSecretRef: { name: 's', namespace: 'N' },
        },
      },
      `spec.csi.controllerPublishSecretRef.namespace: Invalid value: "N": ${label}`,
    ],
  ])('names: %j', (spec, beginning) => {
    const errors = errorsOf(spec);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.slice(0, beginning.length)).toBe(beginning);
  });

  test('a CSI driver has a name', () => {
    const errors = errorsOf({ csi: { driver: '', volumeHandle: 'h' } });
    expect(errors).toEqual([
      'spec.csi.driver: Required value',
      expect.stringContaining(`spec.csi.driver: Invalid value: "": ${domain}`),
    ]);
  });

  test('an initiator’s name is made of the volume’s name and the portal', () => {
    const iscsi = { targetPortal: 't'.repeat(20), iqn, lun: 0, initiatorName: iqn };
    expect(errorsOf({ iscsi }, 'v'.repeat(43))).toEqual([]);
    expect(errorsOf({ iscsi }, 'v'.repeat(44))).toEqual([
      `spec.iscsi.targetportal: Invalid value: "${iscsi.targetPortal}": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.`,
    ]);
  });
});
