/** What of a PersistentVolume may change: not what it is made of. */
import { deepEqual } from '../../equality.ts';
import { forbidden, invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  NodeSelectorRequirement,
  PersistentVolume,
  PersistentVolumeSpec,
  VolumeNodeAffinity,
} from '../../generated/types.ts';
import { isImmutable, validateImmutable } from '../../metadata.ts';
import { changesText } from '../shared/changes.ts';
import { sourceKeys } from '../shared/persistent-volume-source.ts';

function sourceOf(spec: PersistentVolumeSpec): object {
  return Object.fromEntries(
    sourceKeys.filter((key) => spec[key] !== undefined).map((key) => [key, spec[key]]),
  );
}

/** The secret for expansion may still be added to a CSI volume that has none. */
function withoutAddedSecret(spec: PersistentVolumeSpec, old: PersistentVolumeSpec) {
  if (spec.csi === undefined || old.csi === undefined) return spec;
  if (old.csi.controllerExpandSecretRef !== undefined) return spec;
  const { controllerExpandSecretRef: _added, ...csi } = spec.csi;
  return { ...spec, csi };
}

/** Labels of nodes that got a name without `beta`. */
const stableLabels: ReadonlyMap<string, string> = new Map([
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
  ['beta.kubernetes.io/instance-type', 'node.kubernetes.io/instance-type'],
]);

type Requirements = readonly NodeSelectorRequirement[];

/** The old requirements, under the stable names where the new ones have those. */
function renamed(old: Requirements | undefined, now: Requirements | undefined) {
  return old?.map((requirement, index) => {
    const key = now?.[index]?.key;
    return key !== undefined && stableLabels.get(requirement.key) === key
      ? { ...requirement, key }
      : requirement;
  });
}

function isSameAffinity(now: VolumeNodeAffinity | undefined, old: VolumeNodeAffinity): boolean {
  const terms = now?.required?.nodeSelectorTerms ?? [];
  const oldTerms = old.required?.nodeSelectorTerms ?? [];
  return (
    now !== undefined &&
    terms.length === oldTerms.length &&
    oldTerms.every((oldTerm, index) => {
      const { matchExpressions = [], matchFields = [] } = terms[index]!;
      return (
        deepEqual(matchExpressions, renamed(oldTerm.matchExpressions, matchExpressions) ?? []) &&
        deepEqual(matchFields, renamed(oldTerm.matchFields, matchFields) ?? [])
      );
    })
  );
}

export function validatePersistentVolumeUpdate(
  { spec }: PersistentVolume,
  { spec: old }: PersistentVolume,
): FieldError[] {
  const errors: FieldError[] = [];
  const [now, before] = [sourceOf(withoutAddedSecret(spec, old)), sourceOf(old)];
  if (!deepEqual(now, before)) {
    const why = `spec.persistentvolumesource is immutable after creation${changesText(now, before, 'spec')}`;
    errors.push(forbidden('spec.persistentvolumesource', why));
  }
  errors.push(...validateImmutable('volumeMode', spec.volumeMode, old.volumeMode));
  if (old.nodeAffinity !== undefined && !isSameAffinity(spec.nodeAffinity, old.nodeAffinity)) {
    const why = `${isImmutable}, except for updating from beta label to GA`;
    errors.push(invalid('nodeAffinity', spec.nodeAffinity, why));
  }
  if (old.volumeAttributesClassName !== spec.volumeAttributesClassName) {
    const why = 'update is forbidden when the VolumeAttributesClass feature gate is disabled';
    errors.push(forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}
