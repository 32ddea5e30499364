/** What differs, in the cases that the documentation of upstream's FieldsV1 and lists names. */
import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { structType } from './field-type.ts';

const pod = structType('Pod');
const none = { added: {}, removed: {}, modified: {} };
const differs = (left: unknown, right: unknown) => {
  const { added, removed, modified } = compare(pod, left, right);
  return { added, removed, modified };
};
const container = (...env: object[]) => ({ spec: { containers: [{ name: 'c', env }] } });
const inEnv = (fields: object) => ({
  'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:env': fields } } },
});

test('a value, a new field, a field that went', () => {
  const labels = (map: object) => ({ metadata: { labels: map } });
  expect(differs(labels({ a: '1', b: '1' }), labels({ a: '2', c: '1' }))).toEqual({
    modified: { 'f:metadata': { 'f:labels': { 'f:a': {} } } },
    removed: { 'f:metadata': { 'f:labels': { 'f:b': {} } } },
    added: { 'f:metadata': { 'f:labels': { 'f:c': {} } } },
  });
});

test('what is new brings all that is in it', () => {
  expect(differs(container(), container({ name: 'A', value: '1' })).added).toEqual(
    inEnv({ 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } }),
  );
});

test('the order of elements is no difference; of an atomic list it is', () => {
  const [a, b] = [{ name: 'A' }, { name: 'B' }];
  expect(differs(container(a, b), container(b, a))).toEqual(none);
  const command = (...words: string[]) => ({
    spec: { containers: [{ name: 'c', command: words }] },
  });
  expect(differs(command('x', 'y'), command('y', 'x')).modified).toEqual({
    'f:spec': { 'f:containers': { 'k:{"name":"c"}': { 'f:command': {} } } },
  });
});

describe('elements that a list has twice', () => {
  const one = { name: 'A', value: '1' };
  const other = { name: 'A', value: '2' };
  const element = 'k:{"name":"A"}';

  test('are one field together', () => {
    expect(differs(container(one, other), container(one, one)).modified).toEqual(
      inEnv({ [element]: {} }),
    );
    expect(differs(container(one, one), container(one, one))).toEqual(none);
  });

  test('that become one: the field goes, its parts come', () => {
    expect(differs(container(one, other), container(one))).toEqual({
      modified: {},
      removed: inEnv({ [element]: {} }),
      added: inEnv({ [element]: { '.': {}, 'f:name': {}, 'f:value': {} } }),
    });
  });

  test('that one became: its parts go, the field comes', () => {
    expect(differs(container(one), container(one, other))).toEqual({
      modified: {},
      removed: inEnv({ [element]: { '.': {}, 'f:name': {}, 'f:value': {} } }),
      added: inEnv({ [element]: {} }),
    });
  });
});

test('values without a schema are granular by key, and atomic as lists', () => {
  const revision = structType('ControllerRevision');
  const { added, modified } = compare(
    revision,
    { data: { a: { b: 1 }, list: [1] } },
    { data: { a: { b: 1, c: {} }, list: [2] } },
  );
  expect(added).toEqual({ 'f:data': { 'f:a': { 'f:c': {} } } });
  expect(modified).toEqual({ 'f:data': { 'f:list': {} } });
});

test('a value without a schema that becomes one of another shape is modified', () => {
  const revision = structType('ControllerRevision');
  const { added, removed, modified } = compare(
    revision,
    { data: { a: 1 } },
    { data: { a: { b: 2 } } },
  );
  expect(modified).toEqual({ 'f:data': { 'f:a': {} } });
  expect(added).toEqual({ 'f:data': { 'f:a': { 'f:b': {} } } });
  expect(removed).toEqual({});
});
