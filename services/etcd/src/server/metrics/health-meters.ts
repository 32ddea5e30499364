/** How often health was asked for, and what it was. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface HealthMeters {
  /** /health was answered. */
  asked(isHealthy: boolean): void;
  /** A check of /livez or /readyz was run. */
  checked(type: string, name: string, isGood: boolean): void;
}

export function createHealthMeters(registry: Registry): HealthMeters {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const success = counter('etcd_server_health_success', 'successful health checks');
  const failures = counter('etcd_server_health_failures', 'failed health checks');
  const last = new Gauge({
    name: 'etcd_server_healthcheck',
    help: 'the result of each kind of health check: 1 is good',
    labelNames: ['type', 'name'],
    registers,
  });
  const total = new Counter({
    name: 'etcd_server_healthchecks_total',
    help: 'health checks of each kind',
    labelNames: ['type', 'name', 'status'],
    registers,
  });
  return {
    asked: (isHealthy) => (isHealthy ? success : failures).inc(),
    checked: (type, name, isGood) => {
      last.set({ type, name }, isGood ? 1 : 0);
      total.inc({ type, name, status: isGood ? 'success' : 'error' });
    },
  };
}
