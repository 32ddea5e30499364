/**
 * The source that a claim is filled from stands in two fields: the older dataSource takes claims and
 * snapshots, dataSourceRef takes anything. Source: KEP 1495.
 */
import type {
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
} from '../../generated/types.ts';

function isClaimOrSnapshot({ apiGroup = '', kind }: TypedLocalObjectReference): boolean {
  return apiGroup === ''
    ? kind === 'PersistentVolumeClaim'
    : apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot';
}

const referenceOf = ({ apiGroup, kind, name }: TypedLocalObjectReference) => ({
  ...(apiGroup === undefined ? {} : { apiGroup }),
  kind,
  name,
});

/** @param old what the claim asked for before; undefined when it is new */
export function prepareDataSources(
  spec: PersistentVolumeClaimSpec,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  // Sources in other namespaces are behind CrossNamespaceVolumeDataSource, which is off in 1.32.
  if ((spec.dataSourceRef?.namespace ?? '') !== '' && old?.dataSourceRef === undefined) {
    delete spec.dataSourceRef;
  }
  const hadSource = old?.dataSource !== undefined || old?.dataSourceRef !== undefined;
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined) {
    // Older servers dropped what they did not know, and clients came to rely on that.
    if (hadSource || isClaimOrSnapshot(dataSource)) spec.dataSourceRef = referenceOf(dataSource);
    else delete spec.dataSource;
  } else if (dataSourceRef !== undefined && dataSource === undefined) {
    if ((dataSourceRef.namespace ?? '') === '') spec.dataSource = referenceOf(dataSourceRef);
  }
}
