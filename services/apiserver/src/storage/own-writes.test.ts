import { describe, expect, test } from 'vitest';
import { configMaps, type KubernetesObject } from '@drydock/api';
import { keyOf } from './keys.ts';
import { createOwnWrites } from './own-writes.ts';
import { encodeForStorage } from './stored-object.ts';

const place = (name: string) => keyOf(configMaps, 'default', name);
const objectOf = (name: string, color = 'red'): KubernetesObject => ({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name, namespace: 'default', labels: { color } },
});

function begin(name: string, color?: string) {
  const writes = createOwnWrites();
  const object = objectOf(name, color);
  const value = encodeForStorage(object);
  return { writes, value, own: writes.begin(place(name), value, object) };
}

describe('writes of this server', () => {
  test('answer and event share one object, whichever comes first', () => {
    const early = begin('a');
    const answered = early.own.at(7);
    expect(early.writes.find(place('a').key, Buffer.from(early.value), 7)).toBe(answered);

    const late = begin('a');
    const told = late.writes.find(place('a').key, Buffer.from(late.value), 7);
    expect(told?.parse().metadata.resourceVersion).toBe('7');
    expect(late.own.at(7)).toBe(told);
  });

  test('what selectors ask about is what the bytes say', () => {
    const { own } = begin('a', 'blue');
    expect(own.at(3).attributes).toEqual({
      labels: { color: 'blue' },
      fields: { 'metadata.name': 'a', 'metadata.namespace': 'default' },
    });
  });

  test('other bytes, another key or a second event are of another write', () => {
    const { writes, value } = begin('a');
    expect(writes.find(place('b').key, value, 7)).toBeUndefined();
    expect(writes.find(place('a').key, encodeForStorage(objectOf('a', 'blue')), 7)).toBeUndefined();
    expect(writes.find(place('a').key, value, 7)).toBeDefined();
    expect(writes.find(place('a').key, value, 8)).toBeUndefined();
  });

  test('the same bytes at another revision are another object', () => {
    const { writes, own, value } = begin('a');
    const before = writes.find(place('a').key, value, 7);
    expect(own.at(9)).not.toBe(before);
    expect(own.at(9).revision).toBe(9);
  });

  test('a write that failed is forgotten, and so is one that many others have followed', () => {
    const failed = begin('a');
    failed.own.forget();
    expect(failed.writes.find(place('a').key, failed.value, 7)).toBeUndefined();

    const lost = begin('a');
    for (let other = 0; other < 512; other += 1) {
      const object = objectOf(`other-${other}`);
      lost.writes.begin(place(object.metadata.name), encodeForStorage(object), object);
    }
    expect(lost.writes.find(place('a').key, lost.value, 7)).toBeUndefined();
  });
});
