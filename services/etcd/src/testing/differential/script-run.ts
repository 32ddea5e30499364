/**
 * Runs a script of etcdctl commands on two clusters and collects every difference between them.
 *
 * Variables, different for each cluster and shown by their names in outputs: $endpoint1 ... (where
 * clients reach each member), $member1 ... (its id), $peer1 ... (where members reach it), $leader and
 * $follower (endpoints), $leaderId and $followerId, $other (the other cluster's first endpoint),
 * with $otherCert, $otherKey and $otherCa to get in there, $folder (of the script's own files), $free (an
 * address that nobody serves).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@drydock/testing/eventually';
import type { TestCluster } from '../cluster.ts';
import { freePorts } from '@drydock/testing/ports';
import { normalizedOutput, normalizedText } from './output.ts';
import { parseScript, type Command, type Step } from './script.ts';

export interface ScriptDifference {
  readonly line: number;
  readonly text: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

interface Said {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

const commandMillis = 20_000;
/** Of a whole script; what is left of it is named and not run. */
const scriptMillis = 100_000;
const settleMillis = 10_000;

/** One cluster, as a script sees it. */
class Side {
  readonly cluster: TestCluster;
  readonly folder = mkdtempSync(join(tmpdir(), 'etcdctl-script-'));
  readonly variables = new Map<string, string>();
  readonly running = new Map<string, RunningCommand>();
  last: Said = { code: 0, out: '', err: '' };

  constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  async look(other: TestCluster): Promise<void> {
    const { members } = this.cluster;
    const leader = await this.cluster.leader();
    const follower = (leader + 1) % members.length;
    const { stdout } = await this.cluster.etcdctl(['member', 'list']);
    const set = (name: string, value: string) => this.variables.set(name, value);
    for (const [index, member] of members.entries()) {
      set(`endpoint${index + 1}`, member.endpoint);
      set(`peer${index + 1}`, member.endpoint.replace(/\d+$/, String(member.peerPort)));
      const line = stdout.split('\n').find((one) => one.includes(`, ${member.name}, `));
      if (line !== undefined) set(`member${index + 1}`, line.split(',')[0]!);
    }
    set('leader', members[leader]!.endpoint);
    set('follower', members[follower]!.endpoint);
    set('leaderId', this.variables.get(`member${leader + 1}`)!);
    set('followerId', this.variables.get(`member${follower + 1}`)!);
    set('other', other.members[0]!.endpoint);
    set('otherCert', other.certificates?.certFile ?? '');
    set('otherKey', other.certificates?.keyFile ?? '');
    set('otherCa', other.certificates?.caFile ?? '');
    set('folder', this.folder);
    const [port] = await freePorts(1);
    set('free', `${members[0]!.endpoint.split('//')[0]}//127.0.0.1:${port}`);
  }

  /** In commands. The longest name wins, so that $leaderId is not $leader. */
  fill(word: string): string {
    return word.replaceAll(/\$(\w+)/g, (whole, name: string) => this.variables.get(name) ?? whole);
  }

  /** In outputs; an address may be printed without its scheme. */
  shown(text: string): string {
    let result = text;
    const byLength = [...this.variables].sort((a, b) => b[1].length - a[1].length);
    for (const [name, value] of byLength) {
      if (value === '') continue;
      const word = `<${name.replace(/^(leader|follower)$/, 'endpoint').replace(/\d+$/, '')}>`;
      result = result.replaceAll(whole(value), word);
      result = result.replaceAll(whole(value.replace(/^https?:\/\//, '')), word);
    }
    return result;
  }

  start(command: Command): RunningCommand {
    const words = command.words.map((word) => this.fill(word));
    const hasEndpoints = words.some((word) => word.startsWith('--endpoints'));
    const flags = hasEndpoints
      ? this.cluster.clientFlags.filter((flag) => !flag.startsWith('--endpoints'))
      : this.cluster.clientFlags;
    const environment = Object.fromEntries(
      Object.entries(command.environment).map(([name, value]) => [name, this.fill(value)]),
    );
    return new RunningCommand(words, {
      args: [...flags, ...words],
      environment,
      input: command.input === undefined ? undefined : this.fill(command.input),
    });
  }

  async end(): Promise<void> {
    await Promise.all([...this.running.values()].map((one) => one.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class RunningCommand {
  readonly words: readonly string[];
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | string | null>;
  #out = '';
  #err = '';

  constructor(
    words: readonly string[],
    options: {
      args: readonly string[];
      environment: Record<string, string>;
      input: string | undefined;
    },
  ) {
    this.words = words;
    this.#child = spawn('etcdctl', options.args, {
      env: { ...process.env, ETCDCTL_API: '3', ...options.environment },
      stdio: 'pipe',
    });
    this.#child.stdout!.setEncoding('latin1').on('data', (text: string) => (this.#out += text));
    this.#child.stderr!.setEncoding('latin1').on('data', (text: string) => (this.#err += text));
    this.#child.stdin!.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve(code ?? signal));
    });
    if (options.input !== undefined) this.type(options.input);
  }

  get out(): string {
    return this.#out;
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Leaves out what was said so far. */
  forget(): void {
    this.#out = '';
  }

  endInput(): void {
    this.#child.stdin!.end();
  }

  async done(): Promise<Said> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), commandMillis);
    const code = await this.#closed;
    clearTimeout(timer);
    return { code, out: this.#out, err: this.#err };
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** Every difference, in the order of the script; empty when there is none. */
export async function runScript(
  text: string,
  clusters: readonly [ours: TestCluster, theirs: TestCluster],
  onStep: (step: Step, difference: ScriptDifference | undefined) => void = () => undefined,
): Promise<ScriptDifference[]> {
  const sides = [new Side(clusters[0]), new Side(clusters[1])] as const;
  try {
    await Promise.all(sides.map((side, index) => side.look(clusters[1 - index]!)));
    const differences: ScriptDifference[] = [];
    const end = performance.now() + scriptMillis;
    for (const step of parseScript(text)) {
      if (performance.now() > end) {
        const why = `not run: the script has taken more than ${scriptMillis} ms`;
        differences.push({ line: step.line, text: step.text, ours: why, theirs: why });
        break;
      }
      const difference = await runStep(step, sides);
      onStep(step, difference);
      if (difference !== undefined) differences.push(difference);
    }
    return differences;
  } finally {
    await Promise.all(sides.map((side) => side.end()));
  }
}

/** Not as a part of a longer word: a revision may also be digits of an id. */
function whole(value: string): RegExp {
  return new RegExp(`(?<![0-9A-Za-z])${RegExp.escape(value)}(?![0-9A-Za-z])`, 'g');
}

type Sides = readonly [Side, Side];

async function runStep(step: Step, sides: Sides): Promise<ScriptDifference | undefined> {
  switch (step.kind) {
    case 'skip':
      return undefined;
    case 'save':
      return save(step, sides);
    case 'start':
      for (const side of sides) side.running.set(step.name, side.start(step));
      return undefined;
    case 'type':
      for (const side of sides) runningOf(side, step).type(side.fill(step.input));
      return undefined;
    case 'await':
      return awaitText(step, sides);
    case 'poke':
      return poke(step, sides);
    case 'forget':
      for (const side of sides) runningOf(side, step).forget();
      return undefined;
    case 'stop':
    case 'end':
      return compareSaid(step, sides, runningOf(sides[0], step).words, false, (side) => {
        const running = runningOf(side, step);
        side.running.delete(step.name);
        if (step.kind === 'stop') running.interrupt();
        else running.endInput();
        return running.done();
      });
    case 'run':
      return runCommand(step, sides);
  }
  return step satisfies never;
}

function save(step: Extract<Step, { kind: 'save' }>, sides: Sides): ScriptDifference | undefined {
  const [ours, theirs] = sides.map((side) => step.pattern.exec(side.last.out)?.[1]);
  if (ours === undefined || theirs === undefined) {
    const { line, text } = step;
    return { line, text, ours: { saved: ours, ...sides[0].last }, theirs: sides[1].last };
  }
  sides[0].variables.set(step.name, ours);
  sides[1].variables.set(step.name, theirs);
  return undefined;
}

async function runCommand(
  step: Extract<Step, { kind: 'run' }>,
  sides: Sides,
): Promise<ScriptDifference | undefined> {
  const once = (side: Side) => runOnce(side, step);
  const compared = () => compareSaid(step, sides, step.words, step.mode === 'sorted', once);
  if (step.mode === 'ours' || step.mode === 'theirs') {
    const side = sides[step.mode === 'ours' ? 0 : 1];
    side.last = await once(side);
    if (side.last.code === 0) return undefined;
    throw new Error(`line ${step.line}: ${step.text} failed: ${side.last.err}`);
  }
  if (step.mode === 'differs') return expectDifference(step, await compared());
  if (step.mode !== 'until') return compared();
  if (step.wanted !== '') {
    return compareSaid(step, sides, step.words, false, (side) => saysAtLast(side, step));
  }
  let difference: ScriptDifference | undefined;
  const settled = eventually(
    step.text,
    async () => {
      difference = await compared();
      return difference === undefined;
    },
    { timeoutMillis: settleMillis },
  );
  return settled.then(
    () => undefined,
    () => difference,
  );
}

/** A change is made once: on each cluster as soon as that takes it. */
async function saysAtLast(side: Side, step: Extract<Step, { kind: 'run' }>): Promise<Said> {
  let said = await runOnce(side, step);
  const end = performance.now() + settleMillis;
  while (!said.out.includes(step.wanted) && performance.now() < end) {
    said = await runOnce(side, step);
  }
  return said;
}

function expectDifference(
  step: Step,
  difference: ScriptDifference | undefined,
): ScriptDifference | undefined {
  const { line, text } = step;
  if (difference === undefined) {
    return { line, text, ours: 'what the original says', theirs: 'the difference is gone' };
  }
  const codes = [difference.ours, difference.theirs].map((said) => (said as Said).code);
  return codes[0] === codes[1] ? undefined : difference;
}

function runOnce(side: Side, command: Command): Promise<Said> {
  const running = side.start(command);
  running.endInput();
  return running.done();
}

/** Both clusters get the command equally often, so that their revisions stay equal. */
async function poke(
  step: Extract<Step, { kind: 'start' | 'poke' }>,
  sides: Sides,
): Promise<undefined> {
  await eventually(step.text, async () => {
    await Promise.all(sides.map((side) => runOnce(side, step)));
    return sides.every((side) => runningOf(side, step).out !== '');
  });
}

function runningOf(side: Side, step: { line: number; name: string }): RunningCommand {
  const running = side.running.get(step.name);
  if (running === undefined) throw new Error(`line ${step.line}: ${step.name} is not running`);
  return running;
}

const hasSaid = (side: Side, step: Extract<Step, { kind: 'await' }>) =>
  runningOf(side, step).out.split(side.fill(step.wanted)).length > step.times;

async function awaitText(
  step: Extract<Step, { kind: 'await' }>,
  sides: Sides,
): Promise<ScriptDifference | undefined> {
  const seen = await Promise.all(
    sides.map((side) =>
      eventually(step.text, () => hasSaid(side, step), { timeoutMillis: 10_000 }).then(
        () => 'said it',
        () => `did not say it, but: ${runningOf(side, step).out}`,
      ),
    ),
  );
  const isFine = seen.every((one) => one === 'said it');
  return isFine ? undefined : { line: step.line, text: step.text, ours: seen[0], theirs: seen[1] };
}

async function compareSaid(
  step: Step,
  sides: Sides,
  words: readonly string[],
  isSorted: boolean,
  run: (side: Side) => Promise<Said>,
): Promise<ScriptDifference | undefined> {
  const [ours, theirs] = await Promise.all(
    sides.map(async (side) => {
      side.last = await run(side);
      const { code, out, err } = side.last;
      const shown = normalizedOutput(words, out, (text) => side.shown(text));
      const lines = isSorted ? shown.split('\n').toSorted().join('\n') : shown;
      return { code, out: lines, err: normalizedText(side.shown(err)) };
    }),
  );
  return JSON.stringify(ours) === JSON.stringify(theirs)
    ? undefined
    : { line: step.line, text: step.text, ours, theirs };
}
