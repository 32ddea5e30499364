/** The engine's own HTTP API over its socket, without a client library: what a start costs by itself. */
import { Agent, request } from 'node:http';

export interface Engine extends Disposable {
  /** The parsed answer; undefined when it is empty. @throws Error when the engine refuses */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
}

export function openEngine(socketPath = '/var/run/docker.sock'): Engine {
  const agent = new Agent({ keepAlive: true });
  return {
    call: <Answer>(method: string, path: string, body?: unknown) =>
      new Promise<Answer>((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        // A DELETE gets no length by itself, and its body would be taken for another request.
        const headers =
          text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
        const asked = request({ socketPath, agent, method, path, headers }, (answer) => {
          let received = '';
          answer.setEncoding('utf8').on('data', (piece: string) => (received += piece));
          answer.on('error', reject);
          answer.on('end', () => {
            const { statusCode = 0 } = answer;
            if (statusCode >= 400) {
              reject(new Error(`${method} ${path}: ${statusCode} ${received.trim()}`));
            } else {
              resolve((received === '' ? undefined : JSON.parse(received)) as Answer);
            }
          });
        });
        asked.on('error', reject);
        asked.end(text);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

interface Inspected {
  readonly Config: {
    readonly Image: string;
    readonly Cmd: string[] | null;
    readonly Entrypoint: string[] | null;
    readonly Env: string[] | null;
    readonly Hostname: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: Readonly<Record<string, unknown>> & { readonly NetworkMode: string };
}

/** The containers of one pod, as bodies to create them by. */
export interface Recipe {
  readonly sandbox: object;
  readonly app: (sandboxId: string) => object;
}

const bareLabel = 'drydock.bench';

/** From the containers that an agent has made for a pod; that pod stays, for its volumes. */
export async function readRecipe(engine: Engine, podUid: string): Promise<Recipe> {
  const filters = JSON.stringify({ label: [`drydock.uid=${podUid}`] });
  const found = await engine.call<{ Id: string }[]>(
    'GET',
    `/containers/json?filters=${encodeURIComponent(filters)}`,
  );
  const inspected = await Promise.all(
    found.map(({ Id }) => engine.call<Inspected>('GET', `/containers/${Id}/json`)),
  );
  const isSandbox = ({ Config }: Inspected) => Config.Labels['drydock.container'] === 'POD';
  const bodyOf = ({ Config, HostConfig }: Inspected, more: object) => {
    const { Image, Cmd, Entrypoint, Env } = Config;
    const Labels = { [bareLabel]: 'bare' };
    return { Image, Cmd, Entrypoint, Env, Labels, HostConfig: { ...HostConfig, ...more } };
  };
  const sandbox = inspected.find(isSandbox);
  const app = inspected.find((one) => !isSandbox(one));
  if (sandbox === undefined || app === undefined || inspected.length !== 2) {
    throw new Error(
      `pod ${podUid} has ${inspected.length} containers, a sandbox and one more expected`,
    );
  }
  return {
    sandbox: bodyOf(sandbox, {}),
    app: (sandboxId) => {
      const joined = `container:${sandboxId}`;
      return bodyOf(app, { NetworkMode: joined, IpcMode: joined });
    },
  };
}

/** Makes and starts both containers. Answers with their ids. */
export async function startBare(engine: Engine, recipe: Recipe): Promise<string[]> {
  const create = async (body: object) => {
    const { Id } = await engine.call<{ Id: string }>('POST', '/containers/create', body);
    await engine.call('POST', `/containers/${Id}/start`);
    return Id;
  };
  const sandbox = await create(recipe.sandbox);
  return [sandbox, await create(recipe.app(sandbox))];
}

export async function removeBare(engine: Engine, ids: readonly string[]): Promise<void> {
  for (const id of ids.toReversed()) {
    await engine.call('DELETE', `/containers/${id}?force=true&v=true`);
  }
}
