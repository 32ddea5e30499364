/** The commands: what each takes, does and prints. */
import {
  boolean,
  choice,
  createSystemClock,
  integer,
  list,
  path,
  text,
  type FlagSpec,
} from '@drydock/process';
import { openBbolt } from '../bbolt/reader.ts';
import { apiVersion } from '../server/maintenance-service.ts';
import { openFileSource } from '../snapshot/file-source.ts';
import { hashKvOf, statusOf } from '../snapshot/status.ts';
import { readFlags, UsageError } from './command-line.ts';
import { formats, humanBytes, render } from './print.ts';
import type { ProgressLog } from './progress.ts';
import { restoreSnapshot } from './restore.ts';

export interface Output {
  readonly print: (text: string) => void;
  readonly log: ProgressLog;
}

export interface UtilityCommand {
  /** Behind the command's words. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: FlagSpec;
  readonly examples: readonly string[];
  run(words: readonly string[], flags: readonly string[], output: Output): Promise<void> | void;
}

const printFlags = {
  'write-out': choice(formats, { default: 'simple', help: 'set the output format; short: -w' }),
} as const satisfies FlagSpec;

const restoreFlags = {
  'data-dir': path({
    default: undefined,
    help: 'path to the output data directory; NAME.etcd if not given',
  }),
  'wal-dir': path({
    default: undefined,
    help: 'path to the WAL directory, instead of in --data-dir',
  }),
  name: text({ default: 'default', help: 'human-readable name for this member' }),
  'initial-cluster': text({
    default: 'default=http://localhost:2380',
    help: 'initial cluster configuration for restore bootstrap: name=peer URL, separated by commas',
  }),
  'initial-cluster-token': text({
    default: 'etcd-cluster',
    help: 'initial cluster token for the etcd cluster during restore bootstrap',
  }),
  'initial-advertise-peer-urls': list({
    default: ['http://localhost:2380'],
    help: "list of this member's peer URLs to advertise to the rest of the cluster",
  }),
  'skip-hash-check': boolean({
    default: false,
    help: 'ignore snapshot integrity hash value (required if copied from data directory)',
  }),
  'initial-memory-map-size': integer({
    default: 0,
    help: 'accepted without an effect: our database is not mapped into memory',
  }),
  'bump-revision': integer({
    default: 0,
    help: 'how much to increase the latest revision after restore',
  }),
  'mark-compacted': boolean({
    default: false,
    help: 'mark the latest revision after restore as compacted (required if --bump-revision > 0, disallowed otherwise)',
  }),
} as const satisfies FlagSpec;

const hashKvFlags = {
  rev: integer({ default: 0, help: 'maximum revision to hash; 0: the latest' }),
  ...printFlags,
} as const satisfies FlagSpec;

function oneFile(command: string, words: readonly string[]): string {
  const [file, ...more] = words;
  if (file === undefined || more.length > 0) {
    throw new UsageError(`${command} requires exactly one argument`);
  }
  return file;
}

async function restore(words: readonly string[], argv: readonly string[], { log }: Output) {
  const snapshotPath = oneFile('snapshot restore', words);
  const flags = readFlags(restoreFlags, 'etcdutl snapshot restore', argv);
  const bumpRevision = flags['bump-revision'];
  if (bumpRevision > 0 !== flags['mark-compacted']) {
    throw new UsageError('--mark-compacted required if --bump-revision > 0');
  }
  const dataFolder = flags['data-dir'] ?? `${flags.name}.etcd`;
  const fields = {
    path: snapshotPath,
    'wal-dir': `${flags['wal-dir'] ?? `${dataFolder}/member`}/log/wal`,
    'data-dir': dataFolder,
  };
  log.info('restoring snapshot', fields);
  const { revision, revisions, self, clusterId } = await restoreSnapshot(
    {
      snapshotPath,
      dataFolder,
      walFolder: flags['wal-dir'],
      name: flags.name,
      initialCluster: flags['initial-cluster'],
      token: flags['initial-cluster-token'],
      peerUrls: flags['initial-advertise-peer-urls'],
      skipHashCheck: flags['skip-hash-check'],
      bumpRevision,
    },
    { clock: createSystemClock(1), onProgress: (what, done) => log.progress(what, done) },
  );
  log.info('restored snapshot', {
    ...fields,
    'member-id': self.id.toString(16),
    'cluster-id': clusterId.toString(16),
    revision,
    revisions,
  });
}

function status(words: readonly string[], argv: readonly string[], { print }: Output): void {
  const file = oneFile('snapshot status', words);
  const flags = readFlags(printFlags, 'etcdutl snapshot status', argv);
  using source = openFileSource(file);
  const opened = openBbolt(source);
  opened.check();
  const { hash, revision, totalKey, totalSize } = statusOf(opened);
  const columns = [
    { title: 'hash', field: 'Hash', json: 'hash', value: hash, text: hash.toString(16) },
    { title: 'revision', field: 'Revision', json: 'revision', value: revision },
    { title: 'total keys', field: 'Keys', json: 'totalKey', value: totalKey },
    {
      title: 'total size',
      field: 'Size',
      json: 'totalSize',
      value: totalSize,
      text: humanBytes(totalSize),
    },
  ];
  print(render(columns, flags['write-out']));
}

function hashKv(words: readonly string[], argv: readonly string[], { print }: Output): void {
  const file = oneFile('hashkv', words);
  const flags = readFlags(hashKvFlags, 'etcdutl hashkv', argv);
  using source = openFileSource(file);
  const { hash, hashRevision, compactRevision } = hashKvOf(openBbolt(source), flags.rev);
  const columns = [
    { title: 'hash', field: 'Hash', json: 'hash', value: hash },
    {
      title: 'hash revision',
      field: 'Hash revision',
      json: 'hashRevision',
      value: hashRevision,
    },
    {
      title: 'compact revision',
      field: 'Compact revision',
      json: 'compactRevision',
      value: compactRevision,
    },
  ];
  print(render(columns, flags['write-out']));
}

export const commands: Readonly<Record<string, UtilityCommand>> = {
  'snapshot restore': {
    usage: 'FILE --data-dir DIR [flags]',
    summary: 'make a data directory for a member of a new cluster from a snapshot',
    flags: restoreFlags,
    examples: [
      'etcdutl snapshot restore backup.db --data-dir restored',
      'etcdutl snapshot restore backup.db --data-dir m1 --name m1 \\\n    --initial-cluster m1=http://10.0.0.1:2380,m2=http://10.0.0.2:2380 \\\n    --initial-advertise-peer-urls http://10.0.0.1:2380 --initial-cluster-token restored',
      'etcdutl snapshot restore backup.db --data-dir restored --bump-revision 1000000000 --mark-compacted',
      'etcdutl snapshot restore /var/lib/etcd/member/snap/db --data-dir restored --skip-hash-check',
    ],
    run: restore,
  },
  'snapshot status': {
    usage: 'FILE [-w simple|table|json|fields]',
    summary: 'check a snapshot, and print its hash, revision, number of keys and size',
    flags: printFlags,
    examples: ['etcdutl snapshot status backup.db', 'etcdutl snapshot status backup.db -w table'],
    run: status,
  },
  hashkv: {
    usage: 'FILE [--rev N] [-w simple|table|json|fields]',
    summary: 'print the checksum of the history in a snapshot, as `etcdctl endpoint hashkv` does',
    flags: hashKvFlags,
    examples: ['etcdutl hashkv backup.db', 'etcdutl hashkv backup.db --rev 100 -w json'],
    run: hashKv,
  },
  version: {
    usage: '',
    summary: 'print the version',
    flags: {},
    examples: ['etcdutl version'],
    run: (_words, _flags, { print }) => {
      const [major, minor] = apiVersion.split('.');
      print(`etcdutl version: ${apiVersion}\nAPI version: ${major}.${minor}\n`);
    },
  },
};
