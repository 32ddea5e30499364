/**
 * A patch whose result does not fit the type: upstream's answer shows the patch, a strategic one as Go
 * prints its map, another one as the document that it makes; and names no object.
 */
import { failure } from '../errors.ts';
import { formatFieldErrorBody } from '../field-error.ts';
import type { TypeMismatch } from '../normalize.ts';

type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** `why` is a text, or what the value did not fit. */
export function patchRefusal(
  patch: { readonly isStrategic: boolean; readonly patch: unknown; readonly result: unknown },
  why: string | TypeMismatch,
) {
  const badValue = patch.isStrategic ? goValue(patch.patch as Json) : JSON.stringify(patch.result);
  const detail =
    typeof why === 'string' ? why : patch.isStrategic ? conversionProblem(why) : why.message;
  const error = { type: 'Invalid', field: 'patch', badValue, detail } as const;
  const message = formatFieldErrorBody(error);
  return failure({
    code: 422,
    reason: 'Invalid',
    message: ` "" is invalid: patch: ${message}`,
    details: { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] },
  });
}

/** What is said where maps become structs without a detour over JSON. */
function conversionProblem({ message, given, wanted }: TypeMismatch): string {
  if (given === undefined || wanted === undefined) return message;
  const from = goKind(given);
  if (wanted.startsWith('map[')) return `cannot restore map from ${from}`;
  if (wanted.startsWith('[]')) return `cannot restore slice from ${from}`;
  // These read JSON themselves.
  if (/^(?:resource\.Quantity|intstr\.IntOrString|v1\.(?:Micro)?Time)$/.test(wanted))
    return message;
  if (wanted.includes('.')) return `cannot restore struct from: ${from}`;
  return `unrecognized type: ${wanted}`;
}

function goKind(given: string): string {
  if (given === 'array') return 'slice';
  if (given === 'object') return 'map';
  if (given.startsWith('number')) return given.includes('.') ? 'float64' : 'int64';
  return given;
}

/** `%+v` of what JSON holds. */
function goValue(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${key}:${goValue(item)}`);
  return `map[${entries.join(' ')}]`;
}
