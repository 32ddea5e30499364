/** `node --run differential`: a cluster of ours beside one of the distribution's etcd; see the usage below. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestCluster } from '../cluster.ts';
import { describeDifference, runSeeds, startPair } from './random.ts';
import { runScript } from './script-run.ts';

const usage = `Random sequences of operations, or scripts of etcdctl commands, on a cluster of ours and on one
of the distribution's etcd: everything but ids and times must be equal.

  node --run differential -- [flags]

  --count N     how many sequences (1000)
  --seed S      the first one (1); with --count 1 a single sequence is repeated
  --members M   members of each cluster (1)
  --most K      give up after so many differences (5)
  --script T    instead: the etcdctl commands of T.txt, on three members each, with mutual TLS

  node --run differential -- --count 200 --members 3
  node --run differential -- --script lease`;

const say = (line: string) => process.stdout.write(`${line}\n`);

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} is '${text}', but must be a whole number above 0`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      members: { type: 'string', default: '1' },
      most: { type: 'string', default: '5' },
      script: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return;
  }
  if (values.script !== undefined) return mainOfScript(values.script);
  await using running = await startPair({ size: count('members', values.members) });
  const started = performance.now();
  let differences = 0;
  const sent = await runSeeds(running.pair, {
    firstSeed: count('seed', values.seed),
    count: count('count', values.count),
    differencesMax: count('most', values.most),
    onFound: (found) => {
      differences++;
      say(describeDifference(found));
    },
  });
  const seconds = (performance.now() - started) / 1_000;
  say(
    `${sent} operations in ${seconds.toFixed(1)} s (${Math.round(sent / seconds)} a second on both ` +
      `clusters), ${differences} differences`,
  );
  if (differences > 0) process.exitCode = 1;
}

async function mainOfScript(topic: string): Promise<void> {
  const text = readFileSync(join(import.meta.dirname, `${topic}.txt`), 'utf8');
  const options = { tls: true, isVolatile: true } as const;
  await using ours = await startTestCluster(options);
  await using theirs = await startTestCluster({ ...options, program: 'etcd' });
  const differences = await runScript(text, [ours, theirs], ({ line, text }, difference) => {
    if (difference === undefined) return;
    say(`${topic}.txt:${line}: ${text}`);
    say(`  ours:   ${JSON.stringify(difference.ours)}`);
    say(`  theirs: ${JSON.stringify(difference.theirs)}`);
  });
  say(`${differences.length} differences`);
  if (differences.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}
