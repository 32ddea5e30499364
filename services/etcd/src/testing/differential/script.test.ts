import { expect, it } from 'vitest';
import { parseScript, splitWords } from './script.ts';

it('splits words as a shell does', () => {
  expect(splitWords(`put 'a b' "c\\n\\x41\\"" d'e'"f" ''`)).toEqual([
    'put',
    'a b',
    'c\nA"',
    'def',
    '',
  ]);
  expect(() => splitWords(`put 'a`)).toThrow('a quote is not closed');
});

it('gives a command its input, its environment and its way of comparing', () => {
  const [first, second] = parseScript('# why\nsorted: A_B=1 txn -w json\n| x\n|\n\nget a\n');
  expect(first).toMatchObject({
    kind: 'run',
    line: 2,
    mode: 'sorted',
    words: ['txn', '-w', 'json'],
    environment: { A_B: '1' },
    input: 'x\n\n',
  });
  expect(second).toMatchObject({
    kind: 'run',
    mode: 'same',
    words: ['get', 'a'],
    input: undefined,
  });
});

it('knows what goes on beside the script', () => {
  const steps = parseScript(
    'start w: watch -i\n| watch a\ntype w:\n| watch b\nawait w: PUT: x\nawait w 3 times: y\nstop w\nend w\nsave id: (\\d+)\nskip x: y\n',
  );
  expect(steps).toMatchObject([
    { kind: 'start', name: 'w', words: ['watch', '-i'], input: 'watch a\n' },
    { kind: 'type', name: 'w', input: 'watch b\n' },
    { kind: 'await', name: 'w', wanted: 'PUT: x', times: 1 },
    { kind: 'await', name: 'w', wanted: 'y', times: 3 },
    { kind: 'stop', name: 'w' },
    { kind: 'end', name: 'w' },
    { kind: 'save', name: 'id', pattern: /(\d+)/ },
    { kind: 'skip' },
  ]);
});

it.each([
  ['| x', 'line 1: an input without its command'],
  ['start : watch', 'line 1: start needs a name'],
  ['sorted: A_B=1', 'line 1: no command'],
])('refuses %s', (text, message) => {
  expect(() => parseScript(text)).toThrow(message);
});
