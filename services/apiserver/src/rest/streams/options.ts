/** What a request for a stream asks for, from its query. Pure. */
import { badRequestError } from '@drydock/api';

export interface ProcessOptions {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** As upstream reads a boolean: what is there and says neither `false` nor `0` is true. */
function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && text.toLowerCase() !== 'false' && text !== '0';
}

/** @throws ApiError 400 */
export function processOptions(
  query: URLSearchParams,
  subresource: 'exec' | 'attach',
): ProcessOptions {
  const tty = flag(query, 'tty');
  const command = subresource === 'exec' ? query.getAll('command') : [];
  const options = {
    command,
    tty,
    stdin: flag(query, 'stdin'),
    stdout: flag(query, 'stdout'),
    // A terminal has one output.
    stderr: flag(query, 'stderr') && !tty,
  };
  if (subresource === 'exec' && command.length === 0) {
    throw badRequestError('you must specify at least one command for the container');
  }
  if (!options.stdin && !options.stdout && !options.stderr) {
    throw badRequestError('you must specify at least one of stdin, stdout, stderr');
  }
  return options;
}

/** Of clients that name the ports with the request; others name one with each connection. */
export function portsOf(query: URLSearchParams): readonly number[] {
  const texts = query.getAll('ports').flatMap((text) => text.split(','));
  if (texts.length === 0) throw badRequestError('query parameter "ports" is required');
  return texts.map((text) => {
    const port = parsePort(text);
    if (port === undefined) throw badRequestError(`unable to parse "${text}" as a port`);
    return port;
  });
}

export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}
