/** Sections "Profiling and Monitoring", "Logging", tracing, and what was never the original's. */
import { boolean, choice, decimal, hint, integer, list, path, refused, text } from '../flag.ts';

export const monitoringFlags = {
  'enable-pprof': refused(
    boolean({ default: false, help: "Serve Go's profiles." }),
    'is not served here: this is no Go program; node --cpu-prof makes a profile',
  ),
  metrics: choice(['basic', 'extensive'], {
    default: 'basic',
    help: 'extensive: with histograms of the time that calls take.',
  }),
  'listen-metrics-urls': list({ default: [], help: 'More addresses for /metrics and health.' }),
} as const;

const rotation = 'is not served here: let the machine rotate the file, or log to stderr';

export const loggingFlags = {
  logger: choice(['zap'], { default: 'zap', help: 'Kind of logs; there is one.' }),
  'log-outputs': list({
    default: ['default'],
    help: 'stdout, stderr (which is the default), or files to append to.',
  }),
  'log-level': choice(['debug', 'info', 'warn', 'error', 'panic', 'fatal'], {
    default: 'info',
    help: 'Least level logged.',
  }),
  'log-format': choice(['json', 'console'], { default: 'json', help: 'Form of a line.' }),
  'enable-log-rotation': refused(
    boolean({ default: false, help: 'Rotate the file of the log.' }),
    rotation,
  ),
  'log-rotation-config-json': refused(
    text({
      default:
        '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
      help: 'How to rotate.',
    }),
    rotation,
    () => false,
  ),
} as const;

const noTracing = 'is not served here: there are no traces to send';
const traced = <T>(flag: Parameters<typeof refused<T>>[0]) => refused(flag, noTracing, () => false);

export const tracingFlags = {
  'experimental-enable-distributed-tracing': refused(
    boolean({ default: false, help: 'Send traces to a collector.' }),
    noTracing,
  ),
  'experimental-distributed-tracing-address': traced(
    text({ default: 'localhost:4317', help: 'Address of the collector.' }),
  ),
  'experimental-distributed-tracing-service-name': traced(
    text({ default: 'etcd', help: 'Name of this service in traces.' }),
  ),
  'experimental-distributed-tracing-instance-id': traced(
    text({ default: '', help: 'Name of this member in traces.' }),
  ),
  'experimental-distributed-tracing-sampling-rate': traced(
    integer({ default: 0, help: 'Traces of a million calls.' }),
  ),
} as const;

export const drydockFlags = {
  'auto-recover-space': boolean({
    default: false,
    help: 'On NOSPACE compact, defragment member by member, and disarm the alarm.',
  }),
  'experimental-raft-trace': path({
    help: "File for Raft's steps, as etcd-io/raft's TLA+ trace validation reads them.",
  }),
  'health-port': integer({
    default: 0,
    max: 65_535,
    help: 'Loopback port of /livez, /readyz and /metrics; 0: any.',
  }),
  'time-scale': decimal({
    default: 1,
    above: 0,
    help: 'Factor on every timer; 0.1 is ten times faster.',
  }),
} as const;

/** Accepted for ever, and without any effect, as the original has it. */
export const ignoredFlags = Object.fromEntries(
  [
    'cluster-active-size',
    'cluster-remove-delay',
    'cluster-sync-interval',
    'config',
    'force',
    'max-result-buffer',
    'max-retry-attempts',
    'peer-heartbeat-interval',
    'peer-election-timeout',
    'retry-interval',
    'snapshot',
    'v',
    'vv',
  ].map((name) => [name, hint(text({ default: '', help: '' }), 'it is no longer a flag of etcd')]),
);
