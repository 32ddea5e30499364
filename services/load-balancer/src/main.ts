/** The load balancer's process: one address for the apiservers, and node ports on every node. */
import { integer, list, port, runMain, text } from '@drydock/process';
import { Gauge } from 'prom-client';
import { createBalancer, type Balancer, type BalancerOptions } from './balancer.ts';

await runMain({
  name: 'load-balancer',
  description: 'forwards TCP to the apiservers and to node ports',
  flags: {
    'bind-address': text({ default: '0.0.0.0', help: 'address to listen on' }),
    'secure-port': port({ default: 6443, help: 'port for the apiservers' }),
    apiservers: list({ help: 'host:port of each apiserver' }),
    'node-ports': list({ default: [], help: 'ports forwarded to the same port of the nodes' }),
    nodes: list({ default: [], help: 'names of the nodes' }),
    'connections-max': integer({ default: 8192, min: 1, help: 'bound on connections a port' }),
  },
  start: async ({ config, clock, log, stack, health, metrics }) => {
    const host = config['bind-address'];
    const connectionsMax = config['connections-max'];
    const forwards: BalancerOptions[] = [
      {
        listen: { host, port: config['secure-port'] },
        backends: config.apiservers,
        check: 'tls',
        connectionsMax,
      },
      ...config['node-ports'].map((nodePort) => ({
        listen: { host, port: Number(nodePort) },
        backends: config.nodes.map((node) => `${node}:${nodePort}`),
        check: 'tcp' as const,
        connectionsMax,
      })),
    ];
    const balancers: Balancer[] = [];
    for (const forward of forwards) {
      if (forward.backends.length === 0) throw new Error('node ports need --nodes to forward to');
      balancers.push(stack.use(await createBalancer(forward, { clock, log })));
    }
    const [apiservers] = balancers;
    health.addReadinessCheck('apiservers', () =>
      apiservers!.backends().some((backend) => backend.healthy)
        ? undefined
        : 'no apiserver accepts connections',
    );
    const gauge = new Gauge({
      name: 'drydock_load_balancer_connections',
      help: 'Connections open to a backend',
      labelNames: ['backend'],
      registers: [metrics],
      collect: () => {
        for (const { address, connections } of balancers.flatMap((one) => one.backends())) {
          gauge.set({ backend: address }, connections);
        }
      },
    });
  },
});
