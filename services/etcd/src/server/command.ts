/** What travels in log entries: one byte that names the command, then its message. */
import {
  AlarmRequest,
  AuthCommand,
  AuthorizedCommand,
  CompactionRequest,
  DeleteRangeRequest,
  DowngradeRequest,
  LeaseCheckpointRequest,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  LeaseTimeToLiveResponse,
  Member,
  PutRequest,
  TxnRequest,
  type Codec,
} from '@drydock/proto/etcd';

const codecs = {
  put: PutRequest,
  'delete-range': DeleteRangeRequest,
  txn: TxnRequest,
  compact: CompactionRequest,
  'lease-grant': LeaseGrantRequest,
  'lease-revoke': LeaseRevokeRequest,
  /** Of one lease; only the id and the TTL are used. Older members wrote it. */
  'lease-checkpoint': LeaseTimeToLiveResponse,
  alarm: AlarmRequest,
  /** A member tells its name and addresses. */
  member: Member,
  'lease-checkpoints': LeaseCheckpointRequest,
  /** Another command, for a user. */
  authorized: AuthorizedCommand,
  auth: AuthCommand,
  /** Only the version is used: the target, or empty where there is none any more. */
  downgrade: DowngradeRequest,
} as const;

export type CommandKind = keyof typeof codecs;
export type MessageOf<Kind extends CommandKind> =
  (typeof codecs)[Kind] extends Codec<infer Message> ? Message : never;

export type Command = {
  [Kind in CommandKind]: { readonly kind: Kind; readonly message: MessageOf<Kind> };
}[CommandKind];

/** The position is the byte on disk: append only. */
const kinds: readonly CommandKind[] = [
  'put',
  'delete-range',
  'txn',
  'compact',
  'lease-grant',
  'lease-revoke',
  'lease-checkpoint',
  'alarm',
  'member',
  'lease-checkpoints',
  'authorized',
  'auth',
  'downgrade',
];

export function encodeCommand<Kind extends CommandKind>(
  kind: Kind,
  message: MessageOf<Kind>,
): Buffer {
  const codec = codecs[kind] as unknown as Codec<MessageOf<Kind>>;
  const bytes = Buffer.allocUnsafe(1 + codec.size(message));
  bytes[0] = kinds.indexOf(kind);
  codec.write(message, bytes, 1);
  return bytes;
}

/** A command from the encoded message, which is copied. */
export function commandOf(kind: CommandKind, message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + message.length);
  bytes[0] = kinds.indexOf(kind);
  bytes.set(message, 1);
  return bytes;
}

/** @throws WireError or Error: an entry that a member of this cluster did not write. */
export function decodeCommand(bytes: Uint8Array): Command {
  const kind = kinds[bytes[0]!];
  if (kind === undefined) {
    throw new Error(
      `the log holds a command of the unknown kind ${bytes[0]}: it was written by a newer version`,
    );
  }
  return { kind, message: codecs[kind].decode(bytes.subarray(1)) } as Command;
}
