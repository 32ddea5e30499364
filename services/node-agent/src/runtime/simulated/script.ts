/**
 * What a simulated container does, from its pod's annotations:
 *
 *     simulation.drydock.dev/web: start=200ms, run=5s, exit=1, ready=2s, stop=1s, cpu=100m, memory=64Mi, disk=1Gi, pids=20, listen=80/8080
 *
 * `start` is how long starting takes, `run` how long it lives (forever when absent), `exit` its exit
 * code, or several with `/` between them, one an attempt; `ready` how long after its start its probes
 * begin to succeed; `stop` how long it goes on after SIGTERM (`never`: until SIGKILL); `cpu`,
 * `memory`, `disk` and `pids` what it uses while it runs (`disk` until it is removed); `listen` the ports
 * on which it echoes (echo-service.ts).
 */
import { quantityMilliValue, quantityValue } from '@drydock/api';
import { parseDuration } from '@drydock/process';
import type { Millis } from '@drydock/ports';

const annotationPrefix = 'simulation.drydock.dev/';

export interface Script {
  readonly startMillis: Millis;
  readonly runMillis: Millis | undefined;
  readonly exitCode: number;
  readonly readyMillis: Millis;
  /** Undefined: it does not hear SIGTERM. */
  readonly stopMillis: Millis | undefined;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** What it writes to its own file system. */
  readonly diskBytes: number;
  readonly processCount: number;
  readonly ports: readonly number[];
}

/** @throws Error that names the annotation and the setting. */
export function readScript(
  annotations: Readonly<Record<string, string>>,
  container: string,
  attempt: number,
): Script {
  const key = `${annotationPrefix}${container}`;
  const settings = new Map<string, string>();
  for (const part of (annotations[key] ?? '').split(',')) {
    if (part.trim() === '') continue;
    const [name = '', value = ''] = part.split('=').map((text) => text.trim());
    if (!known.has(name)) {
      throw new Error(
        `annotation ${key}: unknown setting "${name}"; one of ${[...known].join(', ')}`,
      );
    }
    settings.set(name, value);
  }
  const read = <T>(name: string, parse: (text: string) => T, absent: T): T => {
    const text = settings.get(name);
    if (text === undefined) return absent;
    try {
      return parse(text);
    } catch (error) {
      throw new Error(`annotation ${key}: ${name}: ${(error as Error).message}`, { cause: error });
    }
  };
  const exits = (settings.get('exit') ?? '0').split('/');
  return {
    startMillis: read('start', parseDuration, 0),
    runMillis: read<Millis | undefined>('run', parseDuration, undefined),
    exitCode: Number(exits[Math.min(attempt, exits.length - 1)]),
    readyMillis: read('ready', parseDuration, 0),
    stopMillis: read<Millis | undefined>(
      'stop',
      (text) => (text === 'never' ? undefined : parseDuration(text)),
      0,
    ),
    cpuMillis: read('cpu', quantityMilliValue, 1),
    memoryBytes: read('memory', quantityValue, 16 * 1024 * 1024),
    diskBytes: read('disk', quantityValue, 0),
    processCount: read('pids', quantityValue, 1),
    ports: read('listen', parsePorts, []),
  };
}

const known = new Set([
  'start',
  'run',
  'exit',
  'ready',
  'stop',
  'cpu',
  'memory',
  'disk',
  'pids',
  'listen',
]);

function parsePorts(text: string): readonly number[] {
  return text.split('/').map((port) => {
    const number = Number(port);
    if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
    throw new Error(`"${port}" is no port`);
  });
}
