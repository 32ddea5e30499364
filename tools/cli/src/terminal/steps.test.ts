import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createSteps } from './steps.ts';

function record(isTerminal: boolean) {
  let text = '';
  let time = 0;
  const output = { isTerminal, columns: 100, write: (part: string) => void (text += part) };
  const steps = createSteps(output, () => time);
  return {
    steps,
    lines: () => stripVTControlCharacters(text),
    pass: (millis: number) => (time += millis),
  };
}

test('away from a terminal each step is one plain line with its seconds and result', async () => {
  const { steps, lines, pass } = record(false);
  const result = await steps.run('Images', async (step) => {
    step.note('building');
    pass(12_340);
    return 'built 2';
  });
  expect(result).toBe('built 2');
  expect(lines()).toBe('  ✓ Images                       12.3 s  built 2\n');
  expect(steps.seconds()).toBeCloseTo(12.34);
});

test('a failing step shows what it was waiting for, and fails', async () => {
  const { steps, lines } = record(false);
  const failing = steps.run('Nodes', async (step) => {
    step.note('2 of 3 Ready');
    throw new Error('too late');
  });
  await expect(failing).rejects.toThrow('too late');
  expect(lines()).toBe('  ✗ Nodes                         0.0 s  2 of 3 Ready\n');
});
