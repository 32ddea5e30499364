import { expect, it } from 'vitest';
import { containerIdOf, translate } from './own-container.ts';

const id = 'ab'.repeat(32);

it('a process finds its container by the files that the engine mounts into it', () => {
  const line = `533 520 254:1 /var/lib/docker/containers/${id}/hosts /etc/hosts rw - ext4 /dev/x rw`;
  expect(containerIdOf(`1 0 0:1 / / rw - overlay overlay rw\n${line}`)).toBe(id);
  expect(containerIdOf('1 0 0:1 / / rw - ext4 /dev/root rw')).toBeUndefined();
});

it('paths become those of the engine’s host, by the longest mount', () => {
  const mounts = [
    { Destination: '/var/lib/drydock', Source: '/volumes/node/_data' },
    { Destination: '/var/lib/drydock/host', Source: '/srv' },
  ];
  expect(translate('/var/lib/drydock/pods/u', mounts)).toBe('/volumes/node/_data/pods/u');
  expect(translate('/var/lib/drydock/host/a', mounts)).toBe('/srv/a');
  expect(() => translate('/var/lib/drydocks', mounts)).toThrow('is on no volume');
});
