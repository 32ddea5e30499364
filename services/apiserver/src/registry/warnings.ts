/**
 * What the writer of an object is told beside the answer: the warnings of its kind, and one that takes
 * cryptography.
 *
 * 1. A text is told once a request, however often a write is tried.
 * 2. A write that is refused warns of nothing but its body.
 */
import type { KindDefinition, KubernetesObject, Secret } from '@drydock/api';
import type { WriteOptions } from './requests.ts';
import { keyPairProblem } from './tls-key-pair.ts';

/** @param old undefined for a new object */
export function warnOf(
  kind: KindDefinition,
  {
    object,
    old,
  }: { readonly object: KubernetesObject; readonly old: KubernetesObject | undefined },
  { warnings }: WriteOptions,
): void {
  const texts =
    old === undefined ? kind.warningsOnCreate(object) : kind.warningsOnUpdate(object, old);
  for (const text of [...texts, ...secretWarnings(object)]) {
    if (!warnings.includes(text)) warnings.push(text);
  }
}

function secretWarnings(object: KubernetesObject): string[] {
  if (object.kind !== 'Secret') return [];
  const { type, data = {} } = object as Secret;
  if (type !== 'kubernetes.io/tls') return [];
  const problem = keyPairProblem(data['tls.crt'] ?? '', data['tls.key'] ?? '');
  return problem === undefined ? [] : [problem];
}
