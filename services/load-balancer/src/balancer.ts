/**
 * A TCP balancer: what arrives on one address goes to one of several backends, byte for byte.
 *
 * 1. A connection is offered to the backends in turn, healthy ones first, until one accepts; only
 *    when none does is it closed. A client never sees a dead backend while a live one is left.
 * 2. Names are resolved anew for every connection: a backend that returns with a new address works.
 * 3. Each direction ends by itself (half-close), and back-pressure holds: nothing is buffered here
 *    beyond what the streams' own high-water marks allow.
 * 4. A backend that fails two checks in a row loses its connections, so that the clients of a paused
 *    process go elsewhere and do not wait for ever.
 * 5. There is a bound on connections; above it new ones are closed at once.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { isHealthy, type CheckKind } from './check.ts';

export interface BalancerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** `host:port` each. */
  readonly backends: readonly string[];
  /** `tls` also notices a process that is stopped: its kernel accepts, but no handshake follows. */
  readonly check: CheckKind;
  readonly checkInterval?: Millis;
  readonly connectTimeout?: Millis;
  readonly connectionsMax?: number;
}

interface BalancerPowers {
  readonly clock: Clock;
  readonly log: Logger;
}

interface BackendState {
  readonly address: string;
  readonly healthy: boolean;
  readonly connections: number;
}

export interface Balancer extends AsyncDisposable {
  readonly port: number;
  backends(): readonly BackendState[];
}

interface Backend {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  failures: number;
  readonly pairs: Set<Pair>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

const failuresUntilUnhealthy = 2;

export async function createBalancer(
  options: BalancerOptions,
  { clock, log }: BalancerPowers,
): Promise<Balancer> {
  const checkInterval = options.checkInterval ?? 1_000;
  const connectTimeout = options.connectTimeout ?? 2_000;
  const connectionsMax = options.connectionsMax ?? 8_192;
  const backends = options.backends.map(parseBackend);
  const clients = new Set<Socket>();
  const stop = new AbortController();
  let turn = 0;

  const inTurn = (): Backend[] => {
    const start = turn++ % backends.length;
    const rotated = [...backends.slice(start), ...backends.slice(0, start)];
    const healthy = (backend: Backend) => backend.failures < failuresUntilUnhealthy;
    return [...rotated.filter(healthy), ...rotated.filter((backend) => !healthy(backend))];
  };

  const serve = async (client: Socket): Promise<void> => {
    for (const backend of inTurn()) {
      const upstream = await dial(backend, connectTimeout, clock);
      if (upstream === undefined) continue;
      if (client.destroyed) return void upstream.destroy();
      return join(backend, { client, upstream });
    }
    log.warn({ backends: options.backends }, 'no backend accepts connections');
    client.destroy();
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (clients.size >= connectionsMax) {
      log.warn({ connectionsMax }, 'too many connections; one more was closed');
      client.destroy();
      return;
    }
    clients.add(client);
    client.on('close', () => clients.delete(client));
    // A reset is the same as an end here; without a listener it would be a crash.
    client.on('error', () => client.destroy());
    void serve(client);
  });
  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening');

  const watches = backends.map(async (backend) => {
    while (!stop.signal.aborted) {
      const healthy = await isHealthy(backend, options.check, connectTimeout, clock);
      if (stop.signal.aborted) return;
      note(backend, healthy, log);
      await clock.sleep(checkInterval, { signal: stop.signal }).catch(() => undefined);
    }
  });

  return {
    port: (server.address() as AddressInfo).port,
    backends: () =>
      backends.map(({ address, failures, pairs }) => ({
        address,
        healthy: failures < failuresUntilUnhealthy,
        connections: pairs.size,
      })),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      for (const client of clients) client.destroy();
      await close(server);
      await Promise.all(watches);
    },
  };
}

function parseBackend(address: string): Backend {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon <= 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`a backend is written host:port, not "${address}"`);
  }
  return { address, host: address.slice(0, colon), port, failures: 0, pairs: new Set() };
}

async function dial(backend: Backend, timeout: Millis, clock: Clock): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: backend.host,
      port: backend.port,
      allowHalfOpen: true,
      noDelay: true,
    });
    const giveUp = () => {
      timer.cancel();
      socket.destroy();
      resolve(undefined);
    };
    const timer = clock.setTimer(timeout, giveUp);
    socket.once('error', giveUp);
    socket.once('connect', () => {
      timer.cancel();
      socket.off('error', giveUp);
      resolve(socket);
    });
  });
}

function join(backend: Backend, pair: Pair): void {
  const { client, upstream } = pair;
  backend.pairs.add(pair);
  const destroyBoth = () => {
    client.destroy();
    upstream.destroy();
  };
  upstream.on('error', destroyBoth);
  client.on('error', destroyBoth);
  upstream.on('close', () => {
    backend.pairs.delete(pair);
    // What the backend had still sent is in the client's queue: end it, do not cut it.
    if (!client.writableEnded) client.end();
    if (upstream.errored !== null) client.destroy();
  });
  client.on('close', () => upstream.destroy());
  client.pipe(upstream);
  upstream.pipe(client);
}

function note(backend: Backend, healthy: boolean, log: Logger): void {
  const wasHealthy = backend.failures < failuresUntilUnhealthy;
  backend.failures = healthy ? 0 : backend.failures + 1;
  const isHealthyNow = backend.failures < failuresUntilUnhealthy;
  if (wasHealthy === isHealthyNow) return;
  log.info({ backend: backend.address, healthy: isHealthyNow }, 'backend changed');
  if (isHealthyNow) return;
  for (const { client, upstream } of backend.pairs) {
    client.destroy();
    upstream.destroy();
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
