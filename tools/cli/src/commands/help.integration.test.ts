/** The help of every command that the README's table names. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../state.ts';

function drydock(...args: readonly string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 30_000 });
}

const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
const table = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## Without Docker'));
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, first = '', second = ''] = line.split('|');
    const commands = [...first.matchAll(/`([a-z]+)/g)].map((match) => match[1]!);
    return { commands, flags: second.match(/--[a-z-]+/g) ?? [] };
  });

test('the README names every command but help and version', () => {
  const listed = drydock('help').stdout.split('Commands:')[1]!.split('Examples:')[0]!;
  const commands = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]!);
  const named = rows.flatMap((row) => row.commands);
  expect(named.toSorted()).toEqual(
    commands.filter((name) => name !== 'help' && name !== 'version').toSorted(),
  );
});

test.each(rows)('--help of $commands has examples, and the flags that the README says', (row) => {
  const helps = row.commands.map((command) => drydock(command, '--help'));
  for (const help of helps) {
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('Examples:');
  }
  const said = helps.map((help) => help.stdout).join('');
  expect(row.flags.filter((flag) => !said.includes(flag))).toEqual([]);
});

test('`run COMPONENT --help` is the component’s own help', () => {
  expect(drydock('run', 'scheduler', '--help').stdout).toContain('--scheduler-name');
});
