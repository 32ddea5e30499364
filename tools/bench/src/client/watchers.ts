/** Watchers in processes of their own, as one thing to start, to wait for and to end. */
import { fork, type ChildProcess } from 'node:child_process';
import type { WatchCommand, WatchReport } from './tally.ts';

type Seen = Extract<WatchReport, { kind: 'seen' }>;

class WatchProcess<Order> {
  readonly #child: ChildProcess;
  #waiting: { kind: WatchReport['kind']; settle: PromiseWithResolvers<WatchReport> }[] = [];
  #failure: Error | undefined;

  constructor(clientFile: string) {
    this.#child = fork(clientFile, { serialization: 'advanced' });
    this.#child.on('message', (report: WatchReport) => {
      if (report.kind === 'failed') this.#fail(report.message);
      else {
        const due = this.#waiting.find((one) => one.kind === report.kind);
        this.#waiting = this.#waiting.filter((one) => one !== due);
        due?.settle.resolve(report);
      }
    });
    this.#child.on('exit', (code) => this.#fail(`it exited with ${code}`));
  }

  #fail(message: string): void {
    this.#failure = new Error(`a watching client failed: ${message}`);
    for (const { settle } of this.#waiting) settle.reject(this.#failure);
    this.#waiting = [];
  }

  async report(kind: WatchReport['kind']): Promise<WatchReport> {
    if (this.#failure !== undefined) throw this.#failure;
    const settle = Promise.withResolvers<WatchReport>();
    this.#waiting.push({ kind, settle });
    return settle.promise;
  }

  tell(command: WatchCommand<Order>): void {
    this.#child.send(command);
  }

  end(): void {
    this.#child.removeAllListeners('exit');
    this.#child.kill('SIGKILL');
  }
}

/** Of the watchers of one process. */
interface Amounts {
  readonly connections: number;
  readonly watchersEach: number;
}

export class Watchers<Order extends Amounts> implements Disposable {
  readonly #processes: readonly WatchProcess<Order>[];
  readonly #watchersEach: number;

  private constructor(processes: readonly WatchProcess<Order>[], watchersEach: number) {
    this.#processes = processes;
    this.#watchersEach = watchersEach;
  }

  /** A process for each order, with the program that carries it out. Resolves when all watchers stand. */
  static async open<Order extends Amounts>(
    clientFile: string,
    orders: readonly Order[],
  ): Promise<Watchers<Order>> {
    const started = orders.map(() => new WatchProcess<Order>(clientFile));
    const [{ connections, watchersEach }] = orders as [Order];
    const watchers = new Watchers(started, connections * watchersEach);
    try {
      await Promise.all(
        orders.map(async (order, index) => {
          const one = started[index]!;
          const opened = one.report('opened');
          one.tell({ kind: 'open', order });
          await opened;
        }),
      );
      return watchers;
    } catch (error) {
      watchers[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs `puts`, which makes `count` events for each watcher, and waits until all have come. */
  async see(count: number, puts: () => Promise<void>) {
    const expected = this.#processes.map((one) => one.report('expecting'));
    for (const one of this.#processes) {
      one.tell({ kind: 'expect', events: count * this.#watchersEach });
    }
    await Promise.all(expected);
    const all = Promise.all(this.#processes.map(async (one) => (await one.report('seen')) as Seen));
    const [seen] = await Promise.all([all, puts()]);
    return {
      lastMicros: Math.max(...seen.map((one) => one.lastMicros)),
      latenciesMicros: seen.flatMap((one) => [...one.latenciesMicros]),
    };
  }

  [Symbol.dispose](): void {
    for (const one of this.#processes) one.end();
  }
}
