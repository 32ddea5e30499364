/**
 * gRPC's server reflection, v1 and v1alpha: clients without .proto files learn the services from the
 * server. Answers and errors are those of grpc-go's.
 */
import {
  ServerReflectionRequest,
  ServerReflectionResponse,
  protoFiles,
  type ProtoFile,
} from '@drydock/proto/etcd';
import type { GrpcMethods, MessageStream } from '../grpc.ts';
import { createProtoIndex } from './proto-index.ts';

const notFound = 5;
const invalidArgument = 3;

type Response = Partial<ServerReflectionResponse>;

const missing: Response = {
  errorResponse: { errorCode: notFound, errorMessage: 'proto: not found' },
};

const reflectionServices = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

/** `services` are the names of all services of the server, its reflection left out. */
export function createReflectionService(services: readonly string[]): GrpcMethods {
  const index = createProtoIndex(protoFiles);
  const service = [...services, ...reflectionServices].sort().map((name) => ({ name }));

  const describe = (file: ProtoFile | undefined, sent: Set<string>): Response =>
    file === undefined
      ? missing
      : { fileDescriptorResponse: { fileDescriptorProto: index.withImports(file, sent) } };

  /** Undefined for a request that asks for nothing. */
  const answer = (request: ServerReflectionRequest, sent: Set<string>): Response | undefined => {
    if (request.fileByFilename !== undefined) {
      return describe(index.byName(request.fileByFilename), sent);
    }
    if (request.fileContainingSymbol !== undefined) {
      return describe(index.declaring(request.fileContainingSymbol), sent);
    }
    // None of our messages is extended.
    if (request.fileContainingExtension !== undefined) return missing;
    const type = request.allExtensionNumbersOfType;
    if (type !== undefined) {
      if (index.declaring(type) === undefined) return missing;
      return { allExtensionNumbersResponse: { baseTypeName: type, extensionNumber: [] } };
    }
    return request.listServices === undefined ? undefined : { listServicesResponse: { service } };
  };

  const info = (stream: MessageStream): void => {
    const sent = new Set<string>();
    stream.onMessage((bytes) => {
      const request = ServerReflectionRequest.decode(bytes);
      const response = answer(request, sent);
      if (response === undefined) {
        const message = 'invalid MessageRequest: <nil>';
        stream.fail({ kind: 'failure', code: invalidArgument, message });
        return;
      }
      stream.send(
        ServerReflectionResponse.encode(
          ServerReflectionResponse.from({
            validHost: request.host,
            originalRequest: request,
            ...response,
          }),
        ),
      );
    });
    stream.onEnd(() => stream.end());
  };

  const streams = reflectionServices.map((name) => [`/${name}/ServerReflectionInfo`, info]);
  return { unary: {}, streams: Object.fromEntries(streams) };
}
