/**
 * The suites, from cheap to dear; `vitest run --project unit` runs one alone.
 *
 * unit         beside the code: pure and in-process
 * simulation   many members in one process under seeded faults
 * integration  real processes on loopback
 * clients      the real etcdctl and kubectl against real processes
 * containers   the cluster of `./drydock up`: docker compose, faults, the README's experiments
 */
import { defineConfig } from 'vitest/config';

const node = { environment: 'node', pool: 'forks' } as const;
const late = ['**/*.sim.test.ts', '**/*.integration.test.ts', '**/*.clients.test.ts'];
const minutes = (count: number) => count * 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...node,
          name: 'unit',
          include: ['{proto,packages,services,tools}/**/*.test.ts'],
          exclude: [...late, '**/node_modules/**'],
          // Properties with many cases, on machines that do much else.
          testTimeout: minutes(1),
        },
      },
      {
        test: {
          ...node,
          name: 'simulation',
          include: ['{packages,services}/**/*.sim.test.ts'],
          testTimeout: minutes(5),
        },
      },
      {
        test: {
          ...node,
          name: 'integration',
          include: ['{packages,services,tools,tests}/**/*.integration.test.ts'],
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'clients',
          include: ['{services,tools,tests}/**/*.clients.test.ts'],
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
          fileParallelism: false,
        },
      },
      {
        test: {
          ...node,
          name: 'containers',
          include: ['tests/**/*.containers.test.ts'],
          globalSetup: 'tests/harness/global-setup.ts',
          testTimeout: minutes(10),
          hookTimeout: minutes(15),
          fileParallelism: false,
        },
      },
    ],
  },
});
