/**
 * What every main does: read flags, log them, make the ports, serve health, start, wait for a signal,
 * and take everything down in reverse order.
 *
 * 1. SIGTERM and SIGINT end the process with exit code 0 after an orderly stop; a second signal ends
 *    it at once with 1.
 * 2. A failure to start, an unhandled rejection or an uncaught exception is logged whole and ends the
 *    process with 1: a broken process must be seen to be dead.
 * 3. Wrong flags end it with 2.
 */
import type { Clock, Logger, Random } from '@drydock/ports';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createSystemClock } from './clock.ts';
import {
  choice,
  decimal,
  describeFlags,
  FlagError,
  parseFlags,
  port,
  type FlagSpec,
  type FlagValues,
} from './flags.ts';
import { createHealthServer, type Health } from './health.ts';
import { createLogger } from './logger.ts';
import { createSystemRandom } from './random.ts';

/** Flags that every component has. */
const commonFlags = {
  'health-port': port({ default: 0, help: 'loopback port of /livez, /readyz, /metrics; 0: any' }),
  'log-level': choice(['debug', 'info', 'warn', 'error'], {
    default: 'info',
    help: 'least level logged',
  }),
  'time-scale': decimal({
    default: 1,
    above: 0,
    help: 'factor on every timer; 0.1 is ten times faster',
  }),
} as const satisfies FlagSpec;

type Config<Spec extends FlagSpec> = FlagValues<Spec> & FlagValues<typeof commonFlags>;

export interface ProcessContext<Values> {
  readonly config: Values;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** What starts is deferred here, and stops in reverse order. */
  readonly stack: AsyncDisposableStack;
}

export interface MainOptions<Spec extends FlagSpec> {
  /** The component's name, as in its logs. */
  readonly name: string;
  /** A sentence for --help. */
  readonly description: string;
  readonly flags: Spec;
  /** Default DRYDOCK_. */
  readonly environmentPrefix?: string;
  /** Returns when all is started; what it started goes on until the signal. */
  readonly start: (context: ProcessContext<FlagValues<Spec & typeof commonFlags>>) => Promise<void>;
}

export async function runMain<const Spec extends FlagSpec>(
  options: MainOptions<Spec>,
): Promise<void> {
  const spec = { ...options.flags, ...commonFlags };
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(describeFlags(spec, `${options.name}: ${options.description}`));
    return;
  }
  const config = readConfig<Spec>(spec, options, argv);
  if (config === undefined) return;
  await runProcess({
    name: options.name,
    config,
    log: createLogger(options.name, config['log-level']),
    healthPort: config['health-port'],
    timeScale: config['time-scale'],
    start: options.start,
  });
}

/** A main whose settings are read already, and not by `parseFlags`. */
export interface ProcessOptions<Values> {
  readonly name: string;
  readonly config: Values;
  readonly log: Logger;
  /** 0: any. */
  readonly healthPort: number;
  readonly timeScale: number;
  readonly start: (context: ProcessContext<Values>) => Promise<void>;
}

export async function runProcess<Values>(options: ProcessOptions<Values>): Promise<void> {
  const { name, config, log } = options;
  log.info({ config, node: process.version }, 'starting');
  const stop = stopOnSignals(log);
  const stack = new AsyncDisposableStack();
  try {
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    const health = stack.use(await createHealthServer({ port: options.healthPort, metrics }));
    await options.start({
      config,
      clock: createSystemClock(options.timeScale),
      random: createSystemRandom(),
      log,
      metrics,
      health,
      signal: stop,
      stack,
    });
    log.info({ healthPort: health.port }, 'started');
    if (!stop.aborted) {
      await new Promise<void>((resolve) => {
        stop.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    await stack.disposeAsync();
    log.info({}, 'stopped');
    process.exit(0);
  } catch (error) {
    if (stop.aborted) process.exit(0);
    log.error({ err: error }, `cannot start ${name}`);
    process.exit(1);
  }
}

function readConfig<Spec extends FlagSpec>(
  spec: Spec & typeof commonFlags,
  options: { name: string; environmentPrefix?: string },
  argv: readonly string[],
): Config<Spec> | undefined {
  try {
    const values: FlagValues<FlagSpec> = parseFlags<FlagSpec>(spec, {
      component: options.name,
      argv,
      environment: process.env,
      environmentPrefix: options.environmentPrefix ?? 'DRYDOCK_',
    });
    return values as Config<Spec>;
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

function stopOnSignals(log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info({ signal: name }, 'stopping');
      stop.abort(new Error(`stopped by ${name}`));
    });
  }
  const crash = (error: unknown) => {
    log.error({ err: error }, 'crashed');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return stop.signal;
}
