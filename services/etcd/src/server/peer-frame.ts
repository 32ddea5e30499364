/** What leaves for a peer in one piece: Raft messages as a Frame (peer.proto) in a gRPC message. */
import { varintSize, writeVarint } from '@drydock/proto/etcd';
import { ByteWriter, writeMessages } from '../replica/mod.ts';
import type { Message } from '../replica/types.ts';

const grpcPrefixBytes = 5;
const bodyTag = 0x0a;
const roomBytes = grpcPrefixBytes + 1 + 5;

const writer = new ByteWriter(64 * 1024);

/** Valid until the next call: every write of the cluster passes here, and is copied only once more. */
export function frameOf(messages: readonly Message[]): Uint8Array {
  writer.reset();
  writer.skip(roomBytes);
  writeMessages(writer, messages);
  const whole = writer.view();
  const bodyBytes = whole.length - roomBytes;
  const sizeBytes = varintSize(bodyBytes);
  const start = roomBytes - sizeBytes - 1 - grpcPrefixBytes;
  const bytes = Buffer.from(whole.buffer, whole.byteOffset + start, whole.length - start);
  bytes[0] = 0;
  bytes.writeUInt32BE(bodyBytes + sizeBytes + 1, 1);
  bytes[grpcPrefixBytes] = bodyTag;
  writeVarint(bodyBytes, bytes, grpcPrefixBytes + 1);
  return bytes;
}
