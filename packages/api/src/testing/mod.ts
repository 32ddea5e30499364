/** What tests of others need: valid objects of every kind, and their bytes in protobuf. */
export { encodeMessage, envelope } from './protobuf-encoder.ts';
export { servedKinds } from '../registry.ts';
export { validBody } from './valid/valid-object.ts';
