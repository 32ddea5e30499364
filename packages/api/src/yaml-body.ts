/**
 * YAML bodies, read as upstream reads them, without the ways in which YAML can be made expensive.
 *
 * 1. The result is a JSON value: no dates, no bytes, no maps with keys that are no scalars.
 * 2. The time that a text takes grows with its length and no faster: nesting is bounded before the
 *    parser sees it (it recurses, and a stack that overflows costs seconds), aliases are bounded, and
 *    keys given twice are found by ourselves (the parser compares each key with all before it).
 */
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document, ErrorCode, ScalarTag, Tags, YAMLError } from 'yaml';
import { badRequestError } from './errors.ts';
import { bodyDepthMax } from './json-scan.ts';
import { setOwn } from './normalize.ts';

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
  if (depth > bodyDepthMax)
    throw badRequestError(`the body is nested deeper than ${bodyDepthMax} levels`);
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

/** Brackets that stay open may stand in a text, so they are bounded loosely; the value's depth is not. */
const openBracketsMax = 10_000;
const indicatorsMax = bodyDepthMax;

/** True when the text nests so deeply that the parser would fall over it. */
function isTooNested(text: string): boolean {
  let open = 0;
  let indicators = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text[index]) {
      case '[':
      case '{':
        open += 1;
        if (open > openBracketsMax) return true;
        indicators = 0;
        break;
      case ']':
      case '}':
        if (open > 0) open -= 1;
        break;
      case '-':
      case '?':
      case ':':
        // `- - - x` nests once an indicator, all on one line.
        indicators += 1;
        if (indicators > indicatorsMax && isBlank(text[index + 1])) return true;
        break;
      case ' ':
      case '\t':
        break;
      default:
        indicators = 0;
    }
  }
  return false;
}

const isBlank = (character: string | undefined) => character === ' ' || character === '\t';

/** Keys that a map has twice, as Go's YAML reader tells of them. */
function duplicateKeys(document: Document, text: string): string[] {
  const duplicates: string[] = [];
  const lineAt = lineCounter(text);
  visit(document, {
    Map(_key, node) {
      const seen = new Set<unknown>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.value !== '<<') {
          const line = lineAt(key.range?.[0] ?? 0);
          duplicates.push(`line ${line}: key "${String(key.value)}" already set in map`);
        }
        seen.add(key.value);
      }
    },
  });
  return duplicates;
}

/** Lines by position, cheap for positions that grow. */
function lineCounter(text: string): (position: number) => number {
  let line = 1;
  let from = 0;
  return (position) => {
    if (position < from) {
      line = 1;
      from = 0;
    }
    for (let next = text.indexOf('\n', from); next >= 0 && next < position;) {
      line += 1;
      from = next + 1;
      next = text.indexOf('\n', from);
    }
    return line;
  };
}

export interface ParsedYaml {
  readonly value: unknown;
  readonly duplicates: readonly string[];
}

const refuse = (why: string) =>
  badRequestError(`error converting YAML to JSON: yaml: ${why.split('\n')[0]}`);

const cannotStart = 'found character that cannot start any token';

/** The words of Go's YAML reader for what people get wrong most often. */
const words: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
  BAD_DQ_ESCAPE: 'found unknown escape character',
  BAD_SCALAR_START: cannotStart,
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  TAB_AS_INDENT: cannotStart,
};

/** Go's reader counts lines from zero, and tells none of them of the first. */
function problemOf({ code, message, pos }: YAMLError, text: string): string {
  const line = lineCounter(text)(pos[0]);
  const why = words[code] ?? message;
  return line === 1 ? why : `line ${line}: ${why}`;
}

function parse(text: string): Document {
  try {
    return parseDocument(text, {
      version: '1.1',
      merge: true,
      uniqueKeys: false,
      customTags: upstreamTags,
      prettyErrors: false,
      logLevel: 'error',
      strict: true,
    });
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : 'malformed');
  }
}

/** @throws a BadRequest ApiError */
export function parseYaml(text: string): ParsedYaml {
  if (isTooNested(text)) throw refuse('the text is nested too deeply');
  const document = parse(text);
  // Of several documents the first is taken.
  const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS');
  if (error !== undefined) throw refuse(problemOf(error, text));
  const duplicates = isMap(document.contents) ? duplicateKeys(document, text) : [];
  return { value: jsonValue(resolved(document), 0), duplicates };
}

/** Aliases and merges followed: a text may name what is not there, or merge what is no map. */
function resolved(document: Document): unknown {
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch (failure) {
    const message = failure instanceof Error ? failure.message : 'malformed';
    const anchor = /^Unresolved alias .*: (.*)$/.exec(message)?.[1];
    throw refuse(anchor === undefined ? message : `unknown anchor '${anchor}' referenced`);
  }
}
