/**
 * Runs in a pod's network namespace, where a port-forwarder started it: connects to ports of the pod's
 * loopback for whoever comes to its Unix socket. Two bytes name the port; the answer is a zero byte
 * and then the connection, or the reason why there is none.
 *
 * It ends with the standard input of the process that started it.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const path = process.argv[2] ?? '';
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
};

async function dial(host: string, port: number): Promise<Socket | string> {
  const socket = connect({ host, port, allowHalfOpen: true });
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return reasons[code] ?? message;
  }
}

async function readPort(client: Socket): Promise<number> {
  for (;;) {
    const bytes = client.read(2) as Buffer | null;
    if (bytes !== null) return bytes.readUInt16BE();
    await once(client, 'readable');
  }
}

async function serve(client: Socket): Promise<void> {
  const port = await readPort(client);
  const four = await dial('127.0.0.1', port);
  const pod = typeof four === 'string' ? await dial('::1', port) : four;
  if (typeof pod === 'string') {
    const tried = [
      `IPv4: dial tcp4 127.0.0.1:${port}: connect: ${four as string}`,
      `IPv6: dial tcp6 [::1]:${port}: connect: ${pod}`,
    ];
    client.end(`failed to connect to localhost:${port} inside the pod, ${tried.join(', ')}`);
    return;
  }
  client.write(Buffer.of(0));
  client.pipe(pod).pipe(client);
  pod.on('error', () => client.destroy());
  client.on('close', () => pod.destroy());
  pod.on('close', () => client.end());
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  client.on('error', () => undefined);
  serve(client).catch(() => client.destroy());
});
server.listen(path, () => process.stdout.write('ready\n'));
process.stdin.on('end', () => process.exit(0)).resume();
