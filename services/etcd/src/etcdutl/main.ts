/**
 * etcdutl: what is done with the files of an etcd, without an etcd. Commands, flags, output and exit codes
 * are the original's.
 */
import { describeFlags, FlagError, type FlagSpec } from '@drydock/process';
import { splitArguments, UsageError } from './command-line.ts';
import { commands, type UtilityCommand } from './commands.ts';
import { createProgressLog } from './progress.ts';

const exitCodes = { failed: 1, badArguments: 128 } as const;

const allFlags: FlagSpec = Object.assign(
  {},
  ...Object.values(commands).map((one) => one.flags),
) as FlagSpec;

function overview(): string {
  const rows = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(18)}${summary}`,
  );
  return `etcdutl: works on the files of an etcd, ours or the original's

Usage:
  etcdutl COMMAND [flags]

Commands:
${rows.join('\n')}

etcdutl COMMAND --help shows flags and examples.
`;
}

function help(name: string, { usage, summary, flags, examples }: UtilityCommand): string {
  const head = `etcdutl ${name}: ${summary}\n\nUsage:\n  etcdutl ${name} ${usage}`.trimEnd();
  const body = Object.keys(flags).length === 0 ? `${head}\n` : describeFlags(flags, head);
  return `${body}\nExamples:\n${examples.map((one) => `  ${one}`).join('\n')}\n`;
}

async function main(argv: readonly string[]): Promise<void> {
  const print = (text: string) => void process.stdout.write(text);
  const { words, flags } = splitArguments(argv, allFlags);
  const name = Object.keys(commands).find((one) =>
    one.split(' ').every((word, index) => words[index] === word),
  );
  const wantsHelp = flags.includes('--help') || words[0] === 'help';
  if (name === undefined) {
    if (wantsHelp || words.length === 0) return print(overview());
    throw new UsageError(
      `unknown command "${words.join(' ')}"; there are ${Object.keys(commands).join(', ')}`,
    );
  }
  const command = commands[name]!;
  if (wantsHelp) return print(help(name, command));
  const log = createProgressLog((line) => void process.stderr.write(line));
  await command.run(words.slice(name.split(' ').length), flags, { print, log });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof FlagError;
  process.stderr.write(`Error: ${(error as Error).message}\n`);
  process.exitCode = isUsage ? exitCodes.badArguments : exitCodes.failed;
}
