/** What a container has written. Part of conformance.ts. */
import { describe, expect, it } from 'vitest';
import { createBench, ended, readLog, until, type ConformanceSubject } from './bench.ts';
import { sandbox } from './configs.ts';

export function describeLogs(subject: ConformanceSubject): void {
  const { withSandbox, startIn } = createBench(subject);

  describe(`${subject.name} runtime: logs`, () => {
    it('are followed until the end, and read from there back', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=200ms' });
      await withSandbox(config, async (runtime, status) => {
        const script = 'echo started main attempt 0; sleep 0.2; echo exit 0';
        const { id } = await startIn(runtime, status, script);
        const read = (tailLines: number | undefined, timestamps = false) =>
          readLog(runtime, id, { follow: true, timestamps, tailLines });
        expect(await read(undefined)).toBe('started main attempt 0\nexit 0\n');
        expect(await read(0)).toBe('');
        expect(await read(1)).toBe('exit 0\n');
        expect(await read(5)).toBe('started main attempt 0\nexit 0\n');
        expect(await read(1, true)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z exit 0\n$/);
      });
    });

    it('end for whoever has had enough of them', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'echo started; sleep 60');
        const enough = new AbortController();
        const query = {
          follow: true,
          timestamps: false,
          sinceWallTime: undefined,
          tailLines: undefined,
        };
        for await (const _ of runtime.logs(id, query, enough.signal)) enough.abort();
      });
    });

    it('of what never was are refused', async () => {
      const runtime = subject.runtime();
      await expect(readLog(runtime, 'f'.repeat(64))).rejects.toMatchObject({
        name: 'RuntimeError',
        code: 'NOT_FOUND',
      });
    });
  });

  if (subject.real === undefined) return;
  describe(`${subject.name} runtime: logs of processes`, () => {
    it('hold both streams, lines without an end, empty ones, and long ones whole', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const script =
          'echo out; sleep 0.1; echo bad >&2; sleep 0.1; echo; head -c 50000 /dev/zero | tr "\\0" x; echo; printf end';
        const { id } = await startIn(runtime, status, script);
        await ended(runtime, id);
        // An engine may be late with a line that has no end, and who follows does not get it at all.
        const text = await until(async () => {
          const now = await readLog(runtime, id);
          return /end\n?$/.test(now) ? now : undefined;
        });
        expect(text.replace(/\n$/, '')).toBe(`out\nbad\n\n${'x'.repeat(50_000)}\nend`);
        const stamped = await readLog(runtime, id, { timestamps: true });
        // One a line; Docker's engine also stamps the pieces in which it keeps a long one.
        expect(stamped.match(/\d{4}-\d\d-\d\dT/g)!.length).toBeGreaterThanOrEqual(5);
      });
    });

    it('begin at a time, with the last lines', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const script = 'echo early; sleep 1.5; echo late; echo later';
        const { id } = await startIn(runtime, status, script);
        await ended(runtime, id);
        const stamped = await readLog(runtime, id, { timestamps: true });
        const times = stamped.split('\n').map((line) => Date.parse(line.split(' ')[0]!));
        const sinceWallTime = times[1]! - 1;
        expect(await readLog(runtime, id, { sinceWallTime })).toBe('late\nlater\n');
        expect(await readLog(runtime, id, { sinceWallTime, tailLines: 1 })).toBe('later\n');
        expect(await readLog(runtime, id, { tailLines: 2 })).toBe('late\nlater\n');
      });
    });

    it('of very many lines are all there, and their last ones are found', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const count = 20_000;
        // It lives on: containerd loses of the last words of a container that ends at once.
        const { id } = await startIn(runtime, status, `seq 1 ${count}; sleep 1000`);
        const text = await until(async () => {
          const now = await readLog(runtime, id);
          return now.endsWith(`\n${count}\n`) ? now : undefined;
        });
        expect(text.split('\n')).toHaveLength(count + 1);
        const last = await readLog(runtime, id, { tailLines: 5_000 });
        expect(last).toBe(text.split('\n').slice(-5_001).join('\n'));
      });
    });

    it('of a terminal are what it shows', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'echo out; echo bad >&2', { tty: true });
        await ended(runtime, id);
        const text = await until(async () => {
          const now = await readLog(runtime, id);
          return now.includes('bad') ? now : undefined;
        });
        // Not every runtime keeps what a terminal adds to the end of a line.
        expect(text.replaceAll('\r', '')).toBe('out\nbad\n');
      });
    });
  });
}
