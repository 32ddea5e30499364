/**
 * From the text of a request to an object in normal form.
 *
 * 1. Failures are BadRequest ApiErrors with upstream's texts; nothing that a client sends throws
 *    anything else.
 * 2. fieldValidation: Strict refuses unknown and duplicate fields, Warn tells of them, Ignore drops
 *    them silently.
 * 3. YAML is read as upstream reads it (1.1 booleans and octal numbers, timestamps as text), with
 *    aliases and nesting bounded.
 */
import { ApiError, badRequestError, bodyBytesMax, requestEntityTooLargeError } from './errors.ts';
import type { KubernetesObject } from './object.ts';
import { bodyDepthMax, countKeys, duplicateFields, outlineOf } from './json-scan.ts';
import { jsonSyntaxProblem } from './json-syntax.ts';
import { groupVersion } from './kind.ts';
import type { KindDefinition } from './kind.ts';
import { TypeMismatch, goKindOf, normalize } from './normalize.ts';
import type { SchemaName } from './schema.ts';
import { parseYaml } from './yaml-body.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface DecodeOptions {
  /** 'json' when absent. */
  readonly syntax?: 'json' | 'yaml';
  /** Upstream's default is Warn. */
  readonly fieldValidation?: FieldValidation;
  readonly bytesMax?: number;
}

export interface Parsed {
  readonly value: unknown;
  /** What was given twice, in the words of the strict decoder. */
  readonly duplicates: readonly string[];
}

export interface Decoded<T> {
  readonly object: T;
  /** For `Warning` headers. */
  readonly warnings: readonly string[];
}

const warningsMax = 100;

/** @param refuse makes the error of a text that is no JSON */
function parseJson(text: string, wantsDuplicates: boolean, refuse: RefuseText): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(jsonSyntaxProblem(text));
  }
  const { depth, keys } = outlineOf(text);
  if (depth > bodyDepthMax) {
    throw badRequestError(`the body is nested deeper than ${bodyDepthMax} levels`);
  }
  if (!wantsDuplicates || countKeys(value) === keys) return { value, duplicates: [] };
  const duplicates = duplicateFields(text).map((path) => `duplicate field "${path}"`);
  return { value, duplicates };
}

/** Makes the error of a text that is no JSON: `why` is what is wrong with it, in Go's words. */
export type RefuseText = (why: string) => Error;

const cannotIdentify = (why: string) => `couldn't get version/kind; json parse error: ${why}`;

/** Parses a body without a schema, as patches need it. */
export function parseBody(
  text: string,
  options: DecodeOptions = {},
  refuse: RefuseText = (why) => badRequestError(cannotIdentify(why)),
): Parsed {
  const { syntax = 'json', fieldValidation = 'Warn', bytesMax = bodyBytesMax } = options;
  if (text.length > bytesMax) throw requestEntityTooLargeError(bytesMax);
  return syntax === 'yaml'
    ? parseYaml(text)
    : parseJson(text, fieldValidation !== 'Ignore', refuse);
}

function strictly(
  problems: readonly string[],
  fieldValidation: FieldValidation,
  refuse: (why: string) => Error,
): readonly string[] {
  if (problems.length === 0 || fieldValidation === 'Ignore') return [];
  const shown = problems.slice(0, warningsMax);
  if (fieldValidation === 'Warn') return shown;
  throw refuse(`strict decoding error: ${shown.join(', ')}`);
}

interface TypedName {
  readonly kind: string;
  readonly apiVersion: string;
  readonly schema: SchemaName;
}

/** Makes the error of a body that does not fit. */
export type Refuse = (why: string | TypeMismatch) => Error;

/** An already parsed body (of a patch, or of protobuf) into the normal form of one type. */
export function convertBody(
  parsed: Parsed,
  type: TypedName,
  fieldValidation: FieldValidation,
  refuse: Refuse = (why) =>
    badRequestError(
      `${type.kind} in version "${type.apiVersion}" cannot be handled as a ${type.kind}: ${typeof why === 'string' ? why : why.message}`,
    ),
): Decoded<Record<string, unknown>> {
  const notes = { unknownFields: [] as string[] };
  let object: Record<string, unknown>;
  try {
    object = normalize(parsed.value, type.schema, notes);
  } catch (error) {
    if (error instanceof TypeMismatch) throw refuse(error);
    throw error;
  }
  const problems = [
    ...parsed.duplicates,
    ...notes.unknownFields.map((path) => `unknown field "${path}"`),
  ];
  return { object, warnings: strictly(problems, fieldValidation, refuse) };
}

/** Refuses the apiVersion or kind of something else; either may be left out. */
export function checkIdentity(value: unknown, kind: KindDefinition): void {
  const expected = groupVersion(kind);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const given = value as { apiVersion?: unknown; kind?: unknown };
  if (
    typeof given.apiVersion === 'string' &&
    given.apiVersion !== '' &&
    given.apiVersion !== expected
  ) {
    throw badRequestError(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (typeof given.kind === 'string' && given.kind !== '' && given.kind !== kind.kind) {
    throw badRequestError(
      `${given.kind} in version "${expected}" cannot be handled as a ${kind.kind}: converting (${given.kind}) to (${kind.kind}): unknown conversion`,
    );
  }
}

/** An already parsed body into an object of a kind; apiVersion and kind may be left out in it. */
export function convertObject<T extends KubernetesObject>(
  parsed: Parsed,
  kind: KindDefinition<T>,
  fieldValidation: FieldValidation = 'Warn',
  refuse?: Refuse,
): Decoded<T> {
  checkIdentity(parsed.value, kind);
  const type = { kind: kind.kind, apiVersion: groupVersion(kind), schema: kind.schema };
  const { object, warnings } = convertBody(parsed, type, fieldValidation, refuse);
  const metadata = object['metadata'] as { name?: string };
  metadata.name ??= '';
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return {
    object: { kind: type.kind, apiVersion: type.apiVersion, ...rest } as unknown as T,
    warnings,
  };
}

const summaryBytesMax = 30;

/** The beginning of a body that could not be read: what seems to be JSON as it is, all else in hex. */
function summaryOf(text: string): string {
  if (text === '') return '<empty>';
  const bytes = new TextEncoder().encode(text.slice(0, summaryBytesMax + 1));
  const isCut = bytes.length > summaryBytesMax || text.length > summaryBytesMax;
  const start = bytes.subarray(0, summaryBytesMax);
  const shown = text.startsWith('{') ? new TextDecoder().decode(start) : start.toHex();
  return isCut ? `${shown} ...` : shown;
}

/** What upstream reads a body into at first, to see what it is. */
const identityType =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What keeps a body from saying what it is: it must be an object, and these two are texts. */
function identityProblem(value: unknown): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return `json: cannot unmarshal ${goKindOf(value)} into Go value of type ${identityType}`;
  }
  for (const key of ['apiVersion', 'kind'] as const) {
    const given = (value as Record<string, unknown>)[key];
    if (given === undefined || given === null || typeof given === 'string') continue;
    return `json: cannot unmarshal ${goKindOf(given)} into Go struct field .${key} of type string`;
  }
  return undefined;
}

/**
 * Parses the body of a write. What is wrong with the text itself is told together with what it should
 * have been.
 */
export function parseObjectBody(text: string, kind: string, options: DecodeOptions = {}): Parsed {
  const refuse = (why: string) =>
    badRequestError(
      `the object provided is unrecognized (must be of type ${kind}): ${why} (${summaryOf(text)})`,
    );
  const cannot = (why: string) => refuse(cannotIdentify(why));
  let parsed: Parsed;
  try {
    parsed = parseBody(text, options, cannot);
  } catch (error) {
    if (!(error instanceof ApiError) || options.syntax !== 'yaml') throw error;
    throw error.reason === 'BadRequest' ? refuse(error.message) : error;
  }
  const problem = identityProblem(parsed.value);
  if (problem !== undefined) throw cannot(problem);
  return parsed;
}

/** The body of a create or an update. */
export function decodeObject<T extends KubernetesObject>(
  text: string,
  kind: KindDefinition<T>,
  options: DecodeOptions = {},
): Decoded<T> {
  return convertObject(parseObjectBody(text, kind.kind, options), kind, options.fieldValidation);
}
