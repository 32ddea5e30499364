/**
 * A client that knows nothing but what a server's reflection tells it: protobufjs makes the messages,
 * grpc-js the calls.
 */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { ServerReflectionRequest, ServerReflectionResponse } from '@drydock/proto/etcd';
import protobuf from 'protobufjs';
import 'protobufjs/ext/descriptor.js';

export interface ReflectedClient extends Disposable {
  readonly services: readonly string[];
  /** Calls `package.Service/Method` with and for plain objects. */
  call(method: string, request: object): Promise<Record<string, unknown>>;
}

type Asking = Partial<ServerReflectionRequest>;

/** `version` is that of the reflection protocol. */
export async function reflect(
  address: string,
  version: 'v1' | 'v1alpha',
): Promise<ReflectedClient> {
  const client = new Client(address, credentials.createInsecure());
  const asked = await ask(client, version, [{ listServices: '' }]);
  const services = asked[0]!.listServicesResponse!.service.map(({ name }) => name);
  const symbols = services.map((fileContainingSymbol) => ({ fileContainingSymbol }));
  const answers = await ask(client, version, symbols);
  const files = answers.flatMap((one) => one.fileDescriptorResponse!.fileDescriptorProto);
  const set = protobuf.Root.fromDescriptor(descriptorSet(files), { keepCase: true });
  set.resolveAll();
  return {
    services,
    call: (method, request) => callMethod(client, set, { method, request }),
    [Symbol.dispose]: () => client.close(),
  };
}

/** A FileDescriptorSet of serialized files, each once. */
function descriptorSet(files: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create();
  const seen = new Set(files.map((one) => Buffer.from(one).toString('base64')));
  for (const file of seen) writer.uint32(0x0a).bytes(Buffer.from(file, 'base64'));
  return writer.finish();
}

function ask(
  client: Client,
  version: string,
  requests: readonly Asking[],
): Promise<readonly ServerReflectionResponse[]> {
  const stream = client.makeBidiStreamRequest(
    `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    ServerReflectionRequest.encode,
    ServerReflectionResponse.decode,
  );
  for (const request of requests) stream.write(ServerReflectionRequest.from(request));
  stream.end();
  return Array.fromAsync(stream as AsyncIterable<ServerReflectionResponse>);
}

function callMethod(
  client: Client,
  root: protobuf.Root,
  { method, request }: { method: string; request: object },
): Promise<Record<string, unknown>> {
  const [service, name] = method.split('/') as [string, string];
  const found = root.lookupService(service).methods[name]!;
  found.resolve();
  const [input, output] = [found.resolvedRequestType!, found.resolvedResponseType!];
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/${method}`,
      (message: protobuf.Message) => Buffer.from(input.encode(message).finish()),
      (bytes) => output.toObject(output.decode(bytes), { longs: Number, bytes: String }),
      input.fromObject(request),
      { deadline: Date.now() + 10_000 },
      (error: ServiceError | null, response?: Record<string, unknown>) => {
        if (error === null) resolve(response!);
        else reject(error);
      },
    );
  });
}
