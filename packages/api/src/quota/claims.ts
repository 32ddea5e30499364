/** PersistentVolumeClaims: how many, and how much storage, in all and of each storage class. */
import type { PersistentVolumeClaim } from '../generated/types.ts';
import { compareQuantities, quantityFromBytes, parseQuantity, quantityValue } from '../quantity.ts';
import type { Amounts } from './amounts.ts';
import type { QuotaEvaluator } from './evaluator.ts';

const counted = ['persistentvolumeclaims', 'requests.storage'];
const classInfix = '.storageclass.storage.k8s.io/';
/** The class was named here before there was a field for it. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const nanosPerUnit = 1_000_000_000n;

/** Storage is counted in whole bytes. */
function wholeBytes(quantity: string): string {
  const isWhole = parseQuantity(quantity).nanos % nanosPerUnit === 0n;
  return isWhole ? quantity : quantityFromBytes(quantityValue(quantity));
}

/** What was asked for, or what is already being made larger. */
function storageOf({ spec, status }: PersistentVolumeClaim): string | undefined {
  const asked = spec.resources?.requests?.['storage'];
  if (asked === undefined) return undefined;
  const allocated = status?.allocatedResources?.['storage'];
  const isMore = allocated !== undefined && compareQuantities(allocated, asked) > 0;
  return wholeBytes(isMore ? allocated : asked);
}

function usage(claim: PersistentVolumeClaim): Amounts {
  const storageClass =
    claim.metadata.annotations?.[classAnnotation] ?? claim.spec.storageClassName ?? '';
  const storage = storageOf(claim);
  const amounts: Amounts = {
    persistentvolumeclaims: '1',
    ...(storage === undefined ? {} : { 'requests.storage': storage }),
  };
  const ofClass =
    storageClass === ''
      ? []
      : Object.entries(amounts).map(([name, amount]) => [storageClass + classInfix + name, amount]);
  return {
    'count/persistentvolumeclaims': '1',
    ...amounts,
    ...Object.fromEntries(ofClass),
  } as Amounts;
}

export const claimEvaluator: QuotaEvaluator<PersistentVolumeClaim> = {
  counts: (resource) =>
    resource === 'count/persistentvolumeclaims' ||
    counted.some((name) => resource === name || resource.endsWith(classInfix + name)),
  usage,
  matchesScope: () => false,
  missing: () => undefined,
  isChargedOnUpdate: true,
};
