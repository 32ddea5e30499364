/**
 * What is wrong with a text that is not JSON, in the words of Go's decoder, which people know.
 *
 * 1. Only for texts that JSON.parse has refused: the first character that cannot follow is told, and what
 *    was looked for there (encoding/json, scanner.go).
 * 2. At the end Go goes on as if a blank followed: a literal that stops short is told as one that a blank
 *    stands in, all else as an unexpected end.
 */

/** Answers what the character breaks, or undefined and moves on. */
type Step = (code: number) => string | undefined;

const code = (character: string) => character.charCodeAt(0);
const [blank, tab, newline, carriageReturn] = [code(' '), code('\t'), code('\n'), code('\r')];
const [quote, backslash, comma, colon] = [code('"'), code('\\'), code(','), code(':')];
const [openBrace, closeBrace, openBracket, closeBracket] = [
  code('{'),
  code('}'),
  code('['),
  code(']'),
];
const [minus, plus, dot, zero, nine] = [code('-'), code('+'), code('.'), code('0'), code('9')];
const escapes = new Set(['b', 'f', 'n', 'r', 't', '\\', '/', '"'].map(code));
const literals: ReadonlyMap<number, string> = new Map(
  ['true', 'false', 'null'].map((literal) => [code(literal), literal]),
);

const isBlank = (c: number) => c === blank || c === tab || c === newline || c === carriageReturn;
const isDigit = (c: number) => c >= zero && c <= nine;
const isHex = (c: number) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102);
const isExponent = (c: number) => c === code('e') || c === code('E');

/** What a value that has just ended is a part of. */
type Holder = 'key' | 'value' | 'element';

class Scanner {
  step: Step = (c) => this.#beginValue(c);
  isDone = false;
  readonly #holders: Holder[] = [];

  #moveTo(step: Step): undefined {
    this.step = step;
    return undefined;
  }

  #beginValue(c: number): string | undefined {
    if (isBlank(c)) return undefined;
    if (c === openBrace) {
      this.#holders.push('key');
      return this.#moveTo((next) => this.#beginKey(next, true));
    }
    if (c === openBracket) {
      this.#holders.push('element');
      return this.#moveTo((next) => {
        if (isBlank(next)) return undefined;
        return next === closeBracket ? this.#close() : this.#beginValue(next);
      });
    }
    if (c === quote) return this.#beginString();
    if (c === minus) {
      return this.#moveTo((next) => {
        if (next === zero) return this.#moveTo((after) => this.#afterInteger(after));
        if (isDigit(next)) return this.#moveTo((after) => this.#integer(after));
        return 'in numeric literal';
      });
    }
    if (c === zero) return this.#moveTo((next) => this.#afterInteger(next));
    if (isDigit(c)) return this.#moveTo((next) => this.#integer(next));
    const literal = literals.get(c);
    return literal === undefined ? 'looking for beginning of value' : this.#literal(literal, 1);
  }

  #beginKey(c: number, mayClose: boolean): string | undefined {
    if (isBlank(c)) return undefined;
    if (c === quote) return this.#beginString();
    if (c === closeBrace && mayClose) return this.#close();
    return 'looking for beginning of object key string';
  }

  #beginString(): undefined {
    return this.#moveTo((c) => this.#string(c));
  }

  #string(c: number): string | undefined {
    if (c === quote) return this.#endValue();
    if (c === backslash) return this.#moveTo((next) => this.#escape(next));
    return c < blank ? 'in string literal' : undefined;
  }

  #escape(c: number): string | undefined {
    if (escapes.has(c)) return this.#beginString();
    return c === code('u') ? this.#hex(4) : 'in string escape code';
  }

  #hex(count: number): undefined {
    if (count === 0) return this.#beginString();
    return this.#moveTo((c) =>
      isHex(c) ? this.#hex(count - 1) : 'in \\u hexadecimal character escape',
    );
  }

  #integer(c: number): string | undefined {
    return isDigit(c) ? undefined : this.#afterInteger(c);
  }

  #afterInteger(c: number): string | undefined {
    if (c === dot) {
      return this.#moveTo((next) =>
        isDigit(next)
          ? this.#moveTo((after) => this.#fraction(after))
          : 'after decimal point in numeric literal',
      );
    }
    return this.#afterFraction(c);
  }

  #fraction(c: number): string | undefined {
    return isDigit(c) ? undefined : this.#afterFraction(c);
  }

  #afterFraction(c: number): string | undefined {
    if (!isExponent(c)) return this.#endNumber(c);
    const first: Step = (next) =>
      isDigit(next)
        ? this.#moveTo((after) => (isDigit(after) ? undefined : this.#endNumber(after)))
        : 'in exponent of numeric literal';
    return this.#moveTo((next) =>
      next === plus || next === minus ? this.#moveTo(first) : first(next),
    );
  }

  /** Only what follows a number tells that it has ended. */
  #endNumber(c: number): string | undefined {
    this.#endValue();
    return this.step(c);
  }

  #literal(literal: string, index: number): undefined {
    if (index === literal.length) return this.#endValue();
    return this.#moveTo((c) =>
      c === literal.charCodeAt(index)
        ? this.#literal(literal, index + 1)
        : `in literal ${literal} (expecting '${literal[index]}')`,
    );
  }

  #close(): undefined {
    this.#holders.pop();
    return this.#endValue();
  }

  #endValue(): undefined {
    const holder = this.#holders.at(-1);
    this.isDone = holder === undefined;
    return this.#moveTo((c) => this.#afterValue(c, holder));
  }

  #afterValue(c: number, holder: Holder | undefined): string | undefined {
    if (isBlank(c)) return undefined;
    switch (holder) {
      case undefined:
        return 'after top-level value';
      case 'key':
        if (c !== colon) return 'after object key';
        this.#holders[this.#holders.length - 1] = 'value';
        return this.#moveTo((next) => this.#beginValue(next));
      case 'value':
        if (c === closeBrace) return this.#close();
        if (c !== comma) return 'after object key:value pair';
        this.#holders[this.#holders.length - 1] = 'key';
        return this.#moveTo((next) => this.#beginKey(next, false));
      case 'element':
        if (c === closeBracket) return this.#close();
        if (c !== comma) return 'after array element';
        return this.#moveTo((next) => this.#beginValue(next));
      default:
        return holder satisfies never;
    }
  }
}

const named: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

/** Go reads bytes: a character that has several is told by its first, as if that were one. */
function shown(text: string, index: number): string {
  const [byte = 0] = new TextEncoder().encode(String.fromCodePoint(text.codePointAt(index)!));
  const character = String.fromCharCode(byte);
  if (Object.hasOwn(named, character)) return `'${named[character]}'`;
  if (byte < blank || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  const isPrintable = byte < 0x7f || (byte > 0xa0 && byte !== 0xad);
  return isPrintable ? `'${character}'` : `'\\u${byte.toString(16).padStart(4, '0')}'`;
}

export function jsonSyntaxProblem(text: string): string {
  const scanner = new Scanner();
  for (let index = 0; index < text.length; index += 1) {
    const context = scanner.step(text.charCodeAt(index));
    if (context !== undefined) return `invalid character ${shown(text, index)} ${context}`;
  }
  if (!scanner.isDone) {
    const context = scanner.step(blank);
    if (context !== undefined) return `invalid character ' ' ${context}`;
  }
  return 'unexpected end of JSON input';
}
