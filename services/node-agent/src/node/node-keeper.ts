/**
 * Keeps the node's object and its heartbeat (kubelet's node status and node lease).
 *
 * 1. The node is registered once, at the start; if it exists, its labels and status are brought up to
 *    date and its podCIDR, taints and the rest stay.
 * 2. The status is looked at every 10 s, and at once when readiness changes; it is sent when it
 *    changed, or after 5 min.
 * 3. The lease is renewed every 10 s whether or not the status can be sent.
 */
import { formatMicroTime, type Lease, type Node, type NodeStatus } from '@drydock/api';
import {
  isAlreadyExists,
  isNotFound,
  resources,
  type ApiClient,
  type EventRecorder,
} from '@drydock/client';
import type { Clock, Logger, Millis } from '@drydock/ports';
import {
  nodeEvents,
  nodeLabels,
  nodeStatus,
  saysTheSame,
  type MachineFacts,
} from './node-status.ts';

const statusMillis: Millis = 10_000;
const reportMillis: Millis = 300_000;
const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const renewMillis: Millis = 10_000;
const retryMillisMin: Millis = 100;
const retryMillisMax: Millis = 7_000;

export interface NodeKeeperOptions {
  readonly nodeName: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface NodeKeeperPowers {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  /** The machine as it is now. */
  readonly facts: () => Promise<MachineFacts>;
  /** Why pods cannot run here. */
  readonly problems: () => readonly string[];
}

export interface NodeKeeper {
  /** Resolves when the node is registered; goes on until the signal aborts. */
  start(signal: AbortSignal): Promise<void>;
  /** Something that the status tells of has changed. */
  refresh(): void;
}

export function createNodeKeeper(
  { nodeName, labels }: NodeKeeperOptions,
  { api, clock, log, recorder, facts, problems }: NodeKeeperPowers,
): NodeKeeper {
  let node: Node | undefined;
  let reportedAt = 0;
  let wake: (() => void) | undefined;
  let isStale = false;

  const statusNow = async (): Promise<NodeStatus> =>
    nodeStatus({
      nodeName,
      facts: await facts(),
      problems: problems(),
      former: node?.status,
      wallTime: clock.wallTime(),
    });

  const register = async (signal: AbortSignal): Promise<void> => {
    const machine = await facts();
    const metadata = { name: nodeName, labels: nodeLabels(nodeName, machine.architecture, labels) };
    const status = await statusNow();
    try {
      node = await api.create(resources.nodes, { metadata, spec: {}, status }, { signal });
      for (const event of nodeEvents(nodeName, undefined, status)) recorder.record(node, event);
      reportedAt = clock.now();
      // What creating does not take of a status is sent after it.
      if (!saysTheSame(node.status, status)) await send(status, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const value = { metadata: { labels: metadata.labels } };
      node = await api.patch(
        resources.nodes,
        { name: nodeName },
        { type: 'strategic', value },
        { signal },
      );
      await report(signal, true);
    }
    recorder.record(node, { type: 'Normal', reason: 'Starting', message: 'Starting kubelet.' });
    log.info({ uid: node.metadata.uid }, 'registered');
  };

  const send = async (status: NodeStatus, signal: AbortSignal) => {
    node = await api.patch(
      resources.nodes,
      { name: nodeName },
      { type: 'strategic', value: { status } },
      { subresource: 'status', signal },
    );
    reportedAt = clock.now();
  };

  const report = async (signal: AbortSignal, always = false) => {
    // Others change conditions too, when they think that the node is lost.
    node = await api.get(resources.nodes, { name: nodeName }, { signal });
    const status = await statusNow();
    const isDue = clock.now() - reportedAt >= reportMillis;
    if (!always && !isDue && saysTheSame(node.status, status)) return;
    const events = nodeEvents(nodeName, node, status);
    await send(status, signal);
    for (const event of events) recorder.record(node, event);
  };

  const keepStatus = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await pause(signal);
      isStale = false;
      await report(signal).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'cannot update the node status');
      });
    }
  };
  /** Until the next look at the status: ten seconds, or a change. */
  const pause = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (isStale || signal.aborted) return resolve();
      const end = () => {
        timer.cancel();
        wake = undefined;
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.setTimer(statusMillis, end);
      wake = end;
      signal.addEventListener('abort', end, { once: true });
    });

  const keepLease = async (signal: AbortSignal) => {
    let lease: Lease | undefined;
    while (!signal.aborted) {
      const begun = clock.now();
      try {
        lease = await renew(lease, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, 'cannot renew the node lease');
        lease = undefined;
      }
      const pauseMillis = lease === undefined ? retryMillisMax : renewMillis;
      const left = Math.max(0, pauseMillis - (clock.now() - begun));
      await clock.sleep(left, { signal }).catch(() => undefined);
    }
  };
  const renew = async (known: Lease | undefined, signal: AbortSignal): Promise<Lease> => {
    const name = { namespace: leaseNamespace, name: nodeName };
    const options = { signal, timeoutMillis: renewMillis };
    const renewTime = formatMicroTime(clock.wallTime());
    const held = { holderIdentity: nodeName, leaseDurationSeconds: leaseSeconds, renewTime };
    try {
      const current = known ?? (await api.get(resources.leases, name, options));
      const spec = { ...current.spec, ...held };
      return await api.update(resources.leases, { ...current, spec }, options);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const uid = node!.metadata.uid ?? '';
      const owner = { apiVersion: 'v1', kind: 'Node', name: nodeName, uid };
      const metadata = { ...name, ownerReferences: [owner] };
      return await api.create(resources.leases, { metadata, spec: held }, options);
    }
  };

  return {
    start: async (signal) => {
      let delay = retryMillisMin;
      for (;;) {
        try {
          await register(signal);
          break;
        } catch (error) {
          signal.throwIfAborted();
          log.warn({ err: error }, 'cannot register the node; will try again');
          await clock.sleep(delay, { signal });
          delay = Math.min(delay * 2, retryMillisMax);
        }
      }
      void keepStatus(signal);
      void keepLease(signal);
    },
    refresh: () => {
      isStale = true;
      wake?.();
    },
  };
}
