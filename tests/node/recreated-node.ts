/** A node's container made anew with other settings, as its owner would after an edit of the compose file. */
import { request } from 'node:http';
import { docker } from './images.ts';

const socketPath = process.env['DRYDOCK_DOCKER_SOCKET'] ?? '/var/run/docker.sock';

interface Inspected {
  readonly Config: { readonly Env: readonly string[] };
  readonly HostConfig: object;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { Aliases?: string[] }>> };
}

function create(name: string, body: object): Promise<void> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const path = `/containers/create?name=${encodeURIComponent(name)}`;
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: 'POST', path, headers }, (answer) => {
      let said = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (said += part));
      answer.on('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(said))));
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** Until it is disposed of, which brings the container back as it was. */
export async function recreateNode(
  container: string,
  { environment, stopSeconds }: { environment: Record<string, string>; stopSeconds: number },
): Promise<AsyncDisposable> {
  const [before] = JSON.parse(await docker('inspect', container)) as [Inspected];
  const kept = `${container}-kept`;
  await docker('stop', '--time', '5', container);
  await docker('rename', container, kept);
  const restore = async () => {
    await docker('rm', '--force', container).catch(() => undefined);
    await docker('rename', kept, container);
    await docker('start', container);
  };
  try {
    const aliases = Object.entries(before.NetworkSettings.Networks).map(
      ([network, { Aliases }]) => [network, { Aliases: Aliases ?? [] }],
    );
    await create(container, {
      ...before.Config,
      Env: [
        ...before.Config.Env,
        ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ],
      StopTimeout: stopSeconds,
      HostConfig: before.HostConfig,
      NetworkingConfig: { EndpointsConfig: Object.fromEntries(aliases) as object },
    });
    await docker('start', container);
  } catch (error) {
    await restore();
    throw error;
  }
  return { [Symbol.asyncDispose]: restore };
}
