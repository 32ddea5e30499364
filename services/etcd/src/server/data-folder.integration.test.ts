/** Data folders that cannot be used: each is told of, and none is touched. */
import { chmodSync, chownSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, startProcess, untilReady } from '../testing/member-process.ts';

it('a folder that another process has is refused, and that process goes on', async () => {
  using place = await makePlace();
  using other = await makePlace();
  await using first = startProcess({ flags: place.flags });
  await untilReady(place.metricsPort);
  const flags = [...other.flags, `--data-dir=${place.dataFolder}`];
  await using second = startProcess({ flags });
  expect(await second.exitCode()).toBe(1);
  expect(second.output()).toContain('is in use by another process');
  await untilReady(place.metricsPort);
  await first.kill('SIGKILL');
  await using third = startProcess({ flags: place.flags });
  await untilReady(place.metricsPort);
  expect(third.output()).not.toContain('in use');
});

it('a folder that cannot be written is refused, and named', async () => {
  using place = await makePlace();
  mkdirSync(place.dataFolder);
  chmodSync(place.folder, 0o755);
  chmodSync(place.dataFolder, 0o555);
  // Root may write everywhere: somebody else has to try.
  const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  await using member = startProcess({ flags: place.flags, ...uid });
  expect(await member.exitCode()).toBe(1);
  expect(member.output()).toMatch(/the data folder \S+ cannot be written: .*EACCES/);
  chmodSync(place.dataFolder, 0o755);
  chownSync(place.dataFolder, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
});

it('the folder of another member of the cluster is refused, and its owner named', async () => {
  using place = await makePlace();
  using other = await makePlace();
  const cluster = (peerPort: number, otherPort: number) =>
    `--initial-cluster=lonely=http://127.0.0.1:${peerPort},second=http://127.0.0.1:${otherPort}`;
  const flags = [...place.flags, cluster(place.peerPort, other.peerPort)];
  {
    await using first = startProcess({ flags });
    await expect.poll(() => first.output(), { timeout: 20_000 }).toContain('"msg":"serving"');
  }
  cpSync(place.dataFolder, other.dataFolder, { recursive: true });
  await using second = startProcess({
    flags: [...other.flags, cluster(place.peerPort, other.peerPort), '--name=second'],
  });
  expect(await second.exitCode()).toBe(1);
  expect(second.output()).toContain(
    `the data folder ${other.dataFolder} belongs to member \\"lonely\\", and this is \\"second\\"`,
  );
});

it('a log of another member is refused, though the folder is its own', async () => {
  using place = await makePlace();
  using other = await makePlace();
  for (const one of [place, other]) {
    await using member = startProcess({ flags: one.flags });
    await untilReady(one.metricsPort);
    await member.kill('SIGTERM');
  }
  cpSync(join(other.dataFolder, 'member', 'log'), join(place.dataFolder, 'member', 'log'), {
    recursive: true,
    force: true,
  });
  await using member = startProcess({ flags: place.flags });
  expect(await member.exitCode()).toBe(1);
  expect(member.output()).toMatch(/belongs to/);
});
