import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@drydock/testing/manual-clock';
import { createSystemClock } from '@drydock/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogQuery } from '../runtime.ts';
import { formatTimestamp, parseLogEntry } from './log-line.ts';
import { readLog } from './log-reader.ts';
import { rotateLog } from './log-rotation.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-log-'));
  path = join(folder, '0.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (second: number) => `2026-12-01T14:00:${String(second).padStart(2, '0')}.5Z`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => {
    const second = from + index;
    return `${at(second)} stdout F line ${second}\n`;
  }).join('');
const asked: LogQuery = {
  follow: false,
  timestamps: false,
  sinceWallTime: undefined,
  tailLines: undefined,
};

async function read(query: Partial<LogQuery> = {}, isRunning = () => false): Promise<string> {
  const powers = {
    isRunning: () => Promise.resolve(isRunning()),
    clock: createSystemClock(0.05),
    signal: new AbortController().signal,
  };
  let text = '';
  for await (const piece of readLog(path, { ...asked, ...query }, powers)) {
    text += Buffer.from(piece).toString();
  }
  return text;
}

describe('a line of a log', () => {
  it('has a time, a stream, whether it goes on, and a text with spaces', () => {
    const entry = parseLogEntry(Buffer.from(`${at(1)} stderr P:more  two  spaces `));
    expect({ ...entry, text: entry?.text.toString() }).toEqual({
      timestamp: at(1),
      stream: 'stderr',
      isPartial: true,
      text: ' two  spaces ',
    });
    expect(parseLogEntry(Buffer.from(`${at(1)} stdout F `))?.text.length).toBe(0);
  });

  it('that was cut off is none', () => {
    for (const text of ['', '2026', `${at(1)} stdo`, `${at(1)} nothing F x`]) {
      expect(parseLogEntry(Buffer.from(text))).toBeUndefined();
    }
  });

  it('is shown with nine digits in UTC, wherever its runtime lives', () => {
    expect(formatTimestamp('2026-12-01T14:00:01.5Z')).toBe('2026-12-01T14:00:01.500000000Z');
    expect(formatTimestamp('2026-12-01T14:00:01.123456789+02:00')).toBe(
      '2026-12-01T12:00:01.123456789Z',
    );
    expect(formatTimestamp('2026-12-01T14:00:01Z')).toBe('2026-12-01T14:00:01.000000000Z');
  });
});

describe('a log', () => {
  it('is read over its files, oldest first, from the last lines wanted', async () => {
    writeFileSync(`${path}.20261201-140000`, lines(0, 10));
    writeFileSync(`${path}.20261201-140010`, lines(10, 20));
    writeFileSync(`${path}.gz`, 'not ours');
    writeFileSync(path, lines(20, 25));
    const all = (await read()).split('\n');
    expect(all).toHaveLength(26);
    expect([all[0], all[24]]).toEqual(['line 0', 'line 24']);
    for (const tailLines of [0, 1, 5, 6, 17, 25, 40]) {
      const wanted = Math.min(tailLines, 25);
      expect((await read({ tailLines })).split('\n').slice(0, -1)).toEqual(
        all.slice(25 - wanted, 25),
      );
    }
  });

  it('counts a line of several entries once, also across blocks', async () => {
    const part = 'x'.repeat(16_000);
    const long = `${`${at(1)} stdout P ${part}\n`.repeat(9)}${at(2)} stdout F end\n`;
    writeFileSync(path, lines(0, 1) + long + lines(3, 4));
    expect(await read({ tailLines: 1 })).toBe('line 3\n');
    const two = await read({ tailLines: 2, timestamps: true });
    expect(two.split('\n')).toHaveLength(3);
    expect(two.length).toBeGreaterThan(9 * 16_000);
    expect(two.match(/2026-12-01T/g)).toHaveLength(2);
  });

  it('begins at a time', async () => {
    writeFileSync(path, lines(0, 10));
    const sinceWallTime = Date.parse(at(7));
    expect(await read({ sinceWallTime })).toBe('line 7\nline 8\nline 9\n');
    expect(await read({ sinceWallTime, tailLines: 9 })).toBe('line 7\nline 8\nline 9\n');
  });

  it('is followed through a rotation, until its container has ended', async () => {
    writeFileSync(path, lines(0, 2));
    let looks = 0;
    const isRunning = () => {
      looks += 1;
      if (looks === 1) {
        appendFileSync(path, lines(2, 3));
        renameSync(path, `${path}.20261201-140000`);
        appendFileSync(`${path}.20261201-140000`, lines(3, 4));
      } else if (looks === 2) writeFileSync(path, lines(4, 5));
      return looks < 3;
    };
    expect(await read({ follow: true }, isRunning)).toBe(
      'line 0\nline 1\nline 2\nline 3\nline 4\n',
    );
  });

  it('that has become large is moved away, and no more than five files are kept', async () => {
    const clock = createManualClock();
    let reopened = 0;
    const reopen = () => {
      reopened += 1;
      writeFileSync(path, 'new\n');
      return Promise.resolve();
    };
    writeFileSync(path, 'old\n');
    for (let round = 0; round < 8; round++) {
      await rotateLog({ id: 'c', path }, { reopen, clock }, 4);
      await clock.advance(1_000);
    }
    expect(reopened).toBe(8);
    const kept = readdirSync(folder);
    expect(kept).toHaveLength(5);
    expect(kept.toSorted()[0]).toBe('0.log');
    await rotateLog({ id: 'c', path }, { reopen, clock }, 5);
    expect(reopened).toBe(8);
    const failing = { reopen: () => Promise.reject(new Error('gone')), clock };
    await expect(rotateLog({ id: 'c', path }, failing, 4)).rejects.toThrow('gone');
    expect(readdirSync(folder)).toContain('0.log');
  });
});
