import { expect, it } from 'vitest';
import { containerStatsOf } from './stats.ts';

const read = '2026-12-01T10:00:00.250Z';
const cpu = { cpu_usage: { total_usage: 1_500_000_000 } };
const of = (memory: { usage?: number; stats?: Record<string, number> }) =>
  containerStatsOf({ read, cpu_stats: cpu, memory_stats: memory });

it('the working set is without the files that can be dropped, by either version of cgroups', () => {
  expect(of({ usage: 1_000, stats: { inactive_file: 300 } })).toEqual({
    wallTime: Date.parse(read),
    cpuMicros: 1_500_000,
    workingSetBytes: 700,
  });
  expect(of({ usage: 1_000, stats: { total_inactive_file: 200 } })?.workingSetBytes).toBe(800);
  expect(of({ usage: 100, stats: { inactive_file: 300 } })?.workingSetBytes).toBe(0);
});

it('a container that does not run uses nothing that could be told', () => {
  expect(of({})).toBeUndefined();
  const never = { read: '0001-01-01T00:00:00Z', cpu_stats: cpu, memory_stats: { usage: 5 } };
  expect(containerStatsOf(never)).toBeUndefined();
});
