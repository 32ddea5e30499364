/**
 * Field selectors: `spec.nodeName=n1,status.phase!=Failed`.
 *
 * 1. A kind names the fields that may be selected; any other is a BadRequest with upstream's text.
 * 2. A backslash escapes `,`, `=` and itself in a value.
 */
import { badRequestError } from './errors.ts';
import type { KindDefinition } from './kind.ts';
import type { KubernetesObject } from './object.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  readonly isEverything: boolean;
  matches(object: KubernetesObject): boolean;
  toString(): string;
}

function splitUnescaped(text: string): string[] {
  const terms: string[] = [];
  let term = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (character === '\\' && index + 1 < text.length) {
      term += character + text[index + 1]!;
      index += 1;
    } else if (character === ',') {
      terms.push(term);
      term = '';
    } else {
      term += character;
    }
  }
  terms.push(term);
  return terms;
}

function unescape(value: string, selector: string): string {
  let text = '';
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index]!;
    if (character === '\\') {
      const next = value[index + 1];
      if (next !== '\\' && next !== ',' && next !== '=') {
        throw badRequestError(`invalid field selector: invalid escape sequence: \\${next ?? ''}`);
      }
      text += next;
      index += 1;
    } else if (character === '=' || character === ',') {
      throw badRequestError(`invalid selector: '${selector}'; can't understand '${value}'`);
    } else {
      text += character;
    }
  }
  return text;
}

export function parseFieldRequirements(selector: string): FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const term of splitUnescaped(selector)) {
    if (term === '') continue;
    const sign = /==|!=|=/.exec(term);
    if (sign === null) {
      throw badRequestError(`invalid selector: '${selector}'; can't understand '${term}'`);
    }
    requirements.push({
      field: term.slice(0, sign.index),
      operator: sign[0] === '!=' ? '!=' : '=',
      value: unescape(term.slice(sign.index + sign[0].length), selector),
    });
  }
  return requirements;
}

const escape = (value: string) => value.replace(/[\\,=]/g, (character) => `\\${character}`);

/** Compiles a field selector for one kind; throws a BadRequest ApiError. */
export function parseFieldSelector(selector: string, kind: KindDefinition): FieldSelector {
  const requirements = parseFieldRequirements(selector);
  const tests = requirements.map(({ field, operator, value }) => {
    if (!Object.hasOwn(kind.fieldSelectors, field)) {
      throw badRequestError(`field label not supported: ${field}`);
    }
    const read = kind.fieldSelectors[field]!;
    const isEqual = operator === '=';
    return (object: KubernetesObject) => (read(object) === value) === isEqual;
  });
  return {
    requirements,
    isEverything: requirements.length === 0,
    matches(object) {
      for (const test of tests) if (!test(object)) return false;
      return true;
    },
    toString: () =>
      requirements
        .map(({ field, operator, value }) => `${field}${operator}${escape(value)}`)
        .join(','),
  };
}
