/** Turns the functions of one message into its codec, and codecs into a method that grpc-js takes. */
import type { MethodDefinition } from '@grpc/grpc-js';
import { Reader, type Codec } from './wire.ts';

export function codec<Message extends object>(
  typeName: string,
  zero: () => Message,
  size: (message: Message) => number,
  write: (message: Message, into: Buffer, at: number) => number,
  read: (reader: Reader, outerEnd: number) => Message,
): Codec<Message> {
  return {
    typeName,
    from: (partial) => Object.assign<Message, Partial<Message>>(zero(), partial),
    encode(message) {
      const bytes = Buffer.allocUnsafe(size(message));
      write(message, bytes, 0);
      return bytes;
    },
    decode(bytes) {
      const reader = new Reader(bytes);
      return read(reader, reader.end);
    },
    size,
    write,
  };
}

export function method<Request, Response>(
  path: string,
  request: Codec<Request>,
  response: Codec<Response>,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Request, Response> {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: response.encode,
    responseDeserialize: response.decode,
  };
}
