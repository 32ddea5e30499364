import type { Pod } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import { createSuccession } from './succession.ts';

const pod = (name: string, uid: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid },
  spec: { containers: [] },
  status: {},
});

function start() {
  const told: string[] = [];
  const succession = createSuccession({
    begin: ({ metadata }) => told.push(`begin ${metadata.uid}`),
    end: ({ metadata }) => told.push(`end ${metadata.uid}`),
  });
  return { succession, take: () => told.splice(0) };
}

describe('the succession of static pods', () => {
  it('begins what is new, ends what is gone, and leaves the others alone', () => {
    const { succession, take } = start();
    succession.replace([pod('a', 'a1'), pod('b', 'b1')]);
    expect(take()).toEqual(['begin a1', 'begin b1']);
    succession.replace([pod('b', 'b1'), pod('c', 'c1')]);
    expect(take()).toEqual(['end a1', 'begin c1']);
    expect(succession.ended('a1')?.metadata.name).toBe('a');
    expect(take()).toEqual([]);
  });

  it('begins a changed pod when nothing is left of what it was', () => {
    const { succession, take } = start();
    succession.replace([pod('a', 'a1')]);
    succession.replace([pod('a', 'a2')]);
    succession.replace([pod('a', 'a3')]);
    expect(take()).toEqual(['begin a1', 'end a1']);
    succession.ended('a1');
    expect(take()).toEqual(['begin a3']);
  });

  it('begins a pod again that came back while it was ending', () => {
    const { succession, take } = start();
    succession.replace([pod('a', 'a1')]);
    succession.replace([]);
    succession.replace([pod('a', 'a1')]);
    expect(take()).toEqual(['begin a1', 'end a1']);
    succession.ended('a1');
    expect(take()).toEqual(['begin a1']);
  });

  it('knows which pods are its own', () => {
    expect(start().succession.ended('other')).toBeUndefined();
  });
});
