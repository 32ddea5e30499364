/** Section "Member": this member, its data, its listeners. */
import { boolean, choice, duration, hint, integer, list, path, text } from '../flag.ts';

const noFiles = 'the log lets go of what is no longer needed by itself';

export const memberFlags = {
  name: text({ default: 'default', help: 'Human-readable name of this member.' }),
  'data-dir': path({ help: 'Folder of the data; NAME.etcd if not given.' }),
  'wal-dir': path({ help: 'Folder of the log, if it has one of its own.' }),
  'snapshot-count': integer({
    default: 10_000,
    min: 1,
    help: 'Entries after which the log lets go of what the database holds.',
  }),
  'heartbeat-interval': integer({ default: 100, help: "The leader's heartbeat, in milliseconds." }),
  'election-timeout': integer({
    default: 1_000,
    help: 'Silence of the leader that starts an election, in milliseconds; at least 5 heartbeats.',
  }),
  'initial-election-tick-advance': hint(
    boolean({ default: true, help: 'Whether the first election may begin early.' }),
    'a member that is alone begins at once, others wait an election timeout',
  ),
  'listen-peer-urls': list({
    default: ['http://localhost:2380'],
    help: 'Where to serve other members.',
  }),
  'listen-client-urls': list({
    default: ['http://localhost:2379'],
    help: 'Where to serve clients: gRPC, and HTTP unless --listen-client-http-urls takes it over.',
  }),
  'listen-client-http-urls': list({
    default: [],
    help: 'Where to serve HTTP alone to clients; --listen-client-urls then serve gRPC alone.',
  }),
  'max-snapshots': hint(integer({ default: 5, help: 'Snapshot files to keep.' }), noFiles),
  'max-wals': hint(integer({ default: 5, help: 'Log files to keep.' }), noFiles),
  'quota-backend-bytes': integer({
    default: 0,
    min: -Number.MAX_SAFE_INTEGER,
    help: 'Size of the database from which writes are refused; 0: 2 GiB, below 0: none.',
  }),
  'backend-bbolt-freelist-type': hint(
    choice(['map', 'array'], { default: 'map', help: 'How bbolt keeps its free pages.' }),
    'the database is SQLite',
  ),
  'backend-batch-interval': hint(
    duration({ default: 0, help: 'Longest time until the database commits; 0: 100ms.' }),
    'the database commits every 100ms, and the log holds what it has not',
  ),
  'backend-batch-limit': hint(
    integer({ default: 0, help: 'Most operations until the database commits.' }),
    'the database commits by time and size',
  ),
  'max-txn-ops': integer({ default: 128, help: 'Most operations of a transaction.' }),
  'max-request-bytes': integer({ default: 1_572_864, help: 'Largest request of a client.' }),
  'max-concurrent-streams': integer({
    default: 4_294_967_295,
    max: 4_294_967_295,
    help: 'Most streams that a client may have open on a connection; never above 10000.',
  }),
  'enable-grpc-gateway': boolean({ default: true, help: 'Serve the JSON API below /v3/.' }),
  'grpc-keepalive-min-time': duration({
    default: 5_000,
    help: 'Clients that ping more often than this are disconnected.',
  }),
  'grpc-keepalive-interval': duration({
    default: 7_200_000,
    help: 'Silence of a connection after which it is pinged; 0: never.',
  }),
  'grpc-keepalive-timeout': duration({
    default: 20_000,
    help: 'How long the answer to that ping may take; 0: for ever.',
  }),
  'socket-reuse-port': boolean({ default: false, help: 'Share the ports with other processes.' }),
  'socket-reuse-address': hint(
    boolean({ default: false, help: 'Take a port whose last connections are still closing.' }),
    'it is always so',
  ),
  'raft-read-timeout': hint(
    duration({ default: 5_000, help: 'How long to read from another member.' }),
    'connections to members are pinged every 2s',
  ),
  'raft-write-timeout': hint(
    duration({ default: 5_000, help: 'How long to write to another member.' }),
    'connections to members are pinged every 2s',
  ),
} as const;
