/** The real kubectl against a server of a test: what people type, and what they read back. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { TestServer } from './server.ts';

export const kubectlProgram = process.env['DRYDOCK_KUBECTL'] ?? 'kubectl';

/** The first release that leaves validation to the server and reads OpenAPI v3. */
const minorWanted = 27;

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Kubectl extends Disposable {
  /** The file with its kubeconfig. */
  readonly config: string;
  /** What a process needs that is started by hand. */
  readonly environment: NodeJS.ProcessEnv;
  run(words: readonly string[], stdin?: string): Promise<Outcome>;
  /** What a line that succeeds prints. Words are split at spaces. */
  succeed(line: string, stdin?: string): Promise<string>;
  /** What a line that fails says. */
  refused(line: string, stdin?: string): Promise<string>;
}

export interface KubectlOptions {
  /**
   * More users, each with a context of its name: the common name and the groups of a certificate, or
   * nothing for one who has no credentials.
   */
  readonly users?: Readonly<Record<string, readonly [string, ...string[]] | undefined>>;
}

/** As a member of `system:masters`, with a home of its own, where it keeps what it learnt of the server. */
export async function startKubectl(
  server: TestServer,
  options: KubectlOptions = {},
): Promise<Kubectl> {
  const home = mkdtempSync(join(tmpdir(), 'drydock-kubectl-'));
  const admin = ['kubernetes-admin', 'system:masters'] as const;
  const users = Object.entries({ admin, ...options.users });
  const names = users.map(([name]) => name);
  const { ca } = await server.certificate(...admin);
  const address = `https://localhost:${server.server.securePort}`;
  const cluster = { server: address, 'certificate-authority-data': ca.toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin',
    contexts: names.map((name) => ({ name, context: { cluster: 'test', user: name } })),
    clusters: [{ name: 'test', cluster }],
    users: await Promise.all(
      users.map(async ([name, identity]) => ({
        name,
        user: identity === undefined ? {} : await credentials(server, identity),
      })),
    ),
  };
  const file = join(home, 'config');
  writeFileSync(file, JSON.stringify(config));
  const environment = {
    PATH: process.env['PATH'],
    HOME: home,
    KUBECONFIG: file,
    KUBE_EDITOR: "sed -i 's/first/second/'",
  };
  const settings = { env: environment, timeout: 30_000 };
  const run = (words: readonly string[], stdin?: string) =>
    new Promise<Outcome>((resolve) => {
      const child = execFile(kubectlProgram, [...words], settings, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
      if (stdin !== undefined) child.stdin?.end(stdin);
    });
  return {
    config: file,
    environment,
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

async function credentials(server: TestServer, identity: readonly [string, ...string[]]) {
  const { cert, key } = await server.certificate(...identity);
  return {
    'client-certificate-data': cert.toString('base64'),
    'client-key-data': key.toString('base64'),
  };
}

/** Older releases work, but judge bodies themselves and print other words. */
export function skipOldKubectl(context: TestContext, minorMin = minorWanted): void {
  const version = execFileSync(kubectlProgram, ['version', '--client', '-o', 'json']).toString();
  const minor = Number(/"minor": "(\d+)/.exec(version)?.[1]);
  const reason = `kubectl 1.${minor} is older than 1.${minorMin}; see docs/guides/getting-kubectl-and-etcdctl.md`;
  context.skip(minor < minorMin, reason);
}
