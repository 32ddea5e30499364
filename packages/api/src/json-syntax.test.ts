import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonSyntaxProblem } from './json-syntax.ts';

describe("a text that is no JSON is refused in the words of Go's decoder (encoding/json)", () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['   ', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a"', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['[1,', 'unexpected end of JSON input'],
    ['"abc', 'unexpected end of JSON input'],
    ['tru', "invalid character ' ' in literal true (expecting 'e')"],
    ['-', "invalid character ' ' in numeric literal"],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['apiVersion: v1', "invalid character 'a' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{]', "invalid character ']' looking for beginning of object key string"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} {}', "invalid character '{' after top-level value"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
    ['{"a":nul}', "invalid character '}' in literal null (expecting 'l')"],
    ['{"a":"\n"}', "invalid character '\\n' in string literal"],
    ['{"a":"\u0001"}', "invalid character '\\x01' in string literal"],
    ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
    ['{"a":"\\u12g4"}', "invalid character 'g' in \\u hexadecimal character escape"],
    ['\u{feff}{}', "invalid character 'ï' looking for beginning of value"],
    ['[漢]', "invalid character 'æ' looking for beginning of value"],
    ['\u{80}', "invalid character 'Â' looking for beginning of value"],
    ['{"a":[{"b":[1,{"c":null}]}],"d":x}', "invalid character 'x' looking for beginning of value"],
  ])('%j', (text, problem) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(jsonSyntaxProblem(text)).toBe(problem);
  });

  test('a text is told to go on where JSON.parse takes it, and to be broken where it does not', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (json, at, extra) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + extra + json.slice(place + 1);
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const problem = jsonSyntaxProblem(text);
        // Of JSON it finds nothing, and has no other words for that.
        if (isJson) expect(problem).toBe('unexpected end of JSON input');
        else expect(problem).toMatch(/^(?:invalid character '.*' |unexpected end of JSON input$)/s);
      }),
      { numRuns: 500 },
    );
  });
});
