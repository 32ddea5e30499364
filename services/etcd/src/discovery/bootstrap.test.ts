import { describe, expect, it } from 'vitest';
import { loadSettings } from '../config/load.ts';
import { readBootstrap } from './bootstrap.ts';

function bootstrapOf(...argv: string[]) {
  const loaded = loadSettings({ argv, environment: {}, version: '3.5.0' });
  if (loaded.kind === 'exit') throw new Error(loaded.stderr);
  return readBootstrap(loaded.values, { advertisePeerUrls: ['http://localhost:2380'], token: 't' });
}

describe('how founding members are known', () => {
  it('by name, this member alone unless others are named', () => {
    expect(bootstrapOf('--name=a')).toMatchObject({ kind: 'named', members: [{ name: 'a' }] });
  });

  it('by DNS', () => {
    expect(bootstrapOf('--discovery-srv=example.com', '--discovery-srv-name=prod')).toEqual({
      kind: 'srv',
      domain: 'example.com',
      suffix: 'prod',
    });
  });

  it.each([
    ['', undefined],
    ['10.0.0.1:3128', 'http://10.0.0.1:3128'],
    ['https://proxy', 'https://proxy'],
  ])('by a discovery service, through the proxy "%s"', (given, proxy) => {
    expect(
      bootstrapOf('--discovery=https://d.example/v2/keys/x', `--discovery-proxy=${given}`),
    ).toEqual({ kind: 'service', url: new URL('https://d.example/v2/keys/x'), proxy });
  });

  it.each([
    [['--discovery-srv=a', '--initial-cluster=default=http://a:1'], 'multiple discovery'],
    [['--discovery-srv=a', '--discovery=http://a/b'], 'multiple discovery or bootstrap flags'],
    [['--discovery=here'], '--discovery=here is not the URL of a cluster'],
    [['--discovery=http://d.example'], 'is not the URL of a cluster at a discovery service'],
    [['--discovery=http://a/b', '--discovery-proxy=::'], 'invalid proxy address "::"'],
    [['--discovery=http://a/b', '--initial-cluster-state=existing'], 'is for new clusters'],
  ])('not by %s', (argv, words) => {
    expect(() => bootstrapOf(...argv)).toThrow(words);
  });
});
