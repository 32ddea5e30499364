/**
 * What etcdctl printed, without what may differ between two clusters: ids, addresses, times, sizes of
 * database files, the version of the server.
 */
import {
  AlarmResponse,
  CompactionResponse,
  DeleteRangeResponse,
  LeaseRevokeResponse,
  MemberAddResponse,
  MemberListResponse,
  MemberPromoteResponse,
  MemberRemoveResponse,
  MemberUpdateResponse,
  MoveLeaderResponse,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  TxnResponse,
  WatchResponse,
  type Codec,
} from '@drydock/proto/etcd';
import { plainOf } from './target.ts';

/**
 * The message that a command prints with `-w protobuf`. Of leases etcdctl prints the header alone: its
 * types for these answers embed the header, and with it the method that encodes.
 */
const messages: Readonly<Record<string, unknown>> = {
  put: PutResponse,
  get: RangeResponse,
  del: DeleteRangeResponse,
  txn: TxnResponse,
  watch: WatchResponse,
  compaction: CompactionResponse,
  'move-leader': MoveLeaderResponse,
  'lease grant': ResponseHeader,
  'lease revoke': LeaseRevokeResponse,
  'lease timetolive': ResponseHeader,
  'lease keep-alive': ResponseHeader,
  'lease list': ResponseHeader,
  'member add': MemberAddResponse,
  'member remove': MemberRemoveResponse,
  'member update': MemberUpdateResponse,
  'member promote': MemberPromoteResponse,
  'member list': MemberListResponse,
  'alarm list': AlarmResponse,
  'alarm disarm': AlarmResponse,
};

/** Bytes as one character each; `words` are the command's, `shown` names what is known. */
export function normalizedOutput(
  words: readonly string[],
  output: string,
  shown: (text: string) => string = (text) => text,
): string {
  const isProtobuf = /(-w|--write-out)[ =]protobuf/.test(words.join(' '));
  const verb = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  const codec = (messages[verb.join(' ')] ?? messages[verb[0] ?? '']) as Codec<unknown> | undefined;
  if (!isProtobuf || codec === undefined || output === '') {
    return normalizedText(shown(output));
  }
  return shown(JSON.stringify(plainOf(codec.decode(Buffer.from(output, 'latin1')))));
}

/** Columns of tables of endpoints whose values are each server's own. */
const ownColumns = /^(ID|VERSION|DB SIZE|RAFT TERM|RAFT INDEX|RAFT APPLIED INDEX|TOOK|HASH)$/;

export function normalizedText(text: string): string {
  return (
    tableCells(text)
      .replace(/\{"level":"(warn|info)".*\n/g, '')
      .replace(/"(cluster_id|member_id|raft_term|ID|lease|leader)":(<\w+>|-?[1-9]\d*)/g, '"$1":0')
      .replace(/"id":-?\d{11,}/g, '"id":ID')
      // The original keeps the keys of a lease in no order.
      .replace(/"keys":\[(.*?)\]/g, (_all, keys: string) => `"keys":[${sortedList(keys, ',')}]`)
      .replace(
        /attached keys\(\[(.*?)\]\)/g,
        (_all, keys: string) => `keys(${sortedList(keys, ' ')})`,
      )
      .replace(/("Key" : .*\n)+(?=$|[^"])/g, (keys) => `${sortedList(keys.trimEnd(), '\n')}\n`)
      .replace(/"(raftIndex|raftAppliedIndex|raftTerm|dbSize|dbSizeInUse)":\d+/g, '"$1":0')
      .replace(/"(ClusterID|MemberID|RaftTerm|ID|Leader)" : (<\w+>|\d+)/g, '"$1" : 0')
      .replace(/"(RaftIndex|RaftAppliedIndex|DBSize|DBSizeInUse)" : \d+/g, '"$1" : 0')
      .replace(/"(version|Version)"( ?: ?)"[\d.]+"/g, '"$1"$2"VERSION"')
      .replace(/"Lease" : [1-9]\d*/g, '"Lease" : ID')
      .replace(/"took":"[^"]*"/g, '"took":"TIME"')
      .replace(/took[ =]+[\d.]+[µnm]?s/g, 'took TIME')
      .replace(/"Took" : \S+/g, '"Took" : TIME')
      .replace(/remaining\(\d+s\)/g, 'remaining(TIME)')
      .replace(/"(ttl|TTL)"( ?: ?)[1-9]\d*/g, '"$1"$2TIME')
      .replace(/^(<endpoint>), \S+, [\d.]+, [\d.]+ [kM]?B, /gm, '$1, ID, VERSION, SIZE, ')
      .replace(/, \d+, \d+, \d+, $/gm, ', TERM, INDEX, INDEX, ')
      .replace(/\b[0-9a-f]{11,16}\b/g, 'ID')
      // Members come by their ids.
      .replace(
        /"members":\[(.*)\]/g,
        (_all, members: string) => `[${sortedList(members, /(?<=\}),/)}]`,
      )
      .replace(/ETCD_INITIAL_CLUSTER="(.*)"/g, (_all, members: string) => sortedList(members, ','))
      .replace(/(Member|cluster) +/g, '$1 ')
      .replace(/ addr=0x\w+ pc=0x\w+|\n\ngoroutine \d+ [^]*$/g, '')
  );
}

const sortedList = (text: string, separator: string | RegExp) =>
  text.split(separator).toSorted().join(' ');

/** Tables as their cells: how wide a column is follows from values that differ. */
function tableCells(text: string): string {
  let own: number[] = [];
  return text
    .split('\n')
    .map((line) => {
      if (/^[+-]+$/.test(line)) return '+';
      if (!line.startsWith('|')) return line;
      const cells = line.split('|').map((cell) => cell.trim());
      const isHead = cells.every((cell) => !/[a-z0-9]/.test(cell));
      if (isHead) own = [...cells.keys()].filter((index) => ownColumns.test(cells[index]!));
      else for (const index of own) cells[index] = 'OWN';
      return cells.join('|');
    })
    .join('\n');
}
