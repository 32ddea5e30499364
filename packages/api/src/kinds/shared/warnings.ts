/** Warnings that several kinds give. */
import type { PersistentVolumeClaimSpec } from '../../generated/types.ts';
import { dns1123LabelProblems } from '../../names.ts';
import { parseQuantity } from '../../quantity.ts';

const nanosPerUnit = 1_000_000_000n;

/** Bytes are whole: a fraction of one is most often a slip of the unit (`1m` for `1M`). */
export function fractionWarnings(
  amounts: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
  field: string,
): string[] {
  return names.flatMap((name) => {
    const amount = amounts?.[name];
    if (amount === undefined || parseQuantity(amount).nanos % nanosPerUnit === 0n) return [];
    return [`${field}[${name}]: fractional byte value "${amount}" is invalid, must be an integer`];
  });
}

export function volumeClaimSpecWarnings(
  { resources }: PersistentVolumeClaimSpec,
  field: string,
): string[] {
  return [
    ...fractionWarnings(resources?.requests, ['storage'], `${field}.resources.requests`),
    ...fractionWarnings(resources?.limits, ['storage'], `${field}.resources.limits`),
  ];
}

const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

export function storageClassAnnotationWarnings(
  annotations: Readonly<Record<string, string>> | undefined,
): string[] {
  if (annotations?.[storageClassAnnotation] === undefined) return [];
  const why = 'deprecated since v1.8; use "storageClassName" attribute instead';
  return [`metadata.annotations[${storageClassAnnotation}]: ${why}`];
}

/** @param use what the name is used for: `in Pod names and hostnames` */
export function nameWarnings(name: string, use: string): string[] {
  const problems = dns1123LabelProblems(name);
  if (problems.length === 0) return [];
  return [
    `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ];
}
