/** A replica's network over the simulated one: messages, and snapshots that stream beside them. */
import type { Random } from '@drydock/ports';
import type { SimulatedNetwork, SimulatedProcess } from '@drydock/testing/simulation';
import { decodeMessages, encodeMessages } from '../raft/codec.ts';
import type { MemberId, Message, ReplicaNetwork, SnapshotMessage } from '../replica/types.ts';

type ReceiveSnapshot = (message: SnapshotMessage, body: AsyncIterable<Uint8Array>) => Promise<void>;

/** Where each member that is up takes snapshots. */
export type SnapshotReceivers = Map<MemberId, ReceiveSnapshot>;

interface NetworkParts {
  readonly network: SimulatedNetwork<MemberId, Message>;
  readonly snapshots: SnapshotReceivers;
  readonly random: Random;
}

/** How long a sender waits for the receiver's answer. */
const snapshotTimeoutMillis = 5_000;

export function createReplicaNetwork(
  id: MemberId,
  process: SimulatedProcess,
  { network, snapshots, random }: NetworkParts,
): ReplicaNetwork {
  const endpoint = network.connect(id);
  return {
    send(to, message) {
      if (!process.isAlive) return;
      // Now and then the message takes its binary form, so that the codec is part of the run.
      const sent = random.chance(0.05) ? decodeMessages(encodeMessages([message]))[0]! : message;
      endpoint.send(to, sent);
    },
    // Messages of the simulation are on their way at once.
    flush: () => {},
    linkTo: () => undefined,
    onMessage: (receive) =>
      endpoint.onMessage((from, message) => process.receive(() => receive(from, message))),
    async sendSnapshot(to, message, body) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      await process.clock.sleep(random.between(1, 20));
      const receive = snapshots.get(to);
      if (!process.isAlive || receive === undefined || !network.isConnected(id, to)) {
        throw new Error('the peer is unreachable');
      }
      await Promise.race([
        receive(message, replay(chunks)),
        process.clock.sleep(snapshotTimeoutMillis),
      ]);
    },
    onSnapshot: (receive) => {
      snapshots.set(id, (message, body) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        process.receive(() => {
          process.touchPromises();
          receive(message, body).then(resolve, reject);
        });
        return promise;
      });
    },
  };
}

async function* replay(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}
