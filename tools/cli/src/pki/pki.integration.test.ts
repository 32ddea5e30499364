/** The PKI as its readers see it: OpenSSL through node:tls and node:crypto, and the file system. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePki } from './make.ts';
import { createShape, type ClusterShape } from '../cluster/shape.ts';

const root = mkdtempSync(join(tmpdir(), 'drydock-pki-'));
const now = Date.now();
const day = 24 * 3_600_000;
const make = (shape: ClusterShape, wallTime = now) =>
  makePki({
    authorityFolder: join(root, 'authority'),
    folderOf: (component) => join(root, component),
    shape,
    wallTime,
  });
const read = (path: string) => readFileSync(join(root, path));
const certificate = (path: string) => new X509Certificate(read(`${path}.crt`));

beforeAll(async () => {
  await make(createShape());
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('identities are kubeadm’s', () => {
  test.each([
    ['admin/admin', 'O=system:masters\nCN=kubernetes-admin'],
    ['scheduler-1/scheduler', 'CN=system:kube-scheduler'],
    ['controller-manager-2/controller-manager', 'CN=system:kube-controller-manager'],
    ['node-2/kubelet', 'O=system:nodes\nCN=system:node:node-2'],
    ['node-3/kube-proxy', 'CN=system:kube-proxy'],
    ['apiserver-1/apiserver-kubelet-client', 'O=system:masters\nCN=kube-apiserver-kubelet-client'],
    ['etcd-1/etcd/peer', 'CN=etcd-1'],
  ])('%s', (path, subject) => {
    expect(certificate(path).subject).toBe(subject);
  });

  test('the apiserver serves every name by which it is reached', () => {
    const names = certificate('apiserver-2/apiserver');
    for (const host of ['kubernetes.default.svc.cluster.local', 'apiserver-2', 'load-balancer']) {
      expect(names.checkHost(host)).toBe(host);
    }
    expect(names.checkIP('10.96.0.1')).toBe('10.96.0.1');
    expect(names.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(names.checkHost('apiserver-1')).toBeUndefined();
  });

  test('each certificate verifies under its own CA and matches its key', () => {
    for (const [path, ca] of [
      ['etcd-3/etcd/server', 'authority/etcd/ca'],
      ['admin/etcd/healthcheck-client', 'authority/etcd/ca'],
      ['node-1/kubelet', 'authority/ca'],
    ] as const) {
      const leaf = certificate(path);
      expect(leaf.verify(certificate(ca).publicKey)).toBe(true);
      expect(leaf.checkPrivateKey(createPrivateKey(read(`${path}.key`)))).toBe(true);
    }
    expect(certificate('node-1/kubelet').verify(certificate('authority/etcd/ca').publicKey)).toBe(
      false,
    );
  });
});

test('keys are readable to their owner alone, and no component holds a CA key', () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const keys = files.filter((file) => file.endsWith('.key'));
  expect(keys.length).toBeGreaterThan(20);
  for (const key of keys) expect(statSync(key).mode & 0o777).toBe(0o600);
  const authorityKeys = keys.filter((file) => file.endsWith('/ca.key'));
  expect(authorityKeys).toEqual([
    join(root, 'authority/ca.key'),
    join(root, 'authority/etcd/ca.key'),
  ]);
  expect(readdirSync(join(root, 'scheduler-1')).toSorted()).toEqual([
    'ca.crt',
    'scheduler.crt',
    'scheduler.key',
  ]);
});

test('a second run writes nothing; a new node adds its certificates alone', async () => {
  expect(await make(createShape())).toEqual([]);
  expect(await make(createShape({ nodes: 4 }))).toEqual([
    'node-4/kubelet: new',
    'node-4/kube-proxy: new',
  ]);
});

test('a new name and a near end each make a certificate anew, under the same CA', async () => {
  const ca = read('authority/ca.crt');
  expect(await make(createShape({ extraHosts: ['example.test', '192.0.2.7'] }))).toEqual([
    'apiserver-1/apiserver: it lacks example.test, 192.0.2.7',
    'apiserver-2/apiserver: it lacks example.test, 192.0.2.7',
  ]);
  const later = await make(createShape(), now + 340 * day);
  expect(later).toContain('etcd-1/etcd/server: it expires soon');
  expect(later.filter((change) => change.startsWith('ca'))).toEqual([]);
  expect(read('authority/ca.crt')).toEqual(ca);
  await make(createShape());
});

test('all apiservers sign tokens with one key, whose public half matches it', async () => {
  const publicHalf = (path: string) =>
    createPublicKey(read(path)).export({ type: 'spki', format: 'pem' });
  expect(publicHalf('apiserver-1/sa.key')).toBe(publicHalf('authority/sa.pub'));
  expect(read('apiserver-1/sa.pub')).toEqual(read('authority/sa.pub'));
  expect(read('apiserver-2/sa.key')).toEqual(read('apiserver-1/sa.key'));
  const before = read('authority/sa.pub');
  rmSync(join(root, 'authority/sa.pub'));
  expect(await make(createShape())).toEqual(['sa: its public half was missing']);
  expect(read('authority/sa.pub')).toEqual(before);
});

test('half a CA is refused, not replaced', async () => {
  const lost = mkdtempSync(join(tmpdir(), 'drydock-pki-'));
  const options = {
    authorityFolder: join(lost, 'authority'),
    folderOf: (component: string) => join(lost, component),
    shape: createShape(),
    wallTime: now,
  };
  await makePki(options);
  rmSync(join(lost, 'authority/ca.key'));
  await expect(makePki(options)).rejects.toThrow(/not the other half of this CA/);
  rmSync(lost, { recursive: true, force: true });
});

test('a node is let in by the apiserver’s TLS, a stranger is not', async () => {
  const users: unknown[] = [];
  const server = createServer(
    {
      cert: read('apiserver-1/apiserver.crt'),
      key: read('apiserver-1/apiserver.key'),
      ca: read('apiserver-1/ca.crt'),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket: TLSSocket) => {
      users.push(socket.getPeerCertificate().subject.CN);
      socket.end('hello');
    },
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const greet = async (component: string, file: string) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: 'kubernetes',
      ca: read('node-1/ca.crt'),
      cert: read(`${component}/${file}.crt`),
      key: read(`${component}/${file}.key`),
    });
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    const outcome = new Promise<string>((resolve) => {
      socket.on('error', () => resolve('refused'));
      socket.on('close', () => resolve(text));
    });
    return outcome;
  };
  expect(await greet('node-1', 'kubelet')).toBe('hello');
  expect(await greet('etcd-1', 'etcd/peer')).not.toBe('hello');
  expect(users).toEqual(['system:node:node-1']);
  server.close();
});
