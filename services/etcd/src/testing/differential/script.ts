/**
 * Scripts of etcdctl commands, one file for each topic, without expected outputs: two clusters must say
 * the same.
 *
 *   # a comment
 *   put a "two words"            a command; '...' and "..." quote, "..." knows \n \t \\ \" and \xff
 *   | a line                     what the command above gets on its standard input; may be repeated
 *   sorted: lease list           its lines come in no order
 *   until: endpoint hashkv       tried again until both say the same
 *   until "x": get a             tried again on each until that says x
 *   differs: alarm list          both succeed or both fail, but they do not say the same, on purpose
 *   ours: put a 1                on one cluster only, and nothing is compared (also theirs:)
 *   save lease: lease (\S+)      keeps what matched in the last output, of each cluster, as $lease;
 *                                in outputs it is shown as <lease>
 *   start w: watch -i            goes on beside the script; | lines go to its input, which stays open
 *   type w:                      more | lines for its input
 *   await w: PUT                 waits until its output has the text; `await w 3 times: PUT` three times
 *   poke w: put a 1              runs the command until w has said something, on both clusters as often
 *   forget w                     leaves out what w has said so far
 *   stop w                       interrupts it, and compares all that it said; `end w` ends its input
 *                                and waits until it is done
 *   skip snapshot status: why    what is not compared, and the reason
 *
 * Words like ETCDCTL_WATCH_KEY=a before a command go to its environment.
 */

export type Step = { readonly line: number; readonly text: string } & (
  | ({ readonly kind: 'run'; readonly mode: RunMode; readonly wanted: string } & Command)
  | ({ readonly kind: 'start' | 'poke'; readonly name: string } & Command)
  | { readonly kind: 'save'; readonly name: string; readonly pattern: RegExp }
  | { readonly kind: 'type'; readonly name: string; readonly input: string }
  | {
      readonly kind: 'await';
      readonly name: string;
      readonly wanted: string;
      readonly times: number;
    }
  | { readonly kind: 'stop' | 'end' | 'forget'; readonly name: string }
  | { readonly kind: 'skip' }
);

export type RunMode = 'same' | 'sorted' | 'until' | 'differs' | 'ours' | 'theirs';

export interface Command {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined when the script gives none. */
  readonly input: string | undefined;
}

/** @throws Error naming the line that cannot be understood */
export function parseScript(text: string): Step[] {
  const lines = text.split('\n');
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const number = at + 1;
    if (line.startsWith('|')) throw new Error(`line ${number}: an input without its command`);
    const input: string[] = [];
    while (lines[at + 1]?.trimStart().startsWith('|') === true) {
      input.push(lines[++at]!.trimStart().slice(1).replace(/^ /, ''));
    }
    try {
      steps.push(parseStep(line, number, input.length === 0 ? undefined : `${input.join('\n')}\n`));
    } catch (error) {
      throw new Error(`line ${number}: ${(error as Error).message}`, { cause: error });
    }
  }
  return steps;
}

function parseStep(text: string, line: number, input: string | undefined): Step {
  const at = { line, text };
  const directive =
    /^(skip|save|start|poke|type|await|stop|end|forget)\b\s*([\w ]*?)(?::\s*(.*))?$/.exec(text);
  if (directive !== null) {
    const [, kind, name = '', rest = ''] = directive;
    if (kind === 'skip') return { ...at, kind };
    if (kind === 'await') {
      const [, process, times = '1'] = /^(\w+)(?: (\d+) times)?$/.exec(name) ?? [];
      if (process === undefined) throw new Error('await needs a name');
      return { ...at, kind, name: process, wanted: rest, times: Number(times) };
    }
    if (!/^\w+$/.test(name)) throw new Error(`${kind} needs a name`);
    if (kind === 'save') return { ...at, kind, name, pattern: new RegExp(rest) };
    if (kind === 'start' || kind === 'poke') {
      return { ...at, kind, name, ...parseCommand(rest, input) };
    }
    if (kind === 'type') return { ...at, kind, name, input: input ?? '' };
    return { ...at, kind: kind as 'stop' | 'end' | 'forget', name };
  }
  const prefixed = /^(sorted|until|differs|ours|theirs)(?: "([^"]*)")?: (.*)$/.exec(text);
  const [, mode = 'same', wanted = '', command = text] = prefixed ?? [];
  return { ...at, kind: 'run', mode: mode as RunMode, wanted, ...parseCommand(command, input) };
}

function parseCommand(text: string, input: string | undefined): Command {
  const words = splitWords(text);
  const environment: Record<string, string> = {};
  for (;;) {
    const match = /^([A-Z]+_[A-Z_]+)=(.*)$/s.exec(words[0] ?? '');
    if (match === null) break;
    environment[match[1]!] = match[2]!;
    words.shift();
  }
  if (words.length === 0) throw new Error('no command');
  return { words, environment, input };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', '"': '"' };

/** As a shell does it, as far as scripts need it. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const part = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+)/gy;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    words.push(
      match[1]!.replaceAll(
        /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
        (_quoted, single: string | undefined, double: string | undefined) =>
          single ?? unescape(double!),
      ),
    );
    if (text.slice(part.lastIndex).trim() === '') return words;
  }
  throw new Error(`a quote is not closed: ${text}`);
}

function unescape(text: string): string {
  return text.replaceAll(/\\(x[0-9a-f]{2}|.)/g, (_escape, code: string) =>
    code.length === 3
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : (escapes[code] ?? `\\${code}`),
  );
}
