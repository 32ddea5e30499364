/** Selectors against a model that reads a requirement as its author would say it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFieldSelector } from './field-selector.ts';
import { parseLabelSelector, selectorFromLabelSelector } from './label-selector.ts';
import { pods } from './registry.ts';

type Labels = Readonly<Record<string, string>>;
/** A requirement as text, and whether labels meet it. */
interface Modelled {
  readonly text: string;
  readonly key: string;
  readonly meets: (labels: Labels) => boolean;
}

const key = fc.constantFrom('app', 'tier', 'example.com/role', 'n', 'toString');
const value: fc.Arbitrary<string> = fc.constantFrom('', 'web', 'db', '1', '20', 'A_b.c');
const number = fc.constantFrom('0', '3', '20');
const values = fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
const has = (labels: Labels, name: string) => Object.keys(labels).includes(name);
const spaces = fc.constantFrom('', ' ', '\t');

const requirement: fc.Arbitrary<Modelled> = fc.oneof(
  fc.tuple(key, fc.constantFrom('=', '=='), value, spaces).map(([name, sign, wanted, gap]) => ({
    text: `${name}${gap}${sign}${gap}${wanted}`,
    key: name,
    meets: (labels: Labels) => has(labels, name) && labels[name] === wanted,
  })),
  fc.tuple(key, value).map(([name, wanted]) => ({
    text: `${name}!=${wanted}`,
    key: name,
    meets: (labels: Labels) => !has(labels, name) || labels[name] !== wanted,
  })),
  fc.tuple(key, values, spaces).map(([name, wanted, gap]) => ({
    text: `${name} in${gap}(${wanted.join(`,${gap}`)})`,
    key: name,
    meets: (labels: Labels) => has(labels, name) && wanted.includes(labels[name] ?? 'none'),
  })),
  fc.tuple(key, values).map(([name, wanted]) => ({
    text: `${name} notin (${wanted.join(',')})`,
    key: name,
    meets: (labels: Labels) => !has(labels, name) || !wanted.includes(labels[name] ?? 'none'),
  })),
  key.map((name) => ({ text: name, key: name, meets: (labels: Labels) => has(labels, name) })),
  key.map((name) => ({
    text: `!${name}`,
    key: name,
    meets: (labels: Labels) => !has(labels, name),
  })),
  fc.tuple(key, fc.constantFrom('>', '<'), number).map(([name, sign, bound]) => ({
    text: `${name}${sign}${bound}`,
    key: name,
    meets: (labels: Labels) => {
      if (!has(labels, name) || !/^\d+$/.test(labels[name]!)) return false;
      const own = Number(labels[name]!);
      return sign === '>' ? own > Number(bound) : own < Number(bound);
    },
  })),
);
const someLabels = fc.dictionary(key, value, { maxKeys: 4 });

test('a label selector matches what meets each of its requirements, and its text says the same', () => {
  fc.assert(
    fc.property(
      fc.array(requirement, { maxLength: 4 }),
      fc.array(someLabels, { minLength: 6, maxLength: 6 }),
      (requirements, samples) => {
        const selector = parseLabelSelector(requirements.map(({ text }) => text).join(','));
        const printed = parseLabelSelector(selector.toString());
        expect(selector.requirements.map((one) => one.key)).toEqual(
          requirements.map((one) => one.key),
        );
        for (const labels of samples) {
          const expected = requirements.every(({ meets }) => meets(labels));
          expect(selector.matches(labels)).toBe(expected);
          expect(printed.matches(labels)).toBe(expected);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a LabelSelector and its text select the same', () => {
  const expression = fc.oneof(
    fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values }),
    fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
  const selector = fc.record({
    matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
    matchExpressions: fc.array(expression, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(selector, someLabels, (asked, labels) => {
      const compiled = selectorFromLabelSelector(asked);
      expect(parseLabelSelector(compiled.toString()).matches(labels)).toBe(
        compiled.matches(labels),
      );
    }),
  );
});

test('a field selector matches what is equal or not, whatever its values hold', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ',', '=', '\\', '!', ' ', 'é'),
    maxLength: 5,
  });
  const field = fc.constantFrom('metadata.name', 'spec.nodeName', 'spec.schedulerName');
  const term = fc.record({ field, isEqual: fc.boolean(), wanted: text });
  const escaped = (one: string) => one.replace(/[\\,=]/g, (character) => `\\${character}`);
  const pod = fc.record({ name: text, nodeName: text, schedulerName: text });
  fc.assert(
    fc.property(
      fc.array(term, { maxLength: 3 }),
      pod,
      (terms, { name, nodeName, schedulerName }) => {
        const written = terms.map(
          ({ field: of, isEqual, wanted }) => `${of}${isEqual ? '=' : '!='}${escaped(wanted)}`,
        );
        const selector = parseFieldSelector(written.join(','), pods);
        const object = {
          kind: 'Pod',
          apiVersion: 'v1',
          metadata: { name },
          spec: { containers: [], nodeName, schedulerName },
          status: {},
        };
        const read: Readonly<Record<string, string>> = {
          'metadata.name': name,
          'spec.nodeName': nodeName,
          'spec.schedulerName': schedulerName,
        };
        const expected = terms.every(
          ({ field: of, isEqual, wanted }) => (read[of] === wanted) === isEqual,
        );
        expect(selector.matches(object)).toBe(expected);
        expect(parseFieldSelector(selector.toString(), pods).matches(object)).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});
