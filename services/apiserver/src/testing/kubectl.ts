/** The real kubectl against a server of a test: what people type, and what they read back. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { TestServer } from './server.ts';

const program = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';

/** The first release that leaves validation to the server and reads OpenAPI v3. */
const minorMin = 27;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Kubectl extends Disposable {
  /** The file with its kubeconfig. */
  readonly config: string;
  run(words: readonly string[], stdin?: string): Promise<Outcome>;
  /** What a line that succeeds prints. Words are split at spaces. */
  succeed(line: string, stdin?: string): Promise<string>;
  /** What a line that fails says. */
  refused(line: string, stdin?: string): Promise<string>;
}

/** As a member of `system:masters`, with a home of its own, where it keeps what it learnt of the server. */
export async function startKubectl(server: TestServer): Promise<Kubectl> {
  const home = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const { cert, key, ca } = await server.certificate('kubernetes-admin', 'system:masters');
  const address = `https://localhost:${server.server.securePort}`;
  const cluster = { server: address, 'certificate-authority-data': ca.toString('base64') };
  const user = {
    'client-certificate-data': cert.toString('base64'),
    'client-key-data': key.toString('base64'),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'admin', user }],
  };
  const file = join(home, 'config');
  writeFileSync(file, JSON.stringify(config));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    KUBECONFIG: file,
    KUBE_EDITOR: "sed -i 's/first/second/'",
  };
  const run = (words: readonly string[], stdin?: string) =>
    new Promise<Outcome>((resolve) => {
      const child = execFile(program, [...words], { env, timeout: 30_000 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
      if (stdin !== undefined) child.stdin?.end(stdin);
    });
  return {
    config: file,
    run,
    succeed: async (line, stdin) => {
      const { code, out, err } = await run(line.split(' '), stdin);
      expect(code, `kubectl ${line}: ${err}`).toBe(0);
      return out;
    },
    refused: async (line, stdin) => {
      const { code, err } = await run(line.split(' '), stdin);
      expect(code, `kubectl ${line}`).not.toBe(0);
      return err.trim();
    },
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Older releases work, but judge bodies themselves and print other words. */
export function skipOldKubectl(context: TestContext): void {
  const version = execFileSync(program, ['version', '--client', '-o', 'json']).toString();
  const minor = Number(/"minor": "(\d+)/.exec(version)?.[1]);
  const reason = `kubectl 1.${minor} is older than 1.${minorMin}; see docs/guides/getting-kubectl-and-etcdctl.md`;
  context.skip(minor < minorMin, reason);
}
