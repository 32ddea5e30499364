import { describe, expect, it } from 'vitest';
import { cellsOf, tableOf } from './report.ts';

const before = `
|       | Drydock |  etcd | ratio | measured   |
| ----- | ------: | ----: | ----: | ---------- |
| Put   |   900/s | 1,0/s |  0.90 | 2026-01-01 |
| Watch |    2 ms |  4 ms |  2.00 | 2026-01-01 |
`;

describe('the table of the benchmark', () => {
  it('replaces the rows that were measured, keeps the others with their dates, adds new ones', () => {
    const rows = [
      { title: 'Put', ours: 3_000, theirs: 2_000, unit: 'a second' },
      { title: 'Memory', ours: 100, theirs: 150, unit: 'MiB' },
    ] as const;
    const lines = tableOf(rows.map(cellsOf), {
      heading: ['', ''],
      date: '2026-02-02',
      before,
    }).split('\n');
    expect(lines.slice(2)).toEqual([
      '| Put | 3,000/s | 2,000/s | 1.50 | 2026-02-02 |',
      '| Watch |    2 ms |  4 ms |  2.00 | 2026-01-01 |',
      '| Memory | 100 MiB | 150 MiB | 1.50 | 2026-02-02 |',
    ]);
  });

  it('has a ratio above 1 where ours is better: more a second, fewer milliseconds', () => {
    const ratio = (unit: 'a second' | 'ms') =>
      cellsOf({ title: 'x', ours: 4, theirs: 2, unit }).at(-1);
    expect(ratio('a second')).toBe('2.00');
    expect(ratio('ms')).toBe('0.50');
  });

  it('keeps notes beside the figures', () => {
    const notes = { ours: 'mean 1 ms', theirs: 'mean 2 ms' };
    const cells = cellsOf({ title: 'x', ours: 4, theirs: 2, unit: 'a second', notes });
    expect(cells.slice(1, 3)).toEqual(['4/s (mean 1 ms)', '2/s (mean 2 ms)']);
  });
});
