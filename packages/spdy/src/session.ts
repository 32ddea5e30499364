/**
 * A SPDY/3.1 session on one carrier, of either side: streams that a client opens.
 *
 * 1. A peer that breaks the protocol gets GOAWAY and its session ends; nothing of it is thrown at
 *    others. One stream that is refused or unknown is reset, and the session goes on.
 * 2. Input is bounded by the gate, output by the carrier and the peer's windows: whoever is slow is
 *    waited for.
 * 3. A peer that has never spoken of windows has none: kubectl's SPDY neither keeps nor moves them, and
 *    that of container runtimes is the same. One that has is never sent more than its windows allow.
 * 4. A server drops what a client has sent that then resets the stream or goes: it is through with it. A
 *    client reads it to its end, for such servers end a stream by a reset and a session by hanging up.
 */
import { goneError, type Carrier } from './carrier.ts';
import { createInputGate } from './input-gate.ts';
import { goAwayStatus, resetStatus, SpdyError } from './error.ts';
import { createFrameReader, encodeFrame, type Frame } from './frame.ts';
import { createHeaderDecoder, createHeaderEncoder, type Headers } from './headers.ts';
import { createSpdyStream, type OpenStream, type SpdyStream } from './stream.ts';
import { createSendWindow } from './window.ts';

/** Each forwarded connection takes two. */
const streamsMax = 512;
/** Answers to pings and resets that the client does not read. */
const repliesBytesMax = 64 * 1024;
const initialWindowSetting = 7;

export interface SpdySession {
  /** Says goodbye once what was written is sent. */
  close(): Promise<void>;
  readonly signal: AbortSignal;
}

export interface SpdySessionOptions {
  readonly carrier: Carrier;
  /** Called for each stream that the client opens. */
  readonly onStream: (stream: SpdyStream) => void;
}

export interface SpdyClientSession extends SpdySession {
  /** @throws Error when the connection is over */
  open(headers: Headers): SpdyStream;
}

/** The server's side. */
export function createSpdySession({ carrier, onStream }: SpdySessionOptions): SpdySession {
  return createSession(carrier, onStream);
}

/** The client's side: what a server opens is refused. */
export function createSpdyClientSession(carrier: Carrier): SpdyClientSession {
  return createSession(carrier, undefined);
}

/** `onStream` is a server's. */
function createSession(
  carrier: Carrier,
  onStream: ((stream: SpdyStream) => void) | undefined,
): SpdyClientSession {
  const isServer = onStream !== undefined;
  const reader = createFrameReader();
  const decoder = createHeaderDecoder();
  const encoder = createHeaderEncoder();
  const gate = createInputGate(carrier);
  const window = createSendWindow();
  const streams = new Map<number, OpenStream>();
  let lastStreamId = 0;
  let repliesBytes = 0;
  let isOver = false;

  /** Frames that nobody waits for. */
  const reply = (frame: Frame) => {
    const bytes = encodeFrame(frame);
    repliesBytes += bytes.length;
    carrier.send(bytes).then(
      () => (repliesBytes -= bytes.length),
      () => undefined,
    );
    if (repliesBytes > repliesBytesMax) carrier.destroy();
  };
  const goAway = async (status: number): Promise<void> => {
    if (isOver) return;
    isOver = true;
    reply({ kind: 'go-away', lastStreamId, status });
    await carrier.end();
  };
  const reset = (streamId: number, status: number) =>
    reply({ kind: 'rst-stream', streamId, status });

  const addStream = (streamId: number, headers: Headers): OpenStream => {
    const stream = createSpdyStream(
      { id: streamId, headers },
      {
        send: (bytes) => carrier.send(bytes),
        window,
        onTaken: (bytes) => {
          gate.leave(bytes);
          if (carrier.signal.aborted || isOver) return;
          reply({ kind: 'window-update', streamId: 0, delta: bytes });
          if (!stream.isInputEnded) reply({ kind: 'window-update', streamId, delta: bytes });
        },
        onOver: () => streams.delete(streamId),
      },
    );
    streams.set(streamId, stream);
    return stream;
  };

  const accept = (frame: Extract<Frame, { kind: 'syn-stream' }>) => {
    const { streamId, fin } = frame;
    // Also those of a stream that is refused: the blocks build on each other.
    const headers = () => decoder.decode(frame.block);
    if (!isServer) {
      headers();
      return reset(streamId, resetStatus.refusedStream);
    }
    if (streamId % 2 === 0 || streamId <= lastStreamId) {
      throw new SpdyError(`a client may not open stream ${streamId} after ${lastStreamId}`);
    }
    lastStreamId = streamId;
    const named = headers();
    if (streams.size >= streamsMax) return reset(streamId, resetStatus.refusedStream);
    const stream = addStream(streamId, named);
    reply({ kind: 'syn-reply', streamId, fin: false, block: encoder.encode(new Map()) });
    if (fin) stream.receive(Buffer.alloc(0), true);
    onStream(stream.facade);
  };

  const open = (headers: Headers): SpdyStream => {
    if (isOver || carrier.signal.aborted) throw goneError();
    const streamId = lastStreamId === 0 ? 1 : lastStreamId + 2;
    lastStreamId = streamId;
    const stream = addStream(streamId, headers);
    reply({ kind: 'syn-stream', streamId, fin: false, block: encoder.encode(headers) });
    return stream.facade;
  };
  /** The peer is through with a stream. */
  const leave = (stream: OpenStream | undefined, error: Error) =>
    isServer ? stream?.fail(error) : stream?.finish();

  const receiveData = ({ streamId, data, fin }: Extract<Frame, { kind: 'data' }>) => {
    const stream = streams.get(streamId);
    if (stream === undefined || stream.isInputEnded) {
      if (streamId === 0 || streamId > lastStreamId) {
        throw new SpdyError(`data for stream ${streamId}, which was never opened`);
      }
      // On its way when the stream ended. Data after the sender's own end is its mistake.
      if (stream !== undefined) reset(streamId, resetStatus.invalidStream);
      return;
    }
    gate.enter(data.length);
    stream.receive(data, fin);
  };

  const receive = (frame: Frame): void => {
    switch (frame.kind) {
      case 'data':
        return receiveData(frame);
      case 'syn-stream':
        return accept(frame);
      case 'headers':
      case 'syn-reply':
        decoder.decode(frame.block);
        return frame.fin ? streams.get(frame.streamId)?.receive(Buffer.alloc(0), true) : undefined;
      case 'rst-stream':
        return leave(streams.get(frame.streamId), new Error('the client has reset the stream'));
      case 'ping':
        // The client's are odd; the others are answers to one's own.
        return (frame.id % 2 === 1) === isServer ? reply(frame) : undefined;
      case 'go-away':
        // The streams that are open go on; the peer closes the connection after the last.
        return undefined;
      case 'settings': {
        const bytes = frame.settings.get(initialWindowSetting);
        if (bytes !== undefined) window.setInitial(bytes);
        return undefined;
      }
      case 'window-update':
        return window.add(frame.streamId, frame.delta);
      default:
        return frame satisfies never;
    }
  };

  carrier.signal.addEventListener(
    'abort',
    () => {
      isOver = true;
      window.close();
      for (const stream of streams.values()) leave(stream, goneError());
    },
    { once: true },
  );
  carrier.start((bytes) => {
    if (isOver) return;
    try {
      for (const frame of reader.push(bytes)) receive(frame);
    } catch (error) {
      if (!(error instanceof SpdyError)) throw error;
      for (const stream of streams.values()) stream.fail(error);
      window.close();
      void goAway(goAwayStatus.protocolError);
    }
  });

  /** As a client of Go's does it: a server that writes to a stream learns at once that nobody reads. */
  const hangUp = async () => {
    for (const id of streams.keys()) reset(id, resetStatus.cancel);
    for (const stream of streams.values()) stream.finish();
    isOver = true;
    window.close();
    await carrier.end();
  };

  return {
    open,
    close: () => (isServer ? goAway(goAwayStatus.ok) : hangUp()),
    signal: carrier.signal,
  };
}

/** What a session sends through a carrier whose input is held back. */
export const pingFrame: Buffer = encodeFrame({ kind: 'ping', id: 2 });
