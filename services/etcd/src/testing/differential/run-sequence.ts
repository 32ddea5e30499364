/**
 * Runs one sequence of operations on two clusters side by side and says where they first differ.
 *
 * 1. Both begin with no key, no lease, and the same revision, at which everything is compacted.
 * 2. Before something whose outcome depends on how far a watcher has come (a compaction, a cancel),
 *    every watcher of the past is made to come up to date, in both.
 */
import type { Client } from '@grpc/grpc-js';
import {
  CompactionRequest,
  DeleteRangeRequest,
  KVService,
  LeaseLeasesRequest,
  LeaseRevokeRequest,
  LeaseService,
  PutRequest,
  WatchCancelRequest,
  WatchProgressRequest,
} from '@drydock/proto/etcd';
import { eventually } from '@drydock/testing/eventually';
import { isKnownDifference } from './known-differences.ts';
import {
  callOf,
  isRead,
  revisionOf,
  watchRequest,
  type Operation,
  type TxnOperation,
  type UnaryOperation,
  type WatchOperation,
} from './operations.ts';
import {
  callMethod,
  keepAlive,
  revisionNow,
  type Method,
  type Outcome,
  type Plain,
} from './target.ts';
import { WatchLog } from './watch-log.ts';

/** Ours and theirs; each a client of every member. */
export type Pair = readonly [readonly Client[], readonly Client[]];

export interface Difference {
  readonly at: string;
  readonly ours: Plain;
  readonly theirs: Plain;
}

/**
 * The key of the set-up, deleted at the revision that everything begins at, which is compacted. A watch from
 * there is told of that since 3.4.34 (etcd-io/etcd#18089), and by us; 3.4.23 forgets it.
 */
const unused = 'unused';

/** Undefined when the two clusters agree on everything. */
export async function runSequence(
  pair: Pair,
  operations: readonly Operation[],
): Promise<Difference | undefined> {
  const base = await reset(pair);
  const run = new SequenceRun(pair, base);
  try {
    for (let index = 0; index < operations.length;) {
      let end = index + 1;
      if (isRead(operations[index]!)) {
        while (end < operations.length && isRead(operations[end]!)) end++;
      }
      const group = operations.slice(index, end);
      const differences = await Promise.all(group.map((one, more) => run.step(one, index + more)));
      const first = differences.find((one) => one !== undefined);
      if (first !== undefined) return first;
      index = end;
    }
    return await run.finish();
  } finally {
    run.close();
  }
}

interface LiveWatch {
  readonly id: number;
  readonly operation: WatchOperation;
}

class SequenceRun {
  readonly #pair: Pair;
  readonly #base: number;
  #logs: readonly [WatchLog, WatchLog] | undefined;
  readonly #watches = new Map<number, LiveWatch>();
  #areBehind = false;
  #progressAsked = 0;
  /** Since 3.5.9 progress is told when every watcher is past its start; 3.4 does not look. */
  #isProgressUnsure = false;

  constructor(pair: Pair, base: number) {
    this.#pair = pair;
    this.#base = base;
  }

  close(): void {
    for (const log of this.#logs ?? []) log.close();
  }

  /** Members take turns; where its own state answers, it is made to have everything first. */
  async #clients(index: number, operation: Operation): Promise<readonly [Client, Client]> {
    const [ours, theirs] = this.#pair;
    const clients = [ours[index % ours.length]!, theirs[index % theirs.length]!] as const;
    const isLocal = ['range', 'txn', 'hash'].includes(operation.op);
    if (isLocal && ours.length > 1) await Promise.all(clients.map((client) => revisionNow(client)));
    return clients;
  }

  async step(operation: Operation, index: number): Promise<Difference | undefined> {
    const at = `operation ${index + 1}`;
    const clients = await this.#clients(index, operation);
    switch (operation.op) {
      case 'watch':
        return this.#watch(operation, at);
      case 'cancel':
        return this.#cancel(operation.id, at);
      case 'progress':
        this.#progressAsked++;
        this.#isProgressUnsure ||= await this.#isAnyWaiting();
        for (const log of this.#openLogs()) {
          log.send({ progressRequest: WatchProgressRequest.from({}) });
        }
        return undefined;
      case 'keep-alive':
        return this.#keepAlive(operation.id, clients, at);
      default: {
        if (operation.op === 'compact') {
          const difference = await this.#comeUpToDate(at);
          if (difference !== undefined) return difference;
        }
        const difference = await this.#call(operation, clients, at);
        if (difference === undefined || operation.op !== 'hash') return difference;
        return this.#askAgain(operation, clients, at);
      }
    }
  }

  async #call(
    operation: UnaryOperation,
    clients: readonly [Client, Client],
    at: string,
  ): Promise<Difference | undefined> {
    const { method, request } = callOf(operation, this.#base);
    const [ours, theirs] = await Promise.all(
      clients.map((client) => callMethod(client, method, request)),
    );
    const answers = { ours: ours!, theirs: theirs! };
    return isKnownDifference({ operation, ...answers, base: this.#base })
      ? undefined
      : compare(at, answers.ours, answers.theirs);
  }

  /** The original's checksum is right only once its compaction is done; its own tests ask again, too. */
  async #askAgain(
    operation: UnaryOperation,
    clients: readonly [Client, Client],
    at: string,
  ): Promise<Difference | undefined> {
    let last: Difference | undefined;
    const agree = async () => {
      last = await this.#call(operation, clients, at);
      return last === undefined;
    };
    await eventually('the same checksum', agree, { timeoutMillis: 5_000 }).catch(() => undefined);
    return last;
  }

  async #keepAlive(
    id: number,
    clients: readonly [Client, Client],
    at: string,
  ): Promise<Difference | undefined> {
    const [ours, theirs] = await Promise.all(
      clients.map((client) => keepAlive(client, BigInt(id))),
    );
    return compare(at, ours!, theirs!);
  }

  async finish(): Promise<Difference | undefined> {
    const difference =
      (await this.#comeUpToDate('the end')) ??
      (await this.step({ op: 'hash', revision: 0 }, 0)) ??
      (await this.step({ op: 'range', key: '\0', end: '\0' }, 0));
    if (difference !== undefined || this.#logs === undefined) return difference;
    const isUnsure = this.#isProgressUnsure;
    const progressed = await Promise.all(
      this.#logs.map((log) => log.progressed(isUnsure ? 0 : this.#progressAsked)),
    );
    return (
      (isUnsure ? undefined : compare('progress', progressed[0]!, progressed[1]!)) ??
      compare('what watchers were told', this.#logs[0].told(unused), this.#logs[1].told(unused))
    );
  }

  /** Whether a watcher begins at a revision that is still to come. */
  async #isAnyWaiting(): Promise<boolean> {
    const revision = await revisionNow(this.#pair[0][0]!);
    return [...this.#watches.values()].some(
      ({ operation }) => revisionOf(operation.start, this.#base) > revision,
    );
  }

  #openLogs(): readonly [WatchLog, WatchLog] {
    const [ours, theirs] = this.#pair;
    return (this.#logs ??= [new WatchLog(ours[0]!), new WatchLog(theirs[0]!)]);
  }

  async #watch(operation: WatchOperation, at: string): Promise<Difference | undefined> {
    const request = watchRequest(operation, this.#base);
    await this.#clients(0, { op: 'hash', revision: 0 });
    const [ours, theirs] = await Promise.all(this.#openLogs().map((log) => log.create(request)));
    const difference = compare(at, ours!, theirs!);
    if (difference !== undefined) return difference;
    const id = Number(ours!['watchId']);
    if (ours!['canceled'] !== true) this.#watches.set(id, { id, operation });
    if (request.startRevision !== 0) this.#areBehind = true;
    return undefined;
  }

  async #cancel(id: number, at: string): Promise<Difference | undefined> {
    const difference = await this.#comeUpToDate(at);
    if (difference !== undefined) return difference;
    const isKnown = this.#watches.delete(id);
    const answers = this.#openLogs().map(async (log) => {
      const request = { cancelRequest: WatchCancelRequest.from({ watchId: BigInt(id) }) };
      if (isKnown) return log.cancel(id, request);
      log.send(request);
      return {};
    });
    const [ours, theirs] = await Promise.all(answers);
    return compare(at, ours!, theirs!);
  }

  /**
   * Puts and deletes a key of each watcher, and waits until it has seen that: then it has seen
   * everything before, too.
   */
  async #comeUpToDate(at: string): Promise<Difference | undefined> {
    const isEnd = at === 'the end';
    if (this.#logs === undefined || (!this.#areBehind && !isEnd && this.#watches.size === 0)) {
      return undefined;
    }
    const live = [...this.#watches.values()];
    const keys = [...new Set(live.map(({ operation: { key } }) => (key === '' ? '\0' : key)))];
    const write = (parts: TxnOperation['success']) =>
      this.step({ op: 'txn', success: parts ?? [] }, 0);
    const difference =
      (await write(keys.map((key) => ({ op: 'put', key, value: 'seen?' })))) ??
      (await write(keys.map((key) => ({ op: 'delete', key }))));
    if (difference !== undefined) return difference;
    const revision = await revisionNow(this.#pair[0][0]!);
    for (const { id, operation } of live) {
      const noPut = operation.filters?.includes(0) ?? false;
      const noDelete = operation.filters?.includes(1) ?? false;
      if (noPut && noDelete) continue;
      if (revisionOf(operation.start, this.#base) > revision - (noDelete ? 1 : 0)) continue;
      const [ours, theirs] = await Promise.all(
        this.#logs.map((log) => log.seen(id, noDelete ? revision - 1 : revision, !noDelete)),
      );
      const difference = compare(at, ours!, theirs!);
      if (difference !== undefined) return difference;
    }
    this.#areBehind = false;
    return undefined;
  }
}

function compare(at: string, ours: Outcome, theirs: Outcome): Difference | undefined {
  return JSON.stringify(ours) === JSON.stringify(theirs) && ours['missing'] === undefined
    ? undefined
    : { at, ours, theirs };
}

/**
 * Empties both clusters and compacts them at one revision, which it returns. A cluster that is behind,
 * because an earlier sequence found a difference, is brought up by writes.
 */
async function reset(pair: Pair): Promise<number> {
  const clients = [pair[0][0]!, pair[1][0]!];
  for (const client of clients) await empty(client);
  const revisions = await Promise.all(clients.map((client) => revisionNow(client)));
  const base = Math.max(...revisions) + 1;
  for (const [index, client] of clients.entries()) {
    for (let revision = revisions[index]!; revision < base; revision++) {
      await mustCall(
        client,
        KVService.put as Method,
        PutRequest.from({ key: Buffer.from(unused) }),
      );
    }
    await mustCall(
      client,
      KVService.deleteRange as Method,
      DeleteRangeRequest.from({ key: Buffer.from(unused) }),
    );
    await mustCall(
      client,
      KVService.compact as Method,
      CompactionRequest.from({ revision: base + 1, physical: true }),
    );
  }
  for (const [index, members] of pair.entries()) {
    for (const [at, member] of members.entries()) {
      const name = `member ${at + 1} of ${index === 0 ? 'ours' : 'theirs'}`;
      await eventually(`${name} is at revision ${base + 1}`, async () => {
        const revision = await revisionNow(member);
        if (revision !== base + 1) throw new Error(`it is at ${revision}`);
        return true;
      });
    }
  }
  return base + 1;
}

async function empty(client: Client): Promise<void> {
  const answer = await mustCall(
    client,
    LeaseService.leaseLeases as Method,
    LeaseLeasesRequest.from({}),
  );
  for (const { id } of answer['leases'] as unknown as { id: string }[]) {
    await mustCall(
      client,
      LeaseService.leaseRevoke as Method,
      LeaseRevokeRequest.from({ id: BigInt(id) }),
    );
  }
  const all = Buffer.of(0);
  await mustCall(
    client,
    KVService.deleteRange as Method,
    DeleteRangeRequest.from({ key: all, rangeEnd: all }),
  );
}

async function mustCall(client: Client, method: Method, request: unknown): Promise<Outcome> {
  const outcome = await callMethod(client, method, request);
  if (outcome['code'] !== undefined) {
    throw new Error(`${method.path} failed: ${JSON.stringify(outcome)}`);
  }
  return outcome;
}
