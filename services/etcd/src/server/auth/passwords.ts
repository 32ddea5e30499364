/**
 * Passwords and their bcrypt hashes, worked on by a thread that is started when it is first needed.
 *
 * 1. One after the other; who comes when too many wait is told so at once.
 * 2. Whatever becomes of the thread, everybody who waits gets an answer.
 */
import { Worker } from 'node:worker_threads';
import { authFailures } from '../../auth/failures.ts';
import { failures, type Failure } from '../../mvcc/failure.ts';
import type { PasswordOrder, PasswordReport } from './password-protocol.ts';

export interface Passwords extends AsyncDisposable {
  /** Passwords beyond 72 bytes are refused: bcrypt would ignore the rest. */
  hash(password: string): Promise<Buffer | Failure>;
  /** A hash that is none fits nothing. */
  fits(password: string, hash: Uint8Array): Promise<boolean | Failure>;
}

const passwordBytesMax = 72;
const waitingMax = 500;

/** What an order needs beside its number. */
type Task =
  | Omit<Extract<PasswordOrder, { kind: 'hash' }>, 'id'>
  | Omit<Extract<PasswordOrder, { kind: 'compare' }>, 'id'>;

interface Waiting {
  readonly resolve: (report: PasswordReport | Failure) => void;
}

/** `cost` is bcrypt's, 4 to 31: each step doubles the work. */
export function createPasswords(options: { readonly cost: number }): Passwords {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let nextId = 0;
  let isClosed = false;

  const giveUp = (failure: Failure) => {
    worker = undefined;
    for (const { resolve } of waiting.values()) resolve(failure);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./password-worker.ts', import.meta.url), {
      name: 'passwords',
    });
    started.unref();
    started.on('message', (report: PasswordReport) => {
      waiting.get(report.id)?.resolve(report);
      waiting.delete(report.id);
    });
    // The next order starts another one.
    started.on('error', () => {
      if (worker === started) giveUp(failures.stopped);
    });
    return started;
  };
  const ask = (task: Task): Promise<PasswordReport | Failure> => {
    if (isClosed) return Promise.resolve(failures.stopped);
    if (waiting.size >= waitingMax) return Promise.resolve(failures.tooManyRequests);
    worker ??= start();
    const { promise, resolve } = Promise.withResolvers<PasswordReport | Failure>();
    const id = nextId++;
    waiting.set(id, { resolve });
    worker.postMessage({ ...task, id } satisfies PasswordOrder, []);
    return promise;
  };

  return {
    hash: async (password) => {
      if (Buffer.byteLength(password) > passwordBytesMax) return authFailures.passwordTooLong;
      const report = await ask({ kind: 'hash', password, cost: options.cost });
      if (report.kind === 'failure') return report;
      if (report.kind === 'hash') return Buffer.from(report.hash);
      throw new Error(`cannot hash a password: ${reasonOf(report)}`);
    },
    fits: async (password, hash) => {
      const text = Buffer.from(hash).toString('latin1');
      if (!isHash(text)) return false;
      const report = await ask({ kind: 'compare', password, hash: text });
      if (report.kind === 'failure') return report;
      if (report.kind === 'compare') return report.isEqual;
      throw new Error(`cannot check a password: ${reasonOf(report)}`);
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      const stopping = worker;
      giveUp(failures.stopped);
      await stopping?.terminate();
    },
  };
}

/** The original accepts every minor version. */
const isHash = (text: string): boolean => /^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);

const reasonOf = (report: PasswordReport): string =>
  report.kind === 'failed' ? report.message : 'the thread gave the answer to another question';
