/**
 * Who gets in: certificates that are not good enough are refused, with a log line that says why and
 * whom. Node.js checks certificates after the handshake and then hangs up, so only a client without
 * any gets an alert; the others see the connection end.
 */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '@drydock/ports';
import { createTestAuthority, type TestAuthority } from '@drydock/testing/certificates';
import { eventually } from '@drydock/testing/eventually';
import type { TlsRules } from '../tls/tls-source.ts';
import { listen, type Listener } from './listener.ts';

interface Line {
  readonly message: string;
  readonly reason?: string;
  readonly peer?: string;
}

let authority: TestAuthority;
let stranger: TestAuthority;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([
    createTestAuthority('etcd-ca'),
    createTestAuthority('another-ca'),
  ]);
});

interface Guarded extends AsyncDisposable {
  readonly listener: Listener;
  readonly lines: Line[];
  readonly accepted: () => number;
}

const rules: TlsRules = {
  requireClientCertificate: true,
  allowedCommonNames: [],
  allowedHostnames: [],
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: undefined,
  skipsVerification: false,
  serverName: undefined,
};

async function listenGuarded(): Promise<Guarded> {
  const lines: Line[] = [];
  let accepted = 0;
  const record = (fields: object, message: string) => void lines.push({ ...fields, message });
  const log = { debug: record, info: record, warn: record, error: record } as unknown as Logger;
  const material = await authority.issue({ commonName: 'member' });
  const listener = await listen({
    url: 'https://127.0.0.1:0',
    tls: { material: { ...material, crl: undefined }, rules },
    log,
    onHttp2: (socket) => {
      accepted++;
      socket.end('welcome');
    },
    onHttp1: () => undefined,
  });
  return {
    listener,
    lines,
    accepted: () => accepted,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

/** What a client with this certificate reads and how its connection ends. */
async function knock(port: number, identity: { cert?: Buffer; key?: Buffer }) {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: authority.ca,
    ALPNProtocols: ['h2'],
    ...identity,
  });
  let text = '';
  let error = '';
  let localPort: number | undefined;
  socket.on('secureConnect', () => (localPort = socket.localPort));
  socket.on('data', (chunk: Buffer) => (text += String(chunk)));
  socket.on('error', (reason: NodeJS.ErrnoException) => (error = reason.code ?? reason.message));
  await once(socket, 'close').catch(() => undefined);
  await eventually('the socket is closed', () => socket.closed);
  return { text, error, localPort };
}

describe('a port that demands certificates', () => {
  it.each([
    ['no certificate', 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', async () => ({})],
    [
      'a certificate of another authority',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      () => stranger.issue({ commonName: 'client' }).then(({ cert, key }) => ({ cert, key })),
    ],
    [
      'an expired certificate',
      'CERT_HAS_EXPIRED',
      () =>
        authority
          .issue({ commonName: 'client', isExpired: true })
          .then(({ cert, key }) => ({ cert, key })),
    ],
    [
      'a certificate of an authority of the same name, sent along with it',
      'SELF_SIGNED_CERT_IN_CHAIN',
      async () => {
        const { cert, key, ca } = await stranger.issue({ commonName: 'client' });
        return { cert: Buffer.concat([cert, ca]), key };
      },
    ],
  ])('refuses %s, and says so', async (_title, reason, identify) => {
    await using guarded = await listenGuarded();
    const { text, localPort } = await knock(guarded.listener.port, await identify());
    expect(text).toBe('');
    const line = await eventually('a line in the log', () => guarded.lines[0]);
    expect(line).toMatchObject({ message: 'refused a connection', reason });
    expect(line.peer).toBe(`127.0.0.1:${localPort}`);
    expect(guarded.accepted()).toBe(0);
  });

  it('alerts a client that has none', async () => {
    await using guarded = await listenGuarded();
    const { error } = await knock(guarded.listener.port, {});
    expect(error).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  });

  it('lets in a client of its authority', async () => {
    await using guarded = await listenGuarded();
    const { cert, key } = await authority.issue({ commonName: 'client' });
    expect(await knock(guarded.listener.port, { cert, key })).toMatchObject({ text: 'welcome' });
    expect(guarded.lines).toEqual([]);
  });
});
