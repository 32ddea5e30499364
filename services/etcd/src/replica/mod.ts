/** The replicated log, for the server that is built on it. */
export { decodeMessages, encodeMessages } from '../raft/codec.ts';
export { decodeConfigurationEntry } from '../raft/configuration.ts';
export { createReplica } from './replica.ts';
export * from './types.ts';
