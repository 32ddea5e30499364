/** SPDY/3.1, and what carries it: what kubectl, API servers and container runtimes stream in. */
export { createByteQueue, type ByteQueue } from './byte-queue.ts';
export { GoodbyeError, goneError, goodbyeMillisMax, type Carrier } from './carrier.ts';
export { createFrameReader, encodeFrame } from './frame.ts';
export { createHeaderEncoder } from './headers.ts';
export { createInputGate } from './input-gate.ts';
export {
  createSpdyClientSession,
  createSpdySession,
  pingFrame,
  type SpdyClientSession,
} from './session.ts';
export { createSocketCarrier } from './socket-carrier.ts';
export type { SpdyStream } from './stream.ts';
