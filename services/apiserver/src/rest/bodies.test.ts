import { configMaps, parseBody } from '@drydock/api';
import { expect, test } from 'vitest';
import { encodeForStorage, StoredObject } from '../storage/stored-object.ts';
import { keyOf } from '../storage/keys.ts';
import { renderList, renderObject, type Body } from './bodies.ts';

const yaml = { form: 'yaml', includeObject: 'Metadata', wallTime: 0 } as const;

test('texts that are no texts in the YAML of clients are quoted in answers', () => {
  const words = [
    'on',
    'n',
    'Yes',
    '0o17',
    '017',
    '1_000',
    '12:30:45',
    '2026-11-21',
    '1e3',
    '~',
    '',
  ];
  const data = Object.fromEntries(words.map((word, index) => [`k${index}`, word]));
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data };
  const key = keyOf(configMaps, 'default', 'a');
  const stored = StoredObject.fromStorage(key, encodeForStorage(object), 7)!;
  const read = (body: Body) => {
    const text = typeof body === 'object' && 'parts' in body ? Buffer.concat(body.parts) : body;
    return parseBody(String(text), { syntax: 'yaml' }).value;
  };
  expect(read(renderObject(stored, yaml))).toEqual(stored.parse());
  const list = read(renderList(configMaps, [stored], { resourceVersion: '7' }, yaml));
  expect(list).toMatchObject({ kind: 'ConfigMapList', items: [stored.parse()] });
});
