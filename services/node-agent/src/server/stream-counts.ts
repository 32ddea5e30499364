/** How many streams into pods are open: what breaks must bring it back to zero. */
import { Gauge, type Registry as MetricsRegistry } from 'prom-client';

const kinds = ['exec', 'attach', 'portforward', 'http'] as const;
type StreamKind = (typeof kinds)[number];

export interface StreamCounts {
  /** Counts until it is disposed of. */
  count(kind: StreamKind): Disposable;
}

export function createStreamCounts(register: MetricsRegistry): StreamCounts {
  const open = new Gauge({
    name: 'node_agent_streams',
    help: 'Open streams into containers and pods, and connections to the HTTP of the node.',
    labelNames: ['kind'],
    registers: [register],
  });
  for (const kind of kinds) open.set({ kind }, 0);
  return {
    count: (kind) => {
      open.inc({ kind });
      return { [Symbol.dispose]: () => open.dec({ kind }) };
    },
  };
}
