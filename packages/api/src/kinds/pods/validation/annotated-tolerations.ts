/** Tolerations in the annotation that was there before the field; they are judged, and do nothing. */
import { TypeMismatch, normalize } from '../../../normalize.ts';
import type { Toleration } from '../../../generated/types.ts';
import { jsonSyntaxProblem } from '../../../json-syntax.ts';

type Read = { readonly tolerations: Toleration[] } | { readonly problem: string };

export function parseTolerations(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: jsonSyntaxProblem(text) };
  }
  if (!Array.isArray(value))
    return { problem: 'json: cannot unmarshal into Go value of type []core.Toleration' };
  try {
    const notes = { unknownFields: [] };
    const spec = normalize({ containers: [], tolerations: value }, 'PodSpec', notes);
    return { tolerations: (spec['tolerations'] ?? []) as Toleration[] };
  } catch (error) {
    if (error instanceof TypeMismatch) return { problem: error.message };
    throw error;
  }
}
