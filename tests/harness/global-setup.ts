/**
 * Brings up the cluster that all container tests share, and takes it down after them.
 *
 * DRYDOCK_TEST_CLUSTER names a cluster that is up already and shall stay: for work on one experiment.
 */
import type { TestProject } from 'vitest/node';
import { command, tryCommand } from './command.ts';
import { repository } from './cluster.ts';

const minutes = (count: number) => count * 60_000;

/**
 * A probe's second is then half a real one. At 0.2 its time-out of 200 ms was more than two slow cores
 * could keep while six pods started: none became ready, and the whole took longer than it does now.
 */
const timeScaleDefault = '0.5';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: { name: string; timeScale: number };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const timeScale = Number(process.env['DRYDOCK_TEST_TIME_SCALE'] ?? timeScaleDefault);
  const present = process.env['DRYDOCK_TEST_CLUSTER'];
  const name = present ?? 'drydock-test';
  project.provide('cluster', { name, timeScale });
  if (present !== undefined) return async () => undefined;

  const drydock = `${repository}/drydock`;
  await tryCommand(drydock, ['down', '--name', name], { timeoutMillis: minutes(5) });
  const up = ['up', '--name', name, '--time-scale', String(timeScale)];
  console.log(await command(drydock, up, { timeoutMillis: minutes(14) }));
  return async () => {
    console.log(await command(drydock, ['down', '--name', name], { timeoutMillis: minutes(5) }));
  };
}
