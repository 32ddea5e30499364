/** The scheduler's process: flags, connections, leader election, health. */
import {
  createApiClient,
  createEventRecorder,
  createInformer,
  createLeaderElectionMetrics,
  createLeaderElector,
  resources,
} from '@drydock/client';
import { boolean, duration, list, path, runMain, text } from '@drydock/process';
import { createChannelSet, readTls } from '@drydock/rpc';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { createSchedulerMetrics } from './metrics.ts';
import { defaultPlugins } from './plugins/registry.ts';
import { createScheduler } from './scheduler.ts';

await runMain({
  name: 'scheduler',
  description: 'assigns pods to nodes',
  flags: {
    apiservers: list({ help: 'host:port of each API server' }),
    'tls-cert-file': path({ help: 'certificate of system:kube-scheduler' }),
    'tls-private-key-file': path({ help: 'its private key' }),
    'ca-file': path({ help: "certificate of the cluster's CA" }),
    'leader-elect': boolean({ default: true, help: 'schedule only while holding the lease' }),
    'leader-elect-lease-duration': duration({
      default: 15_000,
      help: 'how long a lease holds that is not renewed',
    }),
    'leader-elect-renew-deadline': duration({
      default: 10_000,
      help: 'how long a leader tries to renew before it stops',
    }),
    'leader-elect-retry-period': duration({ default: 2_000, help: 'pause between attempts' }),
    'leader-elect-identity': text({ default: '', help: 'name in the lease; empty: host and uuid' }),
    'scheduler-name': text({
      default: 'default-scheduler',
      help: 'schedules the pods that name this scheduler',
    }),
  },
  start: async ({ config, clock, random, log, metrics, health, signal, stack }) => {
    const tls = readTls({
      certFile: config['tls-cert-file'],
      keyFile: config['tls-private-key-file'],
      caFile: config['ca-file'],
    });
    const channels = stack.use(
      createChannelSet({ endpoints: config.apiservers, tls, clock, random }),
    );
    const api = createApiClient({ channels, clock, random });
    const powers = { api, clock, random, log };
    const events = stack.use(createEventRecorder({ component: config['scheduler-name'] }, powers));

    const pods = createInformer(
      { resource: resources.pods, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' },
      powers,
    );
    const nodes = createInformer({ resource: resources.nodes }, powers);
    const storage = {
      claims: createInformer({ resource: resources.persistentVolumeClaims }, powers),
      volumes: createInformer({ resource: resources.persistentVolumes }, powers),
      classes: createInformer({ resource: resources.storageClasses }, powers),
    };
    const informers = [pods, nodes, ...Object.values(storage)];
    health.addReadinessCheck('informers-synced', () => {
      const missing = informers.filter((informer) => !informer.hasSynced());
      const names = missing.map((informer) => informer.resource.resource).join(', ');
      return names === '' ? undefined : `not synced yet: ${names}`;
    });

    const scheduler = createScheduler(
      { schedulerName: config['scheduler-name'], plugins: defaultPlugins },
      {
        ...powers,
        events,
        pods,
        nodes,
        storage,
        metrics: createSchedulerMetrics(metrics, () => scheduler.queueLengths),
        mayAct: () => !config['leader-elect'] || elector.isLeader(),
        breathe: () => setImmediate(),
      },
    );
    const elector = createLeaderElector(
      {
        namespace: 'kube-system',
        name:
          config['scheduler-name'] === 'default-scheduler'
            ? 'kube-scheduler'
            : config['scheduler-name'],
        identity: config['leader-elect-identity'] || `${hostname()}_${crypto.randomUUID()}`,
        leaseDurationMillis: config['leader-elect-lease-duration'],
        renewDeadlineMillis: config['leader-elect-renew-deadline'],
        retryPeriodMillis: config['leader-elect-retry-period'],
      },
      { ...powers, events, metrics: createLeaderElectionMetrics(metrics) },
    );

    const following = informers.map((informer) => informer.run(signal));
    const scheduling = config['leader-elect']
      ? elector.run(signal, (leading) => scheduler.run(leading))
      : scheduler.run(signal);
    // Ends before the connections do; a bug in one of them ends the process.
    const all = Promise.all([...following, scheduling]);
    all.catch((error: unknown) => {
      throw error;
    });
    stack.defer(async () => void (await all));
  },
});
