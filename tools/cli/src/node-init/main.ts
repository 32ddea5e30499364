/**
 * The init of a node's container: the container is the machine, this is its first process.
 *
 * 1. Every start of the container is a boot: it writes a new boot id, by which the node-agent knows
 *    that the pods it remembers died with the machine.
 * 2. node-agent and kube-proxy are processes of their own; the death of one is no machine death, and
 *    only that one is started again.
 * 3. SIGTERM is the machine going down: with a shutdown grace period the node-agent first ends its pods
 *    (SIGPWR tells it so); then both are stopped.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createSupervisor,
  duration,
  list,
  path,
  port,
  runMain,
  text,
  type ChildSpec,
} from '@drydock/process';

const service = (name: string) =>
  join(import.meta.dirname, '../../../../services', name, 'src/main.ts');

/** What processes get to stop. */
const stopMillis = 10_000;

await runMain({
  name: 'node-init',
  description: 'runs node-agent and kube-proxy, and starts again what dies',
  flags: {
    'node-name': text({ help: 'name of the node' }),
    apiservers: list({ help: 'host:port of each apiserver’s gRPC' }),
    'cluster-name': text({ default: 'drydock', help: 'name of the cluster' }),
    'node-labels': list({ default: [], help: 'labels of the node, key=value' }),
    'pki-folder': path({ default: '/etc/kubernetes/pki', help: 'certificates of the node' }),
    'docker-socket': path({ default: '/var/run/docker.sock', help: 'socket of the engine' }),
    'boot-id-file': path({ default: '/run/drydock/boot-id', help: 'written at every start' }),
    'pod-manifest-path': path({
      default: '/var/lib/drydock/manifests',
      help: 'folder of static pods, on a volume of the node',
    }),
    'shutdown-grace-period': duration({
      default: 0,
      help: 'what pods get to end when the machine goes down; 0: nothing waits for them',
    }),
    'shutdown-grace-period-critical-pods': duration({
      default: 0,
      help: 'of that, what is kept for critical pods',
    }),
    'node-agent-health-port': port({ default: 10248, help: 'loopback port of node-agent' }),
    'kube-proxy-health-port': port({ default: 10256, help: 'loopback port of kube-proxy' }),
  },
  start: async ({ config, clock, log, stack, health }) => {
    const bootId = randomUUID();
    mkdirSync(dirname(config['boot-id-file']), { recursive: true });
    writeFileSync(config['boot-id-file'], `${bootId}\n`);
    log.info({ bootId }, 'booted');

    const common = (certificate: string, healthPort: number) => [
      ...flag('node-name', config['node-name']),
      ...flag('apiservers', config.apiservers.join(',')),
      ...flag('ca-file', join(config['pki-folder'], 'ca.crt')),
      ...flag('tls-cert-file', join(config['pki-folder'], `${certificate}.crt`)),
      ...flag('tls-private-key-file', join(config['pki-folder'], `${certificate}.key`)),
      ...flag('health-port', String(healthPort)),
      ...flag('log-level', config['log-level']),
      ...flag('time-scale', String(config['time-scale'])),
    ];
    const child = (name: string, args: readonly string[]): ChildSpec => ({
      name,
      command: process.execPath,
      args: [service(name), ...args],
    });
    const shutdownMillis = config['shutdown-grace-period'];
    const supervisor = stack.use(
      createSupervisor(
        {
          stopGrace: shutdownMillis + stopMillis,
          children: [
            child('node-agent', [
              ...common('kubelet', config['node-agent-health-port']),
              ...flag('cluster-name', config['cluster-name']),
              ...flag('node-labels', config['node-labels'].join(',')),
              ...flag('container-runtime', 'docker'),
              ...flag('docker-socket', config['docker-socket']),
              ...flag('boot-id-file', config['boot-id-file']),
              ...flag('pod-manifest-path', config['pod-manifest-path']),
              ...flag('shutdown-grace-period', `${shutdownMillis}ms`),
              ...flag(
                'shutdown-grace-period-critical-pods',
                `${config['shutdown-grace-period-critical-pods']}ms`,
              ),
            ]),
            child('kube-proxy', common('kube-proxy', config['kube-proxy-health-port'])),
          ],
        },
        { clock, log },
      ),
    );
    // Undone before the supervisor is: the network of the pods stays up while these end.
    stack.defer(async () => {
      if (shutdownMillis > 0) await supervisor.stopChild('node-agent', 'SIGPWR');
    });
    health.addReadinessCheck('children', () => {
      const dead = supervisor.status().filter((one) => one.state !== 'running');
      return dead.length === 0
        ? undefined
        : `not running: ${dead.map((one) => one.name).join(', ')}`;
    });
  },
});

function flag(name: string, value: string): readonly string[] {
  return value === '' ? [] : [`--${name}`, value];
}
