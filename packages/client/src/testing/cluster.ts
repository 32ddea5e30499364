/** Memory servers, a clock and a client in one, as most tests want them. */
import { createSeededRandom, silentLogger, type Logger, type Random } from '@drydock/ports';
import type { ManualClock } from '@drydock/testing/manual-clock';
import type { KubernetesObject } from '@drydock/api';
import { createApiClient, type ApiClient } from '../api.ts';
import type { WatchEvent } from '../watch.ts';
import { createMemoryChannels } from './memory-channels.ts';
import { createMemoryServer, type MemoryServer } from './memory-server.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

export interface MemoryCluster {
  readonly clock: ManualClock;
  readonly random: Random;
  readonly log: Logger;
  readonly store: MemoryStore;
  /** Equal servers over the one store. */
  readonly servers: readonly [MemoryServer, MemoryServer];
  readonly api: ApiClient;
  /** Another client, with a connection of its own. */
  connect(): ApiClient;
}

export function createMemoryCluster(clock: ManualClock, seed = 1): MemoryCluster {
  const random = createSeededRandom(seed);
  const store = createMemoryStore(clock);
  const servers = [createMemoryServer(store), createMemoryServer(store)] as const;
  const connect = () =>
    freezing(createApiClient({ channels: createMemoryChannels(servers, clock), clock, random }));
  return { clock, random, log: silentLogger, store, servers, api: connect(), connect };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/** Lists and watches fill shared stores: whoever changes one of their objects must fail in a test. */
function freezing(api: ApiClient): ApiClient {
  async function* frozenEvents<T>(events: AsyncIterable<WatchEvent<T>>) {
    for await (const event of events) yield deepFreeze(event);
  }
  return {
    ...api,
    list: async <T extends KubernetesObject>(...call: Parameters<ApiClient['list']>) => {
      const answer = await api.list(...call);
      answer.items.forEach(deepFreeze);
      return answer as { items: T[]; resourceVersion: number };
    },
    watch: (...call) => frozenEvents(api.watch(...call)),
  };
}
