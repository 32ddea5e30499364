/** gRPC servers and channels with mTLS, deadlines and one way to say that a call failed. */
export {
  createChannelSet,
  type ChannelSet,
  type ChannelSetOptions,
  type UnaryOptions,
} from './channel.ts';
export type { Talk, TalkEvents } from './lean-connection.ts';
export type { Method } from './method.ts';
export {
  createRpcServer,
  duplexStream,
  serverStream,
  unary,
  type CallContext,
  type RpcServer,
  type RpcServerOptions,
  type ServiceImplementation,
} from './server.ts';
export { RpcError, StatusCode, toRpcError, toServiceError } from './status.ts';
export {
  channelCredentials,
  identityOfSubject,
  readTls,
  serverCredentials,
  type PeerIdentity,
  type TlsFiles,
  type TlsMaterial,
} from './tls.ts';
