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
import { parseDocument } from 'yaml';
import type { ScalarTag, Tags } from 'yaml';
import { ApiError, badRequestError, bodyBytesMax, requestEntityTooLargeError } from './errors.ts';
import type { KubernetesObject } from './object.ts';
import { duplicateFields, nestingDepth } from './json-scan.ts';
import { groupVersion } from './kind.ts';
import type { KindDefinition } from './kind.ts';
import { TypeMismatch, normalize, setOwn } from './normalize.ts';
import type { SchemaName } from './schema.ts';

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

/** Deeper texts are refused whole, so that no later walk over the value can exhaust the stack. */
const depthMax = 256;
const warningsMax = 100;

function parseJson(text: string, wantsDuplicates: boolean): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'malformed';
    throw badRequestError(`json parse error: ${why}`);
  }
  if (nestingDepth(text) > depthMax) {
    throw badRequestError(`the body is nested deeper than ${depthMax} levels`);
  }
  const duplicates = wantsDuplicates
    ? duplicateFields(text).map((path) => `duplicate field "${path}"`)
    : [];
  return { value, duplicates };
}

const foreignTags = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);
const floatTag = 'tag:yaml.org,2002:float';
const plainFloat = /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/;
const exponentFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/;

/**
 * The 1.1 schema without what JSON cannot hold, and as upstream's reader knows it: `80:80` is text
 * and not sixty-based, and a number has a digit before its exponent (so that the name `e1` is text).
 */
function upstreamTags(tags: Tags): Tags {
  return tags.flatMap((tag): Tags => {
    if (typeof tag === 'string') return [tag];
    const scalar = tag as ScalarTag;
    if (foreignTags.has(tag.tag) || scalar.format === 'TIME') return [];
    if (tag.tag !== floatTag || scalar.test?.test('.inf') !== false) return [tag];
    return [{ ...scalar, test: scalar.format === 'EXP' ? exponentFloat : plainFloat }];
  });
}

/** JSON knows strings, finite numbers, booleans, null, lists and maps of string keys. */
function jsonValue(value: unknown, depth: number): unknown {
  if (depth > depthMax) throw badRequestError(`the body is nested deeper than ${depthMax} levels`);
  if (Array.isArray(value)) return value.map((element) => jsonValue(element, depth + 1));
  if (value instanceof Map) {
    const result: Record<string, unknown> = {};
    for (const [key, element] of value as Map<unknown, unknown>) {
      if (typeof key === 'object' && key !== null) {
        throw badRequestError('error converting YAML to JSON: yaml: a map key must be a scalar');
      }
      setOwn(result, String(key), jsonValue(element, depth + 1));
    }
    return result;
  }
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value ?? null;
}

function parseYaml(text: string): Parsed {
  const refuse = (why: string) =>
    badRequestError(`error converting YAML to JSON: yaml: ${why.split('\n')[0]}`);
  let document;
  try {
    document = parseDocument(text, {
      version: '1.1',
      merge: true,
      customTags: upstreamTags,
      prettyErrors: false,
      logLevel: 'error',
      strict: true,
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : 'malformed');
  }
  const duplicates: string[] = [];
  for (const error of document.errors) {
    if (error.code !== 'DUPLICATE_KEY') {
      throw refuse(`line ${lineOf(text, error.pos[0])}: ${error.message}`);
    }
    const key = /^[^\s:]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    duplicates.push(`line ${lineOf(text, error.pos[0])}: key "${key}" already set in map`);
  }
  try {
    const value = jsonValue(document.toJS({ mapAsMap: true, maxAliasCount: 100 }), 0);
    return { value, duplicates };
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) throw refuse(error.message);
    throw error;
  }
}

function lineOf(text: string, position: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < position; line += 1) {
    index = text.indexOf('\n', index + 1);
  }
  return line;
}

/** Parses a body without a schema, as patches need it. */
export function parseBody(text: string, options: DecodeOptions = {}): Parsed {
  const { syntax = 'json', fieldValidation = 'Warn', bytesMax = bodyBytesMax } = options;
  if (text.length > bytesMax) throw requestEntityTooLargeError(bytesMax);
  return syntax === 'yaml' ? parseYaml(text) : parseJson(text, fieldValidation !== 'Ignore');
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

/** An already parsed body (of a patch, or of protobuf) into the normal form of one type. */
export function convertBody(
  parsed: Parsed,
  type: TypedName,
  fieldValidation: FieldValidation,
): Decoded<Record<string, unknown>> {
  const refuse = (why: string) =>
    badRequestError(
      `${type.kind} in version "${type.apiVersion}" cannot be handled as a ${type.kind}: ${why}`,
    );
  const notes = { unknownFields: [] as string[] };
  let object: Record<string, unknown>;
  try {
    object = normalize(parsed.value, type.schema, notes);
  } catch (error) {
    if (error instanceof TypeMismatch) throw refuse(error.message);
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
): Decoded<T> {
  checkIdentity(parsed.value, kind);
  const type = { kind: kind.kind, apiVersion: groupVersion(kind), schema: kind.schema };
  const { object, warnings } = convertBody(parsed, type, fieldValidation);
  const metadata = object['metadata'] as { name?: string };
  metadata.name ??= '';
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = object;
  return {
    object: { kind: type.kind, apiVersion: type.apiVersion, ...rest } as unknown as T,
    warnings,
  };
}

/** What is wrong with the text itself is told together with what it should have been. */
function parseObject(text: string, kind: KindDefinition, options: DecodeOptions): Parsed {
  try {
    return parseBody(text, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    throw badRequestError(
      `the object provided is unrecognized (must be of type ${kind.kind}): ${error.message}`,
    );
  }
}

/** The body of a create or an update. */
export function decodeObject<T extends KubernetesObject>(
  text: string,
  kind: KindDefinition<T>,
  options: DecodeOptions = {},
): Decoded<T> {
  return convertObject(parseObject(text, kind, options), kind, options.fieldValidation);
}
