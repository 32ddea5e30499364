/** Metrics without a state of their own: the value is asked for whenever somebody collects them. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface AskedMetrics {
  gauge(this: void, name: string, help: string, value: () => number): void;
  /** `value` never falls while the process lives. */
  counter(this: void, name: string, help: string, value: () => number): void;
}

export function createAskedMetrics(registry: Registry): AskedMetrics {
  const registers = [registry];
  return {
    gauge: (name, help, value) => {
      void new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    },
    counter: (name, help, value) => {
      void new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    },
  };
}
