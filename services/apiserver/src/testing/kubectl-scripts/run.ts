/** Runs a script: each command, and what it printed, how it ended and what it changed, as lines. */
import type { EtcdClient } from '../../storage/etcd-client.ts';
import { describeChanges, takeSnapshot } from './changes.ts';
import type { createNormalise } from './normalise.ts';
import { isWithin, type Block, type Script } from './script.ts';
import type { Shell, ShellOutcome } from './shell.ts';

export interface RunOptions {
  readonly shell: Shell;
  /** Of the kubectl that is tried. */
  readonly minor: number;
  readonly normalise: ReturnType<typeof createNormalise>;
  /** Where to look for changes; undefined where others change things at the same time. */
  readonly etcd: EtcdClient | undefined;
}

export interface ScriptOutcome {
  /** For each block; a block that was left out has what it expects. */
  readonly lines: readonly (readonly string[])[];
  readonly skipped: readonly Block[];
}

export async function runScript(script: Script, options: RunOptions): Promise<ScriptOutcome> {
  const { minor, shell, normalise, etcd } = options;
  const lines: (readonly string[])[] = [];
  const skipped: Block[] = [];
  let before = etcd === undefined ? undefined : await takeSnapshot(etcd);
  for (const block of script.blocks) {
    if (!isWithin(minor, block.range)) {
      skipped.push(block);
      lines.push(block.expected);
      continue;
    }
    const outcome = await perform(block.command, shell).catch(failureOf);
    const printed = printOutcome(outcome, normalise);
    if (etcd === undefined || before === undefined) {
      lines.push(printed);
      continue;
    }
    const after = await takeSnapshot(etcd);
    lines.push([...printed, ...describeChanges(before, after).map(normalise.value)]);
    before = after;
  }
  return { lines, skipped };
}

const failureOf = ({ message }: Error): ShellOutcome => ({ code: -1, out: '', err: message });

function printOutcome(
  { code, out, err }: ShellOutcome,
  normalise: RunOptions['normalise'],
): string[] {
  return [
    ...linesOf(normalise.output(out)).map((line) => (line === '' ? '.' : line)),
    ...linesOf(normalise.output(err)).map((line) => `! ${line}`.trimEnd()),
    ...(code === 0 ? [] : [`exit ${code}`]),
  ];
}

const nothing: ShellOutcome = { code: 0, out: '', err: '' };

async function perform(command: string, shell: Shell): Promise<ShellOutcome> {
  const [verb, name = '', ...rest] = command.split(' ');
  if (verb === 'start') {
    shell.start(name, rest.join(' '));
    return nothing;
  }
  if (verb === 'seen') {
    const what = rest.join(' ');
    await shell.seen(name, /^\d+$/.test(what) ? Number(what) : what);
    return nothing;
  }
  if (verb !== 'stop') return shell.run(command);
  if (rest.join(' ') === 'at its end') return shell.stop(name, { byItself: true });
  return shell.stop(name, rest[0] === 'after' ? { afterLines: Number(rest[1]) } : {});
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
