/** Memory servers, a clock and a client in one, as most tests want them. */
import { createSeededRandom, silentLogger, type Logger, type Random } from '@drydock/ports';
import type { ManualClock } from '@drydock/testing/manual-clock';
import { createApiClient, type ApiClient } from '../api.ts';
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
    createApiClient({ channels: createMemoryChannels(servers, clock), clock, random });
  return { clock, random, log: silentLogger, store, servers, api: connect(), connect };
}
