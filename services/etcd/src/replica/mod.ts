/** The replicated log, for the server that is built on it. */
export { ByteWriter } from '../raft/bytes.ts';
export { decodeMessages, encodeMessages, writeMessages } from '../raft/codec.ts';
export { decodeConfigurationEntry, entersJoint } from '../raft/configuration.ts';
export { traceLine, type TraceEvent, type Tracer } from '../raft/trace-events.ts';
export { createReplica } from './replica.ts';
export * from './types.ts';
