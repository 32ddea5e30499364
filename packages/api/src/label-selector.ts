/**
 * Label selectors: `app=web,tier in (a, b),!old`, and matchLabels with matchExpressions.
 *
 * 1. A selector is compiled once and asked often: `matches` allocates nothing.
 * 2. No requirement selects everything; an absent LabelSelector selects nothing (upstream's
 *    LabelSelectorAsSelector).
 * 3. Parse errors have upstream's texts.
 */
import { badRequestError } from './errors.ts';
import { formatFieldError, invalid } from './field-error.ts';
import type { LabelSelector } from './generated/types.ts';
import { labelValueProblems, qualifiedNameProblems } from './names.ts';

type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface SelectorRequirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  /** Sorted, without duplicates. */
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

export interface Selector {
  readonly requirements: readonly SelectorRequirement[];
  readonly isEverything: boolean;
  matches(labels: Labels | undefined): boolean;
  /** The string form, requirements in the order of their keys. */
  toString(): string;
}

type Test = (labels: Labels) => boolean;

const noLabels: Labels = Object.freeze({});

function testOf({ key, operator, values }: SelectorRequirement): Test {
  const read = (labels: Labels) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const first = values[0];
  switch (operator) {
    case '=':
    case '==':
      return (labels) => labels[key] === first && Object.hasOwn(labels, key);
    case '!=':
      return (labels) => read(labels) !== first;
    case 'in':
      return (labels) => {
        const value = read(labels);
        return value !== undefined && values.includes(value);
      };
    case 'notin':
      return (labels) => {
        const value = read(labels);
        return value === undefined || !values.includes(value);
      };
    case 'exists':
      return (labels) => Object.hasOwn(labels, key);
    case '!':
      return (labels) => !Object.hasOwn(labels, key);
    case 'gt':
      return (labels) => isInteger(read(labels)) && BigInt(labels[key]!) > BigInt(first!);
    case 'lt':
      return (labels) => isInteger(read(labels)) && BigInt(labels[key]!) < BigInt(first!);
    default:
      return operator satisfies never;
  }
}

/** What Go's ParseInt takes, within a length that costs nothing. */
const isInteger = (text: string | undefined) => text !== undefined && /^[+-]?\d{1,19}$/.test(text);

function createSelector(requirements: readonly SelectorRequirement[]): Selector {
  const tests = requirements.map(testOf);
  return {
    requirements,
    isEverything: requirements.length === 0,
    matches(labels) {
      const actual = labels ?? noLabels;
      for (const test of tests) if (!test(actual)) return false;
      return true;
    },
    toString: () =>
      [...requirements]
        .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
        .map(formatRequirement)
        .join(','),
  };
}

export const selectEverything: Selector = createSelector([]);

export const selectNothing: Selector = {
  requirements: [],
  isEverything: false,
  matches: () => false,
  toString: () => '',
};

function formatRequirement({ key, operator, values }: SelectorRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    case '=':
    case '==':
    case '!=':
      return `${key}${operator}${values[0]}`;
    default:
      return operator satisfies never;
  }
}

const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

/** Exact labels, as a Service or a ReplicationController selects. */
export function selectorFromLabels(labels: Labels | undefined): Selector {
  if (labels === undefined) return selectEverything;
  return createSelector(
    Object.keys(labels)
      .sort()
      .map((key) => ({ key, operator: '=', values: [labels[key]!] })),
  );
}

const expressionOperators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** matchLabels and matchExpressions; an invalid operator selects nothing. */
export function selectorFromLabelSelector(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return selectNothing;
  const requirements: SelectorRequirement[] = [
    ...selectorFromLabels(selector.matchLabels ?? {}).requirements,
  ];
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const compiled = expressionOperators[operator];
    if (compiled === undefined) return selectNothing;
    requirements.push({ key, operator: compiled, values: sorted(values ?? []) });
  }
  return createSelector(requirements);
}

/** As tables show a selector; `<none>` for one without requirements. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const text = selectorFromLabelSelector(selector).toString();
  return text === '' ? '<none>' : text;
}

/** As tables show labels: `a=1,b=2`, `<none>` when there are none. */
export function formatLabels(labels: Labels | undefined): string {
  const text = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
  return text === '' ? '<none>' : text;
}

const tokenPattern = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^ \t\r\n=!(),<>]+))?/y;
type Token = { readonly kind: 'symbol' | 'word' | 'end'; readonly text: string };

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (match === null) break;
    if (match[1] !== undefined) tokens.push({ kind: 'symbol', text: match[1] });
    else if (match[2] !== undefined) tokens.push({ kind: 'word', text: match[2] });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class SelectorSyntaxError extends Error {}

const comparisonOperators: Readonly<Record<string, SelectorOperator>> = {
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
  in: 'in',
  notin: 'notin',
};

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  #peek(): Token {
    return this.#tokens[this.#position]!;
  }

  #take(): Token {
    const token = this.#tokens[this.#position]!;
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  #isAt(symbol: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === symbol;
  }

  parse(): SelectorRequirement[] {
    const requirements: SelectorRequirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return requirements;
      if (token.kind === 'symbol' && token.text !== '!') {
        throw new SelectorSyntaxError(
          `found '${token.text}', expected: !, identifier, or 'end of string'`,
        );
      }
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next.kind === 'end') return requirements;
      if (next.text !== ',' || next.kind !== 'symbol') {
        throw new SelectorSyntaxError(`found '${next.text}', expected: ',' or 'end of string'`);
      }
      const after = this.#peek();
      if (after.kind !== 'word' && !this.#isAt('!')) {
        throw new SelectorSyntaxError(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): SelectorRequirement {
    const refuse = (why: string) => new SelectorSyntaxError(`unable to parse requirement: ${why}`);
    const negated = this.#isAt('!');
    if (negated) this.#take();
    const key = this.#take();
    if (key.kind !== 'word') throw refuse(`found '${key.text}', expected: identifier`);
    const keyProblem = qualifiedNameProblems(key.text);
    if (keyProblem.length > 0) {
      throw refuse(formatFieldError(invalid('key', key.text, keyProblem.join('; '))));
    }
    if (negated) return { key: key.text, operator: '!', values: [] };
    if (this.#peek().kind === 'end' || this.#isAt(',')) {
      return { key: key.text, operator: 'exists', values: [] };
    }
    const sign = this.#take();
    const operator = Object.hasOwn(comparisonOperators, sign.text)
      ? comparisonOperators[sign.text]
      : undefined;
    if (operator === undefined) {
      throw refuse(`found '${sign.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
    const isSet = operator === 'in' || operator === 'notin';
    const values = isSet ? this.#valueSet(refuse) : [this.#exactValue(refuse)];
    if ((operator === 'gt' || operator === 'lt') && !isInteger(values[0])) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw refuse(formatFieldError(invalid('values[0]', values[0], why)));
    }
    values.forEach((value, index) => {
      const problems = labelValueProblems(value);
      if (problems.length > 0) {
        const field = `values[${index}][${key.text}]`;
        throw refuse(formatFieldError(invalid(field, value, problems.join('; '))));
      }
    });
    return { key: key.text, operator, values };
  }

  #exactValue(refuse: (why: string) => Error): string {
    if (this.#peek().kind === 'end' || this.#isAt(',')) return '';
    const value = this.#take();
    if (value.kind !== 'word') throw refuse(`found '${value.text}', expected: identifier`);
    return value.text;
  }

  #valueSet(refuse: (why: string) => Error): string[] {
    const open = this.#take();
    if (open.text !== '(') throw refuse(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    if (this.#isAt(')')) {
      this.#take();
      return [''];
    }
    for (;;) {
      // An empty place between commas is the empty value: `x in (a,,b)`.
      if (this.#isAt(',') || this.#isAt(')')) values.push('');
      else {
        const value = this.#take();
        if (value.kind !== 'word') {
          throw refuse(`found '${value.text}', expected: ',', ')' or identifier`);
        }
        values.push(value.text);
      }
      const separator = this.#take();
      if (separator.kind === 'symbol' && separator.text === ')') return sorted(values);
      if (separator.kind !== 'symbol' || separator.text !== ',') {
        throw refuse(`found '${separator.text}', expected: ',' or ')'`);
      }
    }
  }
}

/** Parses the string form; throws a BadRequest ApiError with upstream's text. */
export function parseLabelSelector(text: string): Selector {
  try {
    return createSelector(new Parser(text).parse());
  } catch (error) {
    if (error instanceof SelectorSyntaxError) throw badRequestError(error.message);
    throw error;
  }
}
