import { expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { parsePatch } from './parse-patch.ts';

const json = 'application/json-patch+json';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const nonsense = "invalid character 'x' looking for beginning of value";
const ofMap = 'into Go value of type map[string]interface {}';

function problem(...args: Parameters<typeof parsePatch>): string {
  try {
    parsePatch(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).status.code).toBe(400);
    return (error as ApiError).message;
  }
  return 'nothing was thrown';
}

test.each([
  [json, 'x', `error decoding patch: ${nonsense}`],
  [merge, 'x', `error decoding patch: ${nonsense}`],
  [strategic, 'x', nonsense],
  [
    json,
    '{}',
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  ],
  [merge, '[]', `error decoding patch: json: cannot unmarshal array ${ofMap}`],
  [strategic, '"a"', `json: cannot unmarshal string ${ofMap}`],
] as const)(
  '%s of %s is refused as upstream refuses it (apiserver patch.go)',
  (media, text, why) => {
    expect(problem(text, media)).toBe(why);
  },
);

test.each([
  [json, nonsense],
  [merge, 'Invalid JSON Patch'],
  [strategic, nonsense],
] as const)('%s without validation of fields goes through another decoder', (media, why) => {
  expect(problem('x', media, 'Ignore')).toBe(why);
});

test('null is a patch that says nothing', () => {
  expect(parsePatch('null', merge).value).toEqual({});
  expect(parsePatch('null', json).value).toEqual([]);
});
