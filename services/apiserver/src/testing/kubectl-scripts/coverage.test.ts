import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsIn, covers, readCommand } from './coverage.ts';
import { readScripts, scriptsFolder } from './describe.ts';
import { isWithin } from './script.ts';

/** The level of the API. */
const minor = 32;

test('every command that must be tried is in a script', () => {
  const commands = ['api', 'cluster'].flatMap((folder) =>
    readScripts(folder)
      .filter(({ script }) => isWithin(minor, script.range))
      .flatMap(({ script }) => script.blocks)
      .filter(({ range }) => isWithin(minor, range))
      .flatMap(({ command }) => commandsIn(command)),
  );
  const wanted = readFileSync(join(scriptsFolder, 'coverage.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(wanted.length).toBeGreaterThan(200);
  const missing = wanted.filter((line) => {
    const command = readCommand(line);
    return !commands.some((one) => covers(one, command));
  });
  expect(missing).toEqual([]);
});

describe('a command', () => {
  test.each([
    ['get po pod-a -o wide', 'get pod -o=wide'],
    ['get pods/a -ojson --no-headers', 'get pod'],
    ["get pods -o 'jsonpath={.items[*].metadata.name}'", 'get pod -o=jsonpath'],
    ['rollout undo deploy/web --to-revision=2', 'rollout undo deployment --to-revision'],
    ['apply -f dep.yaml --server-side --force-conflicts', 'apply -f --server-side'],
    ['apply view-last-applied deploy/d1', 'apply view-last-applied deployment'],
    ['exec -i pod-a -c c1 -- cat --flag', 'exec -c -i'],
    ['create secret tls t --cert=a --key=b', 'create secret tls --cert --key'],
  ])('%s is %s', (line, wanted) => {
    expect(covers(readCommand(line), readCommand(wanted))).toBe(true);
  });

  test.each([
    ['get pods', 'get pod -w'],
    ['get pods', 'get service'],
    ['patch deploy d1 --type=json -p x', 'patch deployment --type=merge -p'],
    ['create secret generic t', 'create secret tls'],
  ])('%s is not %s', (line, wanted) => {
    expect(covers(readCommand(line), readCommand(wanted))).toBe(false);
  });

  test('is found in a pipe, in a list and after a variable', () => {
    const text = `X=1 kubectl get po | grep 'a; kubectl' ; echo $(kubectl top nodes)\nkubectl version`;
    expect(commandsIn(text).map(({ verb }) => verb)).toEqual(['get', 'top node', 'version']);
  });
});
