/**
 * What validation finds wrong, in upstream's words (apimachinery's field.Error).
 *
 * 1. `formatFieldError` gives exactly the text that `kubectl` users know:
 *    `spec.containers[0].image: Required value`.
 * 2. The reason of a cause (`FieldValueRequired`, ...) follows from the type alone.
 */

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'NotSupported'
  | 'Duplicate'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'NotFound'
  | 'TypeInvalid'
  | 'InternalError';

export interface FieldError {
  readonly type: FieldErrorType;
  /** A path such as `spec.containers[0].image`; empty for the object as a whole. */
  readonly field: string;
  readonly badValue?: unknown;
  readonly detail: string;
}

const words: Readonly<Record<FieldErrorType, string>> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  NotSupported: 'Unsupported value',
  Duplicate: 'Duplicate value',
  Forbidden: 'Forbidden',
  TooLong: 'Too long',
  TooMany: 'Too many',
  NotFound: 'Not found',
  TypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

const reasons: Readonly<Record<FieldErrorType, string>> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  NotSupported: 'FieldValueNotSupported',
  Duplicate: 'FieldValueDuplicate',
  Forbidden: 'FieldValueForbidden',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  NotFound: 'FieldValueNotFound',
  TypeInvalid: 'FieldValueTypeInvalid',
  InternalError: 'InternalError',
};

/** Stands for a value that upstream does not show. */
export const omitted = Symbol('omitted');

/** A value that prints itself as Go's `%#v` would; upstream's texts show structs that way. */
export interface GoLiteral {
  readonly goLiteral: string;
}

export const required = (field: string, detail = ''): FieldError => ({
  type: 'Required',
  field,
  badValue: '',
  detail,
});
export const invalid = (field: string, badValue: unknown, detail: string): FieldError => ({
  type: 'Invalid',
  field,
  badValue,
  detail,
});
export const duplicate = (field: string, badValue: unknown): FieldError => ({
  type: 'Duplicate',
  field,
  badValue,
  detail: '',
});
export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'Forbidden',
  field,
  badValue: '',
  detail,
});
export const notFound = (field: string, badValue: unknown): FieldError => ({
  type: 'NotFound',
  field,
  badValue,
  detail: '',
});
export const tooLong = (field: string, bytesMax: number): FieldError => ({
  type: 'TooLong',
  field,
  badValue: '',
  detail: `may not be more than ${bytesMax} bytes`,
});
export const tooMany = (field: string, count: number, countMax: number): FieldError => ({
  type: 'TooMany',
  field,
  badValue: count,
  detail: `must have at most ${countMax} item${countMax === 1 ? '' : 's'}`,
});
export const notSupported = (
  field: string,
  badValue: unknown,
  supported: readonly string[],
): FieldError => notSupportedInOrder(field, badValue, [...supported].sort());
/** The same, where upstream names the values in an order of its own. */
export const notSupportedInOrder = (
  field: string,
  badValue: unknown,
  supported: readonly string[],
): FieldError => ({
  type: 'NotSupported',
  field,
  badValue,
  detail: `supported values: ${supported.map((value) => goQuote(value)).join(', ')}`,
});

/** The text of an error without its path: `Invalid value: "x": detail`. */
export function formatFieldErrorBody(error: FieldError): string {
  const word = words[error.type];
  const detail = error.detail === '' ? '' : `: ${error.detail}`;
  switch (error.type) {
    case 'Required':
    case 'Forbidden':
    case 'TooLong':
    case 'TypeInvalid':
    case 'InternalError':
      return `${word}${detail}`;
    case 'Invalid':
    case 'NotSupported':
    case 'Duplicate':
    case 'TooMany':
    case 'NotFound':
      return error.badValue === omitted
        ? `${word}${detail}`
        : `${word}: ${formatValue(error.badValue)}${detail}`;
    default:
      return error.type satisfies never;
  }
}

export function formatFieldError(error: FieldError): string {
  const body = formatFieldErrorBody(error);
  return error.field === '' ? body : `${error.field}: ${body}`;
}

export function causeReason(error: FieldError): string {
  return reasons[error.type];
}

function formatValue(value: unknown): string {
  // Go tells of what is not there as of a text.
  if (value === undefined || value === null) return '"null"';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'object' && 'goLiteral' in value) return String(value.goLiteral);
  return JSON.stringify(value);
}

/** Go's `%q`: printable text stays, the rest becomes escapes. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(
    /\\u00([0-9a-f]{2})|\\b|\\f|\u007f/g,
    (match, hex: string | undefined) => {
      if (hex !== undefined) return hex === '0b' ? '\\v' : hex === '07' ? '\\a' : `\\x${hex}`;
      return match === '\u007f' ? '\\x7f' : match;
    },
  );
}
