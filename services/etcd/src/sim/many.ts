/**
 * Many seeds, on as many threads as there are processors. The worker is this file itself.
 */
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Mutant } from '../raft/mutants.ts';
import type { WorldName } from './schedule.ts';
import type { RunResult } from './world.ts';
import { worlds } from './worlds.ts';

export interface ManyOptions {
  readonly world: WorldName;
  readonly firstSeed: number;
  readonly seeds: number;
  /** The world's own by default. */
  readonly ticks?: number | undefined;
  readonly mutant?: Mutant | undefined;
  /** As many as there are processors by default. */
  readonly threads?: number | undefined;
  /** Ends everything after the first violation. */
  readonly stopAtViolation?: boolean;
}

export interface ManyResult {
  readonly seeds: number;
  readonly violations: readonly RunResult[];
  readonly totals: Readonly<Record<string, number>>;
}

/** Seeds are dealt out one by one: thread k of n takes every n-th. */
export async function runMany(options: ManyOptions): Promise<ManyResult> {
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), options.seeds));
  const totals: Record<string, number> = {};
  const violations: RunResult[] = [];
  let seeds = 0;
  const workers: Worker[] = [];
  const runThread = (thread: number) =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { ...options, thread, threads } satisfies WorkerOptions,
      });
      workers.push(worker);
      worker.on('message', (result: RunResult) => {
        seeds++;
        for (const [name, count] of Object.entries(result.counts)) {
          totals[name] = (totals[name] ?? 0) + count;
        }
        if (result.violation === undefined) return;
        violations.push(result);
        if (options.stopAtViolation === true) for (const one of workers) void one.terminate();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  await Promise.all(Array.from({ length: threads }, (_, thread) => runThread(thread)));
  violations.sort((a, b) => a.seed - b.seed);
  return { seeds, violations, totals };
}

interface WorkerOptions extends ManyOptions {
  readonly thread: number;
  readonly threads: number;
}

async function work(options: WorkerOptions): Promise<void> {
  const { firstSeed, seeds, mutant, thread, threads } = options;
  const world = worlds[options.world];
  const ticks = options.ticks ?? world.ticks;
  for (let at = thread; at < seeds; at += threads) {
    const result = await world.run(world.plan({ seed: firstSeed + at, ticks, mutant }));
    // A thread's port has no origin; the rule means windows.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parentPort!.postMessage(result);
  }
}

if (!isMainThread && isWorkerOptions(workerData)) await work(workerData);

function isWorkerOptions(data: unknown): data is WorkerOptions {
  return typeof data === 'object' && data !== null && 'firstSeed' in data && 'threads' in data;
}
