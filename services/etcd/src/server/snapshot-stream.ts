/**
 * `Maintenance.Snapshot`: this member's state as a database of etcd, then its SHA-256, as
 * `etcdctl snapshot save` writes it to a file.
 *
 * 1. The member's thread only passes on what another has made, a part at a time and no faster than the
 *    client reads.
 */
import { SnapshotRequest, SnapshotResponse } from '@drydock/proto/etcd';
import { failures, type Failure } from '../mvcc/failure.ts';
import type { SnapshotExporter, SnapshotFile } from '../mvcc/sqlite-export.ts';
import { headerOf, type MemberCore } from './core.ts';
import type { MessageStream, StreamHandler } from './grpc.ts';

/** As the original cuts it. */
const blobBytes = 32 * 1024;
const readBytes = 8 * blobBytes;

export interface SnapshotOptions {
  readonly snapshots: SnapshotExporter;
  /** The release whose database this is, as in 3.5.17. */
  readonly apiVersion: string;
}

export function createSnapshotHandler(core: MemberCore, options: SnapshotOptions): StreamHandler {
  return (stream) => {
    let isAsked = false;
    stream.onMessage((bytes) => {
      SnapshotRequest.decode(bytes);
      if (isAsked) return;
      SnapshotRequest.decode(bytes);
      isAsked = true;
      send(core, options, stream).catch((error: unknown) => {
        core.log.error({ err: error }, 'a snapshot for a client failed');
        stream.fail(failed(error));
      });
    });
  };
}

/** The original answers with whatever its disk says, and no code of its own. */
function failed(error: unknown): Failure {
  return { kind: 'failure', code: 2, message: (error as Error).message };
}

async function send(
  core: MemberCore,
  { snapshots, apiVersion }: SnapshotOptions,
  stream: MessageStream,
): Promise<void> {
  const started = core.clock.now();
  await core.state.persist();
  const { term, configuration } = core.replica.status();
  const clusterVersion = apiVersion.replace(/\.\d+$/, '.0');
  await using file = await snapshots.make({ term, configuration, clusterVersion });
  if (file === undefined) {
    stream.fail(failures.tooManyRequests);
    return;
  }
  const { appliedIndex, revisions, bytes } = file;
  core.log.info({ appliedIndex, revisions, bytes }, 'sending a snapshot to a client');
  if (!(await sendFile(core, file, stream))) return;
  const millis = core.clock.now() - started;
  core.log.info({ bytes, millis }, 'sent a snapshot to a client');
}

/** False when the client has gone. */
async function sendFile(core: MemberCore, file: SnapshotFile, stream: MessageStream) {
  let wake = () => {};
  stream.onReady(() => wake());
  stream.onClose(() => wake());
  const sendBlob = async (blob: Uint8Array, remainingBytes: number) => {
    stream.send(SnapshotResponse.encode({ header: headerOf(core), remainingBytes, blob }));
    while (!stream.isReady && !stream.isClosed) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  for (let offset = 0; offset < file.bytes && !stream.isClosed; offset += readBytes) {
    const part = await file.read(offset, Math.min(readBytes, file.bytes - offset));
    for (let at = 0; at < part.length && !stream.isClosed; at += blobBytes) {
      const blob = part.subarray(at, at + blobBytes);
      await sendBlob(blob, file.bytes - offset - at - blob.length);
    }
  }
  if (stream.isClosed) return false;
  await sendBlob(await file.sha256, 0);
  stream.end();
  return true;
}
