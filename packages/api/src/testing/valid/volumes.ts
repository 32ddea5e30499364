/** Rules of volumes: in pods, and persistent ones. */
import * as fc from 'fast-check';
import { fieldsOf } from '../../schema.ts';
import type { FieldRules, Shape, Struct } from './grammar.ts';
import {
  absolutePath,
  amount,
  configKey,
  fileMode,
  label,
  ownedName,
  relativePath,
  sentence,
} from './words.ts';

const always = { presence: 'always' } as const;
const never = { presence: 'never' } as const;
const driver = fc.constantFrom('csi.example.com', 'disks');
const lun = { values: fc.nat({ max: 255 }), ...always };
const iqn = fc.constantFrom('iqn.2001-04.com.example:storage', 'eui.0123456789abcdef');
const partition = { values: fc.integer({ min: 1, max: 255 }) };

export const volumeFields: FieldRules = {
  '*.iqn': { values: iqn },
  '*.initiatorName': { values: iqn },
  '*.targetPortal': { values: fc.constant('10.1.2.3:3260') },
  '*.monitors': { values: fc.constant('10.1.2.3:6789') },
  '*.fsType': { values: fc.constantFrom('ext4', 'xfs') },
  'ISCSIVolumeSource.lun': lun,
  'ISCSIPersistentVolumeSource.lun': lun,
  'ISCSIVolumeSource.secretRef': always,
  'ISCSIPersistentVolumeSource.secretRef': always,
  'FCVolumeSource.lun': lun,
  'GCEPersistentDiskVolumeSource.partition': { ...partition, ...always },
  'AWSElasticBlockStoreVolumeSource.partition': partition,
  'HostPathVolumeSource.path': { values: absolutePath },
  'NFSVolumeSource.path': { values: absolutePath },
  'LocalVolumeSource.path': { values: absolutePath },
  'GitRepoVolumeSource.directory': { values: relativePath },
  'CephFSVolumeSource.path': { values: absolutePath },
  'CephFSPersistentVolumeSource.path': { values: absolutePath },
  'QuobyteVolumeSource.registry': { values: fc.constant('host:7861') },
  'AzureDiskVolumeSource.kind': { values: fc.constant('Managed'), ...always },
  'AzureDiskVolumeSource.diskURI': {
    values: fc.constant(
      '/subscriptions/s/resourcegroups/g/providers/microsoft.compute/disks/disk-1',
    ),
  },
  'AzureDiskVolumeSource.cachingMode': { values: fc.constantFrom('None', 'ReadOnly') },
  'ScaleIOPersistentVolumeSource.volumeName': { values: label, ...always },
  'ScaleIOVolumeSource.volumeName': { values: label, ...always },
  'StorageOSPersistentVolumeSource.volumeName': { values: label, ...always },
  'StorageOSVolumeSource.volumeName': { values: label, ...always },
  'StorageOSPersistentVolumeSource.secretRef': never,
  'EmptyDirVolumeSource.medium': { values: fc.constant('Memory') },
  'EmptyDirVolumeSource.sizeLimit': { values: amount },
  '*.defaultMode': { values: fileMode },
  'KeyToPath.mode': { values: fileMode },
  'KeyToPath.key': { values: configKey },
  'KeyToPath.path': { values: relativePath },
  'DownwardAPIVolumeFile.mode': { values: fileMode, ...always },
  'DownwardAPIVolumeFile.path': { values: relativePath },
  'SecretVolumeSource.secretName': { values: label, ...always },
  'ConfigMapVolumeSource.name': { values: label, ...always },
  'SecretProjection.name': { values: label, ...always },
  'ConfigMapProjection.name': { values: label, ...always },
  'ProjectedVolumeSource.sources': always,
  'ServiceAccountTokenProjection.expirationSeconds': {
    values: fc.integer({ min: 600, max: 86_400 }),
  },
  'ServiceAccountTokenProjection.path': { values: relativePath },
  'CSIVolumeSource.driver': { values: driver },
  'CSIPersistentVolumeSource.driver': { values: driver },
  'FlexVolumeSource.driver': { values: ownedName },
  'FlexPersistentVolumeSource.driver': { values: ownedName },
  'FlexVolumeSource.options': { values: sentence },
  'FlexPersistentVolumeSource.options': { values: sentence },
  'CSIPersistentVolumeSource.volumeAttributes': { values: sentence },
  'ImageVolumeSource.reference': { values: fc.constant('registry.example.com/data:1'), ...always },
  'EphemeralVolumeSource.volumeClaimTemplate': always,
  'PersistentVolumeClaimTemplate.metadata': never,
  'GlusterfsPersistentVolumeSource.path': { values: label },
  'PersistentVolumeSpec.accessModes': {
    values: fc.constantFrom('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'),
    ...always,
  },
  'PersistentVolumeSpec.capacity': { keys: fc.constant('storage'), values: amount, ...always },
  'PersistentVolumeSpec.claimRef': never,
  'PersistentVolumeSpec.nodeAffinity': always,
  'PersistentVolumeSpec.volumeAttributesClassName': never,
  'VolumeNodeAffinity.required': always,
  'PersistentVolumeClaimSpec.accessModes': {
    values: fc.constantFrom('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany'),
    ...always,
  },
  'PersistentVolumeClaimSpec.resources': always,
  'PersistentVolumeClaimSpec.volumeAttributesClassName': never,
  'PersistentVolumeClaimSpec.dataSource': never,
  'TypedObjectReference.namespace': never,
  'VolumeResourceRequirements.requests': {
    keys: fc.constant('storage'),
    values: fc.constantFrom('1', '1Gi'),
    ...always,
  },
  'VolumeResourceRequirements.limits': {
    keys: fc.constant('storage'),
    values: fc.constantFrom('5Gi'),
  },
  'NodeSelectorTerm.matchFields': never,
};

const podSources = [...fieldsOf('VolumeSource').keys()];
const persistentSources = [...fieldsOf('PersistentVolumeSource').keys()];

/** Two files of one volume have two paths. */
function distinctPaths(items: unknown): void {
  (items as Struct[] | undefined)?.forEach((item, index) => {
    item['path'] = `${index}/${item['path'] as string}`;
  });
}
const fitItems = (source: Struct) => {
  distinctPaths(source['items']);
  return source;
};

/** One of a name and another name. */
const either = (first: string, second: string) => (source: Struct) => {
  if (source[first] !== undefined) delete source[second];
  else source[second] ??= 'x';
  return source;
};

export const volumeShapes: Readonly<Record<string, Shape>> = {
  Volume: { oneOf: podSources },
  VolumeProjection: {
    oneOf: ['secret', 'downwardAPI', 'configMap', 'serviceAccountToken'],
    fit: ({ clusterTrustBundle: _gated, ...projection }) => projection,
  },
  ProjectedVolumeSource: {
    fit: (volume) => {
      (volume['sources'] as Struct[]).forEach((source, index) => {
        for (const part of Object.values(source) as Struct[]) {
          const items = (part['items'] as Struct[] | undefined) ?? [];
          for (const file of [part, ...items]) {
            if (file['path'] !== undefined) file['path'] = `${index}/${file['path'] as string}`;
          }
        }
      });
      return volume;
    },
  },
  DownwardAPIVolumeFile: {
    oneOf: ['fieldRef', 'resourceFieldRef'],
    fit: (file) => {
      const ref = file['resourceFieldRef'] as Struct | undefined;
      if (ref !== undefined) ref['containerName'] = 'c0';
      if (file['fieldRef'] !== undefined) file['fieldRef'] = { fieldPath: 'metadata.name' };
      return file;
    },
  },
  SecretVolumeSource: { fit: fitItems },
  ConfigMapVolumeSource: { fit: fitItems },
  SecretProjection: { fit: fitItems },
  ConfigMapProjection: { fit: fitItems },
  DownwardAPIVolumeSource: { fit: fitItems },
  DownwardAPIProjection: { fit: fitItems },
  FlockerVolumeSource: { fit: either('datasetName', 'datasetUUID') },
  FCVolumeSource: {
    fit: (source) => {
      const fitted = either('targetWWNs', 'wwids')(source);
      // A number without a target says nothing, and is not judged.
      if (fitted['wwids'] !== undefined) delete fitted['lun'];
      if (fitted['wwids'] === 'x') fitted['wwids'] = ['x'];
      return fitted;
    },
  },
  PersistentVolumeSpec: { oneOf: persistentSources },
};
