/** The application of the experiments, its Service, and a client that counts failed requests. */
import type { Cluster } from './cluster.ts';
import { eventually } from '@drydock/testing/eventually';

export interface WebOptions {
  readonly name: string;
  readonly replicas: number;
  readonly nodePort: number;
  /** drydock-demo:1 or :2. */
  readonly image?: string;
  /** Seconds of cluster time; upstream's default is 300. */
  readonly tolerationSeconds?: number;
}

const image = 'drydock-demo:1';

export async function deployWeb(cluster: Cluster, options: WebOptions): Promise<void> {
  const labels = { app: options.name };
  const toleration = (key: string) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: options.tolerationSeconds ?? 300,
  });
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: options.name, labels },
        spec: {
          replicas: options.replicas,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              terminationGracePeriodSeconds: 30,
              tolerations: [
                toleration('node.kubernetes.io/not-ready'),
                toleration('node.kubernetes.io/unreachable'),
              ],
              containers: [
                {
                  name: 'web',
                  image: options.image ?? image,
                  ports: [{ name: 'http', containerPort: 8080 }],
                  // Long enough for a kube-proxy on a machine that is short of processor time.
                  env: [{ name: 'DRAIN_SECONDS', value: '8' }],
                  readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
                  resources: { requests: { cpu: '10m', memory: '16Mi' } },
                },
              ],
            },
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: options.name, labels },
        spec: {
          type: 'NodePort',
          selector: labels,
          ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: options.nodePort }],
        },
      },
    ],
  });
}

export async function removeWeb(cluster: Cluster, name: string): Promise<void> {
  await cluster.kubectl('delete', 'deployment,service', name, '--ignore-not-found');
  await eventually(
    `the pods of ${name} are gone`,
    async () => (await cluster.list('pods', '-l', `app=${name}`)).length === 0,
    { timeoutMillis: cluster.deadline(60_000), intervalMillis: 300 },
  );
}

/** The address of a node's container on the cluster's network. */
export async function addressOf(cluster: Cluster, part: string): Promise<string> {
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  return (await cluster.docker('inspect', '--format', format, cluster.container(part))).trim();
}

export interface LoadReport {
  readonly succeeded: number;
  readonly failures: readonly string[];
  /** Answers by the pod that gave them. */
  readonly pods: ReadonlyMap<string, number>;
}

export interface Load {
  /** Answers so far. */
  readonly succeeded: number;
  stop(): Promise<LoadReport>;
}

/**
 * Requests one after another, each on a connection of its own, until stopped. They begin when the first
 * one is answered: pods are ready before the proxy of every node has heard of it.
 */
export async function startLoad(url: string, options: { timeoutMillis: number }): Promise<Load> {
  await eventually(`an answer from ${url}`, async () => (await fetch(url)).ok);
  const stopped = new AbortController();
  const failures: string[] = [];
  const pods = new Map<string, number>();
  let succeeded = 0;
  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        const response = await fetch(url, {
          headers: { connection: 'close' },
          signal: AbortSignal.timeout(options.timeoutMillis),
        });
        const body = await response.text();
        if (!response.ok) throw new Error(`${response.status} ${body}`);
        succeeded++;
        const pod = /^pod[:=]\s*(\S+)$/m.exec(body)?.[1] ?? body.trim();
        pods.set(pod, (pods.get(pod) ?? 0) + 1);
      } catch (error) {
        const cause = (error as Error).cause;
        const reason = cause instanceof Error ? `: ${cause.message}` : '';
        failures.push(`${new Date().toISOString()} ${(error as Error).message}${reason}`);
        await new Promise((resolve) => {
          setTimeout(resolve, 100);
        });
      }
    }
  };
  const running = run();
  return {
    get succeeded() {
      return succeeded;
    },
    stop: async () => {
      stopped.abort();
      await running;
      return { succeeded, failures, pods };
    },
  };
}
