/**
 * Tests as text: a script is a list of commands, each with the output that it is expected to have.
 *
 *   # a comment
 *   command word word key=value
 *     input of the command, indented by two spaces
 *   ----
 *   expected output
 *
 * A blank line ends the output. With UPDATE_SCRIPTS=1 the files are rewritten with what the commands
 * say now, to be read as a diff.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';

export interface ScriptCommand {
  readonly name: string;
  /** What stands without a key, in order. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** The indented lines below it, without their indentation; empty when there are none. */
  readonly input?: string;
}

/** Returns the output; a throw is part of it. */
export type ScriptInterpreter = (command: ScriptCommand) => string | Promise<string>;

interface Block {
  /** Comments and blank lines before the command. */
  readonly preamble: readonly string[];
  readonly line: string;
  readonly input: readonly string[];
  readonly expected: string;
}

const separator = '----';
const indentation = '  ';

/** One test for each *.txt file of the folder; each starts with a new interpreter. */
export function describeScripts(folder: string, createInterpreter: () => ScriptInterpreter): void {
  const files = globSync(join(folder, '*.txt')).sort();
  describe(`scripts of ${basename(folder)}`, () => {
    test.each(files.map((file) => [basename(file, '.txt'), file]))('%s', async (_name, file) => {
      const text = readFileSync(file, 'utf8');
      const actual = await runScript(text, createInterpreter());
      if (process.env['UPDATE_SCRIPTS'] === '1') writeFileSync(file, actual);
      else expect(actual, 'rewrite with UPDATE_SCRIPTS=1').toBe(text);
    });
  });
}

/** The script with the outputs that its commands have now. */
export async function runScript(text: string, interpret: ScriptInterpreter): Promise<string> {
  const { blocks, trailer } = parseScript(text);
  const parts: string[] = [];
  for (const { preamble, line, input } of blocks) {
    let output: string;
    try {
      output = await interpret({
        ...parseCommand(line),
        input: input.map((one) => one.slice(indentation.length)).join('\n'),
      });
    } catch (error) {
      output = `error: ${(error as Error).message}`;
    }
    // A blank line would end the output when the file is read again.
    const lines = output.trimEnd() === '' ? ['ok'] : output.trimEnd().split('\n');
    parts.push(
      ...preamble,
      line,
      ...input,
      separator,
      ...lines.map((line) => (line === '' ? '.' : line)),
      '',
    );
  }
  return `${[...parts, ...trailer].join('\n').trimEnd()}\n`;
}

function parseScript(text: string): { blocks: Block[]; trailer: string[] } {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let preamble: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line === '' || line.startsWith('#')) {
      if (line !== '' || preamble.length > 0) preamble.push(line);
      continue;
    }
    const input: string[] = [];
    while (lines[at + 1]?.startsWith(indentation) === true) input.push(lines[++at]!);
    const expected: string[] = [];
    if (lines[at + 1] === separator) {
      at += 2;
      while (at < lines.length && lines[at] !== '') expected.push(lines[at++]!);
    }
    blocks.push({ preamble, line, input, expected: expected.join('\n') });
    preamble = [];
  }
  return { blocks, trailer: preamble };
}

function parseCommand(line: string): Omit<ScriptCommand, 'input'> {
  const [name, ...rest] = line.split(/\s+/);
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) options[part.slice(0, equals)] = part.slice(equals + 1);
    else words.push(part);
  }
  return { name: name!, words, options };
}
