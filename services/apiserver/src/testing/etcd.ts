/** Real etcd members for tests: the distribution's server, or ours, with mTLS, on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, type IssuedCertificate } from '@drydock/testing/certificates';
import { freePort } from '@drydock/testing/ports';

export interface TestEtcd extends AsyncDisposable {
  readonly endpoints: readonly string[];
  /** What a client shows. */
  readonly tls: IssuedCertificate;
  readonly size: number;
  kill(member: number): Promise<void>;
  start(member: number): void;
}

/** Our own server, as a process. */
const ours = join(import.meta.dirname, '../../../etcd/src/main.ts');

export interface TestEtcdOptions {
  /** Whose server it is; the distribution's when absent. */
  readonly server?: 'distribution' | 'ours';
}

export async function startTestEtcd(
  size: 1 | 3,
  { server = 'distribution' }: TestEtcdOptions = {},
): Promise<TestEtcd> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-etcd-'));
  const authority = await createTestAuthority('etcd-ca');
  const { certFile, keyFile, caFile } = await authority.issueFiles(folder, 'server', {
    commonName: 'etcd',
  });
  const tls = await authority.issue({ commonName: 'kube-apiserver-etcd-client' });
  const members = await Promise.all(
    Array.from({ length: size }, async (_, index) => ({
      name: `etcd-${index + 1}`,
      client: await freePort(),
      peer: await freePort(),
    })),
  );
  const initialCluster = members
    .map(({ name, peer }) => `${name}=http://127.0.0.1:${peer}`)
    .join(',');
  const running = new Map<number, ChildProcess>();

  const start = (index: number) => {
    const { name, client, peer } = members[index]!;
    const flags = {
      name,
      'data-dir': join(folder, name),
      'listen-client-urls': `https://127.0.0.1:${client}`,
      'advertise-client-urls': `https://localhost:${client}`,
      'listen-peer-urls': `http://127.0.0.1:${peer}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peer}`,
      'initial-cluster': initialCluster,
      'initial-cluster-token': folder,
      'cert-file': certFile,
      'key-file': keyFile,
      'client-cert-auth': 'true',
      'trusted-ca-file': caFile,
    };
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const [program, ...first] = server === 'ours' ? [process.execPath, ours] : ['etcd'];
    const child = spawn(program, [...first, ...words], { stdio: 'ignore' });
    running.set(index, child);
  };
  const kill = async (index: number) => {
    const child = running.get(index);
    if (child === undefined) return;
    running.delete(index);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  members.forEach((_, index) => start(index));

  return {
    endpoints: members.map(({ client }) => `localhost:${client}`),
    tls,
    size,
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      for (const index of running.keys()) await kill(index);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
