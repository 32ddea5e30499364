import { expect, test } from 'vitest';
import { productionPackages } from './bases.ts';

test('only what runs in production goes into the image, with the links into the workspace', () => {
  const lock = {
    packages: {
      '': {},
      'packages/api': {},
      'node_modules/@drydock/api': { resolved: 'packages/api', link: true },
      'node_modules/pino': {},
      'node_modules/dockerode/node_modules/protobufjs': {},
      'node_modules/vitest': { dev: true },
      'node_modules/node': {},
      'node_modules/@types/node': {},
    },
  };
  expect(productionPackages(JSON.stringify(lock))).toEqual([
    'node_modules/@drydock/api',
    'node_modules/pino',
  ]);
});
