/**
 * Node agents for integration tests, through the API alone: they renew leases, take unassigned pods
 * in turn, make them ready, and confirm deletions. One that is stopped does nothing at all.
 */
import { isPodReady, type Node, type Pod } from '@drydock/api';
import { isConflict, isNotFound, resources, type ApiClient } from '@drydock/client';
import { isPodFinished } from '@drydock/api';

export class ToyKubelets {
  readonly #api: ApiClient;
  readonly #names: readonly string[];
  readonly #stopped = new Set<string>();
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #turn = 0;

  constructor(api: ApiClient, names: readonly string[]) {
    this.#api = api;
    this.#names = names;
    this.#running = this.#run();
  }

  stop(name: string): void {
    this.#stopped.add(name);
  }

  restart(name: string): void {
    this.#stopped.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const name of this.#names) await this.#register(name);
    while (!this.#over.signal.aborted) {
      await this.#round().catch((error: unknown) => {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      });
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  }

  async #register(name: string): Promise<void> {
    const node = { metadata: { name }, spec: {}, status: readyStatus() };
    const created = await this.#api.create(resources.nodes, node);
    await this.#api.updateStatus(resources.nodes, { ...created, status: readyStatus() });
    const lease = { metadata: { namespace: 'kube-node-lease', name }, spec: {} };
    await this.#api.create(resources.leases, lease);
  }

  async #round(): Promise<void> {
    const alive = this.#names.filter((name) => !this.#stopped.has(name));
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    for (const name of alive) {
      const place = { namespace: 'kube-node-lease', name };
      const value = { spec: { renewTime } };
      await this.#api.patch(resources.leases, place, { type: 'merge', value });
      const node = await this.#api.get(resources.nodes, { name });
      const isReady = node.status.conditions?.some((one) => one.status === 'True');
      if (isReady !== true) {
        await this.#api.updateStatus(resources.nodes, { ...node, status: readyStatus() });
      }
    }
    const { items } = await this.#api.list(resources.pods);
    for (const pod of items) await this.#care(pod, alive);
  }

  async #care(pod: Pod, alive: readonly string[]): Promise<void> {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) {
      const name = alive[this.#turn++ % alive.length];
      if (name !== undefined) await this.#api.bind(pod, name);
      return;
    }
    if (!alive.includes(nodeName)) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      const { uid } = pod.metadata;
      await this.#api.delete(resources.pods, pod.metadata, { uid, gracePeriodSeconds: 0 });
    } else if (!isPodReady(pod) && !isPodFinished(pod)) {
      const podIP = `10.244.1.${1 + (this.#turn++ % 250)}`;
      const status: Pod['status'] = {
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() },
        ],
      };
      await this.#api.updateStatus(resources.pods, { ...pod, status });
    }
  }
}

function readyStatus(): Node['status'] {
  const now = new Date().toISOString();
  return {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
  };
}
