import { expect, it } from 'vitest';
import { runCommand } from './command.ts';

it('a command gets its input and gives its output', async () => {
  expect(await runCommand('cat', [], 'hello')).toBe('hello');
});

it('a failure has the command and its own words', async () => {
  const fails = runCommand('sh', ['-c', 'echo too bad >&2; exit 3']);
  await expect(fails).rejects.toMatchObject({
    name: 'CommandError',
    message: 'sh -c echo too bad >&2; exit 3: too bad',
  });
  await expect(runCommand('sh', ['-c', 'exit 3'])).rejects.toThrow('exit code 3');
  await expect(runCommand('no-such-command', [])).rejects.toThrow('cannot run no-such-command');
});
