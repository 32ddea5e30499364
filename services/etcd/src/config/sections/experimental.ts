/** Sections "v2 Proxy", "Experimental feature" and "Unsafe feature". */
import { boolean, choice, duration, hint, integer, refused, text } from '../flag.ts';

const noProxy = 'is not served here: the v2 proxy is gone from the original too';
const ofProxy = (value: number) =>
  refused(integer({ default: value, help: 'A time of the v2 proxy.' }), noProxy, () => false);

export const proxyFlags = {
  proxy: refused(
    choice(['off', 'readonly', 'on'], { default: 'off', help: 'Be a proxy.' }),
    noProxy,
  ),
  'proxy-failure-wait': ofProxy(5_000),
  'proxy-refresh-interval': ofProxy(30_000),
  'proxy-dial-timeout': ofProxy(1_000),
  'proxy-write-timeout': ofProxy(5_000),
  'proxy-read-timeout': ofProxy(0),
} as const;

const ownCompaction = 'compaction never holds up requests here';
const alwaysCheckpoints = 'leases are always checkpointed here';

export const experimentalFlags = {
  'experimental-initial-corrupt-check': boolean({
    default: false,
    help: 'Compare the data with that of the other members before serving it.',
  }),
  'experimental-corrupt-check-time': duration({
    default: 0,
    help: 'How often the leader compares the data of all members; 0: never.',
  }),
  'experimental-compact-hash-check-enabled': boolean({
    default: false,
    help: 'The leader compares the data of all members after each compaction.',
  }),
  'experimental-compact-hash-check-time': duration({
    default: 60_000,
    help: 'How often it looks for such compactions.',
  }),
  'experimental-enable-v2v3': refused(
    text({ default: '', help: 'Serve the API of etcd 2 from this prefix.' }),
    'is not served here: the API of etcd 2 is gone from the original too',
  ),
  'experimental-enable-lease-checkpoint': hint(
    boolean({ default: false, help: 'Keep what is left of leases over a change of leader.' }),
    alwaysCheckpoints,
  ),
  'experimental-enable-lease-checkpoint-persist': hint(
    boolean({ default: false, help: 'Keep it over restarts too.' }),
    alwaysCheckpoints,
  ),
  'experimental-compaction-batch-limit': hint(
    integer({ default: 1_000, help: 'Revisions that one step of a compaction forgets.' }),
    ownCompaction,
  ),
  'experimental-compaction-sleep-interval': hint(
    duration({ default: 10, help: 'Pause between two steps of a compaction.' }),
    ownCompaction,
  ),
  'experimental-watch-progress-notify-interval': duration({
    default: 600_000,
    help: 'How often idle watchers that ask for it hear how far they are.',
  }),
  'experimental-downgrade-check-time': hint(
    duration({ default: 5_000, help: 'How often to look whether a downgrade is done.' }),
    'a downgrade ends when it is cancelled',
  ),
  'experimental-memory-mlock': refused(
    boolean({ default: false, help: 'Keep all memory out of swap.' }),
    'is not served here: turn swap off for the machine or the container',
  ),
  'experimental-warning-apply-duration': duration({
    default: 100,
    help: 'Applying a batch of requests for longer than this is logged and counted.',
  }),
  'experimental-txn-mode-write-with-shared-buffer': hint(
    boolean({ default: true, help: 'How transactions read.' }),
    'transactions copy nothing here',
  ),
  'experimental-bootstrap-defrag-threshold-megabytes': integer({
    default: 0,
    help: 'Defragment at start when that frees at least so many megabytes; 0: never.',
  }),
  'experimental-stop-grpc-service-on-defrag': boolean({
    default: false,
    help: 'Tell clients by the health service not to come while this member defragments.',
  }),
  'experimental-max-learners': integer({ default: 1, min: 1, help: 'Most learners at a time.' }),
  'experimental-snapshot-catchup-entries': integer({
    default: 5_000,
    min: 1,
    help: 'Entries kept for slow members behind what the log could let go of.',
  }),
} as const;

export const unsafeFlags = {
  'force-new-cluster': boolean({
    default: false,
    help: 'Be the only member from now on, with the data that is here; the others must never run again.',
  }),
  'unsafe-no-fsync': boolean({
    default: false,
    help: 'Never sync the log: fast, and a power loss loses what was acknowledged.',
  }),
} as const;
