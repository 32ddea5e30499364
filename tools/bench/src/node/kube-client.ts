/** As much of a Kubernetes client as the measurement needs: requests, and a watch of pods. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

interface PodNews {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: { readonly phase?: string };
  };
}

export interface KubeClient extends Disposable {
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Milliseconds (performance.now) at which the pod was first seen in the phase, or gone. */
  until(name: string, phase: 'Running' | 'Gone'): Promise<number>;
}

/** A kubeconfig that the command line tool wrote: one cluster, one user, certificates inside. */
function readKubeconfig(file: string) {
  const text = readFileSync(file, 'utf8');
  const field = (name: string): string => {
    const value = new RegExp(`${name}: *"?([^\\s"]+)`).exec(text)?.[1];
    if (value === undefined) throw new Error(`${file} has no ${name}`);
    return value;
  };
  const pem = (name: string) => Buffer.from(field(name), 'base64');
  return {
    server: new URL(field('server')),
    ca: pem('certificate-authority-data'),
    cert: pem('client-certificate-data'),
    key: pem('client-key-data'),
  };
}

export async function openKubeClient(kubeconfig: string): Promise<KubeClient> {
  const { server, ...tls } = readKubeconfig(kubeconfig);
  const agent = new Agent({ keepAlive: true, ...tls });
  const place = { hostname: server.hostname, port: server.port, agent };
  const seen = new Map<string, number>();
  const waiters = new Map<string, (at: number) => void>();
  const note = ({ type, object }: PodNews) => {
    const now = performance.now();
    const phase = type === 'DELETED' ? 'Gone' : object.status.phase;
    const key = `${object.metadata.name} ${phase ?? ''}`;
    if (seen.has(key)) return;
    seen.set(key, now);
    waiters.get(key)?.(now);
  };
  const call = <Answer>(method: string, path: string, body?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      // A DELETE gets no length by itself, and its body would be taken for another request.
      const headers =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const asked = request({ ...place, method, path, headers }, (answer) => {
        let received = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (received += piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const { statusCode = 0 } = answer;
          if (statusCode < 400) resolve(JSON.parse(received) as Answer);
          else reject(new Error(`${method} ${path}: ${statusCode} ${received}`));
        });
      });
      asked.on('error', reject);
      asked.end(text);
    });

  const list = await call<{ metadata: { resourceVersion: string } }>('GET', '/api/v1/pods?limit=1');
  const version = list.metadata.resourceVersion;
  const watchPath = `/api/v1/pods?watch=true&resourceVersion=${version}`;
  const watch = request({ ...place, method: 'GET', path: watchPath }, (answer) => {
    let pending = '';
    answer.setEncoding('utf8').on('data', (piece: string) => {
      const lines = (pending + piece).split('\n');
      pending = lines.pop()!;
      for (const line of lines) if (line !== '') note(JSON.parse(line) as PodNews);
    });
    answer.on('error', () => undefined);
  });
  watch.on('error', () => undefined);
  watch.end();
  return {
    call,
    until: async (name, phase) => {
      const key = `${name} ${phase}`;
      const known = seen.get(key);
      if (known !== undefined) return known;
      const { promise, resolve } = Promise.withResolvers<number>();
      waiters.set(key, resolve);
      return promise;
    },
    [Symbol.dispose]: () => {
      watch.destroy();
      agent.destroy();
    },
  };
}
