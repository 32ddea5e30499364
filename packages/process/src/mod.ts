/** What a component's main needs: settings, logs, metrics, health, signals, and the real ports. */
export { createSystemClock } from './clock.ts';
export { CommandError, runCommand } from './command.ts';
export { createSystemDisk } from './disk.ts';
export {
  boolean,
  choice,
  decimal,
  describeFlags,
  duration,
  FlagError,
  integer,
  list,
  parseDuration,
  parseFlags,
  path,
  port,
  text,
  type Flag,
  type FlagSpec,
  type FlagValues,
} from './flags.ts';
export { createHealthServer, type Health, type HealthCheck } from './health.ts';
export { createLogger, type LogLevel, type LogOptions } from './logger.ts';
export {
  runMain,
  runProcess,
  type MainOptions,
  type ProcessContext,
  type ProcessOptions,
} from './main.ts';
export { createSystemRandom } from './random.ts';
export {
  createSupervisor,
  type ChildSpec,
  type ChildStatus,
  type Supervisor,
} from './supervisor.ts';
