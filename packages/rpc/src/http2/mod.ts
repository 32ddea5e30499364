/**
 * HTTP/2 by hand (RFC 9113, RFC 7541): what both sides of a connection share. etcd's members serve with
 * it, and what is called thousands of times a second is called with it.
 */
export {
  defaultWindowBytes,
  frameBytesMax,
  frameFlag,
  FrameReader,
  frameType,
  preface,
  settingId,
  unpadded,
  windowBytesMax,
} from './frame.ts';
export { HeaderBlock, headerBlockBytesMax } from './header-block.ts';
export { encodeHeaders, HpackDecoder } from './hpack.ts';
export { Http2Error, type Http2ErrorCode } from './http2-error.ts';
export { Outbox } from './outbox.ts';
