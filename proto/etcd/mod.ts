/** etcd's v3 client API: messages, codecs and service definitions, for its server and its clients. */
export * from './generated/etcd.ts';
export { protoFiles, type ProtoFile } from './generated/descriptors.ts';
export { WireError, type Codec } from './wire.ts';
export { varintSize, writeVarint, varintSizeBig, writeVarintBig } from './wire.ts';
export { JsonError, fromJson, methodTypes, toJson } from './json.ts';
