/**
 * A network between named members that loses, delays, reorders, duplicates and cuts.
 *
 * 1. A message is judged twice: when it is sent (loss, duplication, delay) and when it arrives (its
 *    link may be cut by then, its receiver gone).
 * 2. Links have a direction: one can be cut alone.
 */
import type { Millis, PeerNetwork, Random } from '@drydock/ports';
import type { Scheduler } from './scheduler.ts';

export interface SimulatedNetworkOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
}

export interface NetworkConditions {
  /** Probabilities in [0, 1]. */
  loss: number;
  duplication: number;
  /** Of a message that is held back for up to ten times the longest delay. */
  lateness: number;
  delayMin: Millis;
  delayMax: Millis;
}

export interface SimulatedNetwork<Address, Message> {
  readonly conditions: NetworkConditions;
  /** A new endpoint; the one before it with the same address hears nothing more. */
  connect(address: Address): PeerNetwork<Address, Message>;
  disconnect(address: Address): void;
  /** Members in different groups cannot talk; whoever is in no group talks to nobody. */
  partition(groups: readonly (readonly Address[])[]): void;
  cut(from: Address, to: Address): void;
  heal(): void;
  isConnected(from: Address, to: Address): boolean;
}

export function createSimulatedNetwork<Address extends string | number, Message>({
  scheduler,
  random,
}: SimulatedNetworkOptions): SimulatedNetwork<Address, Message> {
  const conditions: NetworkConditions = {
    loss: 0,
    duplication: 0,
    lateness: 0,
    delayMin: 0.5,
    delayMax: 2,
  };
  const receivers = new Map<Address, (from: Address, message: Message) => void>();
  let groups: readonly (readonly Address[])[] | undefined;
  const cuts = new Set<string>();

  const isConnected = (from: Address, to: Address): boolean => {
    if (cuts.has(`${from}>${to}`)) return false;
    if (groups === undefined) return true;
    return groups.some((group) => group.includes(from) && group.includes(to));
  };

  const deliverLater = (from: Address, to: Address, message: Message) => {
    const { delayMin, delayMax, lateness } = conditions;
    let delay = delayMin + random.float() * (delayMax - delayMin);
    if (random.chance(lateness)) delay += random.float() * 10 * delayMax;
    scheduler.schedule(delay, () => {
      if (isConnected(from, to)) receivers.get(to)?.(from, message);
    });
  };

  return {
    conditions,
    connect(address) {
      return {
        send(to, message) {
          if (!isConnected(address, to) || random.chance(conditions.loss)) return;
          deliverLater(address, to, message);
          if (random.chance(conditions.duplication)) deliverLater(address, to, message);
        },
        onMessage: (receive) => receivers.set(address, receive),
      };
    },
    disconnect: (address) => receivers.delete(address),
    partition(parts) {
      groups = parts;
    },
    cut: (from, to) => cuts.add(`${from}>${to}`),
    heal() {
      groups = undefined;
      cuts.clear();
    },
    isConnected,
  };
}
