/**
 * Scripts of kubectl commands, as text:
 *
 *   # a comment
 *   needs 1.27: why an older kubectl cannot
 *   kubectl get pods -o name
 *   ----
 *   pod/a
 *   ! what went to standard error
 *   exit 1
 *   * delete pods/default/b
 *
 * 1. What stands before `----` is one line of shell or several, what follows is what it did: standard
 *    output, standard error, the exit code unless it is 0, and what changed in the cluster. A blank line
 *    ends it; `.` stands for a blank line of the output.
 * 2. `needs` names the lowest minor release of kubectl that a command is meant for, `until` the highest,
 *    with the reason; both may stand above one command. At the head of a script, followed by a blank line,
 *    it goes for all of it.
 * 3. `start NAME COMMAND` runs a command beside the others until `stop NAME`, `stop NAME after N` (lines
 *    of its output) or `stop NAME at its end`; `seen NAME N` waits for so many lines of it, `seen NAME TEXT`
 *    for a text, also on standard error.
 */
export interface Range {
  readonly minorMin: number;
  readonly minorMax: number;
  readonly reason: string;
}

export interface Block {
  /** Comments and blank lines before it. */
  readonly preamble: readonly string[];
  readonly range: Range | undefined;
  /** The lines of its range and of its command, as they are written. */
  readonly lines: readonly string[];
  readonly command: string;
  readonly expected: readonly string[];
  /** Of its command, for messages; the first is 1. */
  readonly lineNumber: number;
}

export interface Script {
  readonly preamble: readonly string[];
  readonly range: Range | undefined;
  readonly blocks: readonly Block[];
  readonly trailer: readonly string[];
}

const separator = '----';
const rangePattern = /^(needs|until) 1\.(\d+): (.+)$/;

const isComment = (line: string) => line === '' || line.startsWith('#');

function readRange(line: string): Range | undefined {
  const match = rangePattern.exec(line);
  if (match === null) return undefined;
  const minor = Number(match[2]);
  return match[1] === 'needs'
    ? { minorMin: minor, minorMax: Infinity, reason: match[3]! }
    : { minorMin: 0, minorMax: minor, reason: match[3]! };
}

/** Of the lines that a block begins with; undefined when it goes for every release. */
function readRanges(lines: readonly string[]): { range: Range | undefined; length: number } {
  let range: Range | undefined;
  let length = 0;
  for (; length < lines.length; length += 1) {
    const next = readRange(lines[length]!);
    if (next === undefined) break;
    range = {
      minorMin: Math.max(range?.minorMin ?? 0, next.minorMin),
      minorMax: Math.min(range?.minorMax ?? Infinity, next.minorMax),
      reason: range === undefined ? next.reason : `${range.reason}; ${next.reason}`,
    };
  }
  return { range, length };
}

/** @throws Error that names the line of a command without expectation */
export function parseScript(text: string): Script {
  const lines = text.trimEnd().split('\n');
  const head: string[] = [];
  let range: Range | undefined;
  let at = 0;
  while (at < lines.length && isComment(lines[at]!)) head.push(lines[at++]!);
  if (rangePattern.test(lines[at] ?? '') && lines[at + 1] === '') {
    range = readRange(lines[at]!);
    head.push(lines[at++]!);
  } else at = 0;
  const preamble = range === undefined ? [] : head;
  const blocks: Block[] = [];
  let comments: string[] = [];
  while (at < lines.length) {
    if (isComment(lines[at]!)) {
      comments.push(lines[at++]!);
      continue;
    }
    const start = at;
    while (at < lines.length && lines[at] !== separator) {
      if (lines[at] === '') throw new Error(`line ${start + 1}: ${lines[start]}: without ----`);
      at += 1;
    }
    const own = lines.slice(start, at);
    at += 1;
    const expected: string[] = [];
    while (at < lines.length && lines[at] !== '') expected.push(lines[at++]!);
    const { range: ownRange, length } = readRanges(own);
    blocks.push({
      preamble: comments,
      range: ownRange,
      lines: own,
      command: own.slice(length).join('\n'),
      expected,
      lineNumber: start + length + 1,
    });
    comments = [];
  }
  return { preamble, range, blocks, trailer: comments };
}

export const isWithin = (minor: number, range: Range | undefined) =>
  range === undefined || (minor >= range.minorMin && minor <= range.minorMax);

/** The text of a script, with these outcomes instead of those that were expected. */
export function printScript(script: Script, outcomes: readonly (readonly string[])[]): string {
  const parts = script.blocks.flatMap((block, index) => [
    ...block.preamble,
    ...block.lines,
    separator,
    ...outcomes[index]!,
  ]);
  return `${[...script.preamble, ...parts, ...script.trailer].join('\n').trimEnd()}\n`;
}
