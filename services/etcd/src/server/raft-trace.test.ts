import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@drydock/ports';
import { eventually } from '@drydock/testing/eventually';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../replica/mod.ts';
import { openRaftTrace } from './raft-trace.ts';

const event: TraceEvent = {
  name: 'Ready',
  nid: '1',
  state: { term: 1, vote: '0', commit: 0 },
  role: 'StateFollower',
  log: 0,
  applied: 0,
  conf: [['1'], []],
};

test('a trace is lines of JSON, and goes on in the same file after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'raft-trace-'));
  try {
    const file = join(folder, 'trace.ndjson');
    for (let start = 0; start < 2; start++) {
      await using writer = openRaftTrace(file, silentLogger);
      writer.trace(event);
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { tag: 'trace', event },
      { tag: 'trace', event },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file that cannot be written ends the trace with a reason, and nothing else', async () => {
  const errors: unknown[] = [];
  const log = { ...silentLogger, error: (fields: unknown) => void errors.push(fields) };
  await using writer = openRaftTrace('/nowhere/trace.ndjson', log);
  writer.trace(event);
  await eventually('the reason', () => errors.length > 0);
  writer.trace(event);
  expect(errors).toEqual([expect.objectContaining({ file: '/nowhere/trace.ndjson' })]);
});
