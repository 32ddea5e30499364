import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import {
  formatLabelSelector,
  formatLabels,
  parseLabelSelector,
  selectEverything,
  selectorFromLabelSelector,
  selectorFromLabels,
} from './label-selector.ts';

describe('matching', () => {
  const labels = { app: 'web', tier: 'front', version: '3', empty: '' };
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=db', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['tier in (front, back)', true],
    ['tier notin (front)', false],
    ['missing notin (front)', true],
    ['missing in (front)', false],
    ['version>2', true],
    ['version<3', false],
    ['app>2', false],
    ['app=web,tier=back', false],
    [' app = web , tier in(front) ', true],
    ['empty=', true],
    ['empty in (,a)', true],
    ['toString', false],
    ['!constructor', true],
  ])('%j', (text, expected) => {
    expect(parseLabelSelector(text).matches(labels)).toBe(expected);
  });

  test('labels that are absent altogether are no labels', () => {
    expect(parseLabelSelector('!app').matches(undefined)).toBe(true);
    expect(parseLabelSelector('app').matches(undefined)).toBe(false);
  });

  test('an absent LabelSelector selects nothing, an empty one everything', () => {
    expect(selectorFromLabelSelector(undefined).matches(labels)).toBe(false);
    expect(selectorFromLabelSelector({}).matches(labels)).toBe(true);
    expect(selectorFromLabelSelector({}).isEverything).toBe(true);
    expect(selectEverything.matches(undefined)).toBe(true);
  });

  test('matchLabels and matchExpressions must all hold', () => {
    const selector = selectorFromLabelSelector({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'gone', operator: 'DoesNotExist' },
      ],
    });
    expect(selector.matches(labels)).toBe(true);
    expect(selector.matches({ ...labels, gone: '1' })).toBe(false);
    expect(selector.toString()).toBe('app=web,!gone,tier in (back,front)');
  });
});

describe('malformed selectors are a BadRequest in upstream words', () => {
  test.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'a>b',
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%j', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
    expect(() => parseLabelSelector(text)).toThrow(ApiError);
  });

  test('a bad key is named', () => {
    expect(() => parseLabelSelector('-a=b')).toThrow(
      /^unable to parse requirement: key: Invalid value: "-a": name part must consist of/,
    );
  });
});

const word = fc.stringMatching(/^[a-z]([a-z0-9]{0,5})$/);
const requirement = fc.oneof(
  fc
    .tuple(word, fc.constantFrom('=', '!='), word)
    .map(([key, sign, value]) => `${key}${sign}${value}`),
  fc
    .tuple(word, fc.constantFrom('in', 'notin'), fc.array(word, { minLength: 1, maxLength: 3 }))
    .map(([key, sign, values]) => `${key} ${sign} (${values.join(',')})`),
  word.filter((key) => key !== 'in' && key !== 'notin'),
  word.map((key) => `!${key}`),
);

test('the string form of a selector selects the same', () => {
  fc.assert(
    fc.property(
      fc.array(requirement, { maxLength: 4 }),
      fc.array(fc.dictionary(word, word, { maxKeys: 5 }), { minLength: 5, maxLength: 5 }),
      (requirements, samples) => {
        const selector = parseLabelSelector(requirements.join(','));
        const again = parseLabelSelector(selector.toString());
        expect(again.toString()).toBe(selector.toString());
        for (const labels of samples) {
          expect(again.matches(labels)).toBe(selector.matches(labels));
        }
      },
    ),
  );
});

test('no text makes the parser throw anything but a BadRequest', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '=', '!', '(', ')', ',', '<', ' ', 'in', 'é'),
  });
  fc.assert(
    fc.property(text, (selector) => {
      try {
        parseLabelSelector(selector).matches({ a: '1' });
      } catch (error) {
        expect(error).toMatchObject({ code: 400 });
      }
    }),
  );
});

test('exact labels select the objects that carry them', () => {
  fc.assert(
    fc.property(fc.dictionary(word, word), fc.dictionary(word, word), (wanted, extra) => {
      expect(selectorFromLabels(wanted).matches({ ...extra, ...wanted })).toBe(true);
    }),
  );
});

test('tables show selectors and labels sorted, or <none>', () => {
  expect(formatLabelSelector({ matchLabels: { b: '2', a: '1' } })).toBe('a=1,b=2');
  expect(formatLabelSelector(undefined)).toBe('<none>');
  expect(formatLabels({ b: '2', a: '1' })).toBe('a=1,b=2');
  expect(formatLabels(undefined)).toBe('<none>');
});
