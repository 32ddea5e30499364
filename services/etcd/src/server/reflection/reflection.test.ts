import { ServerReflectionRequest, ServerReflectionResponse } from '@drydock/proto/etcd';
import protobuf from 'protobufjs';
import descriptorSchema from 'protobufjs/google/protobuf/descriptor.json' with { type: 'json' };
import { expect, it } from 'vitest';
import { createTestStream } from '../../testing/member-core.ts';
import { createReflectionService } from './reflection-service.ts';

const fileType = protobuf.Root.fromJSON(descriptorSchema).lookupType(
  'google.protobuf.FileDescriptorProto',
);

function ask() {
  const service = createReflectionService(['etcdserverpb.KV', 'v3lockpb.Lock']);
  const opened = createTestStream();
  service.streams['/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo']!(opened.stream);
  const request = (partial: Partial<ServerReflectionRequest>) => {
    opened.receive(ServerReflectionRequest.encode(ServerReflectionRequest.from(partial)));
    return ServerReflectionResponse.decode(opened.sent.at(-1)!);
  };
  const names = (response: ServerReflectionResponse) =>
    response.fileDescriptorResponse?.fileDescriptorProto.map(
      (bytes) => (fileType.decode(bytes) as unknown as { name: string }).name,
    );
  return { ...opened, opened, request, names };
}

it('lists the services in order, itself among them', () => {
  const { listServicesResponse, validHost, originalRequest } = ask().request({
    host: 'here',
    listServices: '',
  });
  expect(listServicesResponse?.service.map(({ name }) => name)).toEqual([
    'etcdserverpb.KV',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
    'v3lockpb.Lock',
  ]);
  expect(validHost).toBe('here');
  expect(originalRequest?.host).toBe('here');
});

it('finds the file of a service, method, message, field, nested enum and enum value', () => {
  const { request, names } = ask();
  for (const fileContainingSymbol of [
    'etcdserverpb.KV',
    'etcdserverpb.KV.Put',
    'etcdserverpb.RangeRequest',
    'etcdserverpb.RangeRequest.range_end',
    'etcdserverpb.RangeRequest.SortOrder',
    'etcdserverpb.RangeRequest.DESCEND',
    'etcdserverpb.RequestOp.request',
  ]) {
    expect(names(request({ fileContainingSymbol }))![0]).toBe('rpc.proto');
  }
});

it('sends what a file imports once on a stream, and the file itself each time', () => {
  const { request, names } = ask();
  expect(names(request({ fileByFilename: 'v3election.proto' }))).toEqual([
    'v3election.proto',
    'kv.proto',
    'rpc.proto',
    'auth.proto',
  ]);
  expect(names(request({ fileByFilename: 'v3lock.proto' }))).toEqual(['v3lock.proto']);
  expect(names(request({ fileByFilename: 'kv.proto' }))).toEqual(['kv.proto']);
});

it('answers what it does not know with an error, and goes on', () => {
  const { request, opened } = ask();
  const missing = { errorCode: 5, errorMessage: 'proto: not found' };
  for (const unknown of [
    { fileByFilename: 'no.proto' },
    { fileContainingSymbol: 'etcdserverpb.Nothing' },
    { fileContainingExtension: { containingType: 'etcdserverpb.PutRequest', extensionNumber: 9 } },
    { allExtensionNumbersOfType: 'etcdserverpb.Nothing' },
  ]) {
    expect(request(unknown).errorResponse).toEqual(missing);
  }
  const none = request({ allExtensionNumbersOfType: 'etcdserverpb.PutRequest' });
  expect(none.allExtensionNumbersResponse).toEqual({
    baseTypeName: 'etcdserverpb.PutRequest',
    extensionNumber: [],
  });
  expect(opened.end).toBeUndefined();
});

it('ends a stream that asks for nothing', () => {
  const { opened } = ask();
  opened.receive(ServerReflectionRequest.encode(ServerReflectionRequest.from({})));
  expect(opened.end).toBe('failed');
});

it('describes fields as protoc does: numbers, types, labels, oneofs, JSON names', () => {
  const { request } = ask();
  const [bytes] = request({ fileByFilename: 'rpc.proto' }).fileDescriptorResponse!
    .fileDescriptorProto;
  const file = fileType.toObject(fileType.decode(bytes!), { enums: String }) as {
    syntax: string;
    messageType: { name: string; field: { name: string }[]; oneofDecl?: object[] }[];
  };
  expect(file.syntax).toBe('proto3');
  const op = file.messageType.find(({ name }) => name === 'RequestOp')!;
  expect(op.oneofDecl).toEqual([{ name: 'request' }]);
  expect(op.field.find(({ name }) => name === 'request_delete_range')).toEqual({
    name: 'request_delete_range',
    number: 3,
    label: 'LABEL_OPTIONAL',
    type: 'TYPE_MESSAGE',
    typeName: '.etcdserverpb.DeleteRangeRequest',
    oneofIndex: 0,
    jsonName: 'requestDeleteRange',
  });
  const status = file.messageType.find(({ name }) => name === 'StatusResponse')!;
  expect(status.field.find(({ name }) => name === 'errors')).toMatchObject({
    label: 'LABEL_REPEATED',
    type: 'TYPE_STRING',
  });
});
