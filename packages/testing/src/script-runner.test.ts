import { expect, test } from 'vitest';
import { runScript } from './script-runner.ts';

test('a script keeps its comments and gets the outputs of now', async () => {
  const script = '# Adding.\nadd 1 2 by=10\n----\nwrong\n\n\n# Failing.\nfail\n';
  const actual = await runScript(script, ({ name, words, options }) => {
    if (name === 'fail') throw new Error('as told');
    return `${words.join('+')} by ${options['by']}\n\nthen`;
  });
  expect(actual).toBe(
    '# Adding.\nadd 1 2 by=10\n----\n1+2 by 10\n.\nthen\n\n# Failing.\nfail\n----\nerror: as told\n',
  );
});

test('running the result again changes nothing', async () => {
  const interpret = ({ name }: { name: string }) => (name === 'quiet' ? '' : name);
  const once = await runScript('one\n\n# Between.\n\nquiet\n', interpret);
  expect(await runScript(once, interpret)).toBe(once);
});

test('indented lines below a command are its input', async () => {
  const script = 'sum\n  1\n    2\n----\nwrong\n\nsum\n';
  const actual = await runScript(script, ({ input }) => JSON.stringify(input));
  expect(actual).toBe('sum\n  1\n    2\n----\n"1\\n  2"\n\nsum\n----\n""\n');
});
