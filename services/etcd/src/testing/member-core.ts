/**
 * A member of one without ports: the real replica, state machine and watch hub over a folder of its
 * own, for tests that call services as functions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom, silentLogger } from '@drydock/ports';
import { createSystemClock, createSystemDisk } from '@drydock/process';
import { eventually } from '@drydock/testing/eventually';
import { Registry } from 'prom-client';
import type { ClusterMember } from '../membership/members.ts';
import { createMemoryBackend } from '../mvcc/memory-backend.ts';
import { WatchHub } from '../mvcc/watch-hub.ts';
import { createReplica } from '../replica/mod.ts';
import { createAuthenticator } from '../server/auth/authenticator.ts';
import type { MemberCore } from '../server/core.ts';
import type { CallInfo, MessageStream } from '../server/grpc.ts';
import { MemberMeters } from '../server/metrics/member-meters.ts';
import { EtcdStateMachine } from '../server/state-machine.ts';

export interface TestCore extends AsyncDisposable {
  readonly core: MemberCore;
}

const self: ClusterMember = {
  id: 1,
  name: 'lonely',
  peerUrls: ['http://localhost:2380'],
  clientUrls: ['http://localhost:2379'],
  isLearner: false,
};

/** Resolves when the member leads. */
export async function startTestCore(): Promise<TestCore> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'etcd-core-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const clock = createSystemClock();
  const random = createSeededRandom(1);
  const fail = (error: Error) => {
    throw error;
  };
  const later: { hub?: WatchHub } = {};
  const state = new EtcdStateMachine({
    backend: createMemoryBackend({ commitAtOnce: true }),
    clock,
    leaseTtlMin: 1,
    foundingMembers: [self],
    onRevision: (revision) => later.hub?.onRevision(revision),
  });
  const loop = { defer: (run: () => void) => void setImmediate(run), now: () => performance.now() };
  const hub = new WatchHub(state.store, loop);
  later.hub = hub;
  await state.open(fail);
  starting.defer(() => state.close());
  const replica = starting.use(
    await createReplica(
      {
        clock,
        random,
        disk: createSystemDisk(folder),
        network: {
          send: () => {},
          flush: () => {},
          linkTo: () => undefined,
          onMessage: () => {},
          sendSnapshot: () => Promise.reject(new Error('there are no others')),
          onSnapshot: () => {},
        },
        logger: silentLogger,
        stateMachine: state,
        defer: (run) => void setImmediate(run),
      },
      { id: self.id, voters: [self.id], folder: 'log', clusterId: 7n, electionTimeout: 500 },
    ),
  );
  await eventually('the member leads', () => replica.isLeader());
  state.lessor.promote(clock.now(), 0);
  const core: MemberCore = {
    clusterId: 7,
    memberId: self.id,
    state,
    replica,
    hub,
    loop,
    auth: createAuthenticator({
      store: state.auth,
      simpleTokens: state.tokens,
      appliedIndex: () => state.appliedIndex,
      clock,
      tokens: { kind: 'simple' },
      trustsCertificates: false,
    }),
    clock,
    random,
    log: silentLogger,
    limits: { requestBytesMax: 1_572_864, txnOpsMax: 128, quotaBytes: 2 ** 31 },
    meters: new MemberMeters(new Registry()),
    electionTimeout: 500,
    watchProgressInterval: 600_000,
  };
  const running = starting.move();
  return { core, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

export const plainCall: CallInfo = {
  requireLeader: false,
  clusterId: '',
  memberId: '',
  token: undefined,
  authorization: undefined,
  isForwarded: false,
  commonName: undefined,
};

export interface TestAsker {
  readonly hasRoom: boolean;
  onGone(listener: () => void): void;
  /** The client gives up. */
  leave(): void;
}

export function createTestAsker(): TestAsker {
  let gone = () => {};
  return {
    hasRoom: true,
    onGone: (listener) => {
      gone = listener;
    },
    leave: () => gone(),
  };
}

export interface TestStream {
  readonly stream: MessageStream;
  readonly sent: readonly Buffer[];
  /** Undefined while it is open. */
  readonly end: 'ended' | 'failed' | 'closed' | undefined;
  receive(message: Buffer): void;
  /** The client ends its side. */
  finish(): void;
  close(): void;
}

/** A stream whose other side is the test. */
export function createTestStream(call: CallInfo = plainCall): TestStream {
  const sent: Buffer[] = [];
  let end: TestStream['end'];
  let onMessage = (_message: Buffer) => {};
  let onClose = () => {};
  let onEnd = () => {};
  const over = (how: TestStream['end']) => {
    if (end !== undefined) return;
    end = how;
    onClose();
  };
  return {
    stream: {
      call,
      get isReady() {
        return end === undefined;
      },
      get isClosed() {
        return end !== undefined;
      },
      onMessage: (listener) => {
        onMessage = listener;
      },
      onEnd: (listener) => {
        onEnd = listener;
      },
      onClose: (listener) => {
        onClose = listener;
      },
      onReady: () => {},
      send: (message) => void sent.push(message),
      sendInTwo: (head, tail) => void sent.push(Buffer.concat([head, tail])),
      pause: () => {},
      resume: () => {},
      end: () => over('ended'),
      fail: () => over('failed'),
    },
    sent,
    get end() {
      return end;
    },
    receive: (message) => onMessage(message),
    finish: () => onEnd(),
    close: () => over('closed'),
  };
}
