import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contract as api } from './generated/api-contract.ts';
import { contract as node } from './generated/node-contract.ts';
import { serviceOf, type ContractTable, type FieldTable } from './contract.ts';
import { WireError } from './etcd/wire.ts';

/** protobufjs, with the options that the generated types were made with. */
function oracleOf(file: string, service: string): ServiceDefinition {
  const options = { longs: Number, enums: String, defaults: true, oneofs: true };
  return loadSync(file, { includeDirs: [import.meta.dirname], ...options })[
    service
  ] as ServiceDefinition;
}

function item(table: ContractTable, field: FieldTable): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'bool':
      return fc.boolean();
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'message':
      return message(table, field.ref!);
    case 'enum':
      return fc.constantFrom(...Object.keys(table.enums[field.ref!]!));
    case 'uint32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case 'uint64':
      return fc.maxSafeNat();
    default:
      // Also the numbers of 32 bits are of this type.
      return fc.integer();
  }
}

function message(table: ContractTable, name: string): fc.Arbitrary<Record<string, unknown>> {
  const fields = table.messages[name]!;
  const plain: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fields.filter(({ oneof }) => oneof === undefined)) {
    const one = item(table, field);
    plain[field.name] = field.isRepeated === true ? fc.array(one, { maxLength: 3 }) : one;
  }
  const members = fields.filter(({ oneof }) => oneof !== undefined);
  const member =
    members.length === 0
      ? fc.constant({})
      : fc.oneof(...members.map((one) => fc.record({ [one.name]: item(table, one) })));
  return fc
    .tuple(fc.record(plain, { requiredKeys: [] }), fc.option(member))
    .map(([some, chosen]) => ({ ...some, ...chosen }));
}

describe.each([
  ['drydock/api.proto', 'drydock.api.v1.ObjectApi', api],
  ['drydock/node.proto', 'drydock.node.v1.NodeApi', node],
] as const)('%s', (file, name, table) => {
  const oracle = oracleOf(file, name);
  const ours = serviceOf(table, name);

  test('has the methods that the file has', () => {
    const shape = (service: ServiceDefinition) =>
      Object.entries(service).map(
        ([method, { path, requestStream, responseStream, originalName }]) =>
          [method, path, requestStream, responseStream, originalName].join(' '),
      );
    expect(shape(ours)).toEqual(shape(oracle));
  });

  test.each(table.services[name]!.map((method) => [method.name, method] as const))(
    '%s: both read what either writes',
    (method, { request, response }) => {
      const [mine, theirs] = [ours[method]!, oracle[method]!];
      fc.assert(
        fc.property(message(table, request), message(table, response), (asked, answered) => {
          for (const bytes of [mine.requestSerialize(asked), theirs.requestSerialize(asked)]) {
            expect(mine.requestDeserialize(bytes)).toEqual(theirs.requestDeserialize(bytes));
          }
          for (const bytes of [
            mine.responseSerialize(answered),
            theirs.responseSerialize(answered),
          ]) {
            expect(mine.responseDeserialize(bytes)).toEqual(theirs.responseDeserialize(bytes));
          }
        }),
      );
    },
  );
});

test('what a later version adds is skipped, what is malformed is refused', () => {
  const { requestSerialize, requestDeserialize } = serviceOf(node, 'drydock.node.v1.NodeApi')[
    'Stats'
  ]!;
  const bytes = requestSerialize({ node: 'one' });
  const later = Buffer.concat([bytes, Buffer.of(0x98, 0x06, 7)]);
  expect(requestDeserialize(later)).toEqual({ node: 'one' });
  expect(() => requestDeserialize(bytes.subarray(0, -1))).toThrow(WireError);
});

test('an enum has no names but its own; of a oneof the last one counts', () => {
  const { requestSerialize } = serviceOf(api, 'drydock.api.v1.ObjectApi')['Patch']!;
  expect(() => requestSerialize({ type: 'SOMETHING' })).toThrow('type cannot be SOMETHING');
  const exec = serviceOf(node, 'drydock.node.v1.NodeApi')['Exec']!;
  const both = Buffer.concat([
    exec.requestSerialize({ stdin: Buffer.from('x') }),
    exec.requestSerialize({ stdinEnd: true }),
  ]);
  expect(exec.requestDeserialize(both)).toEqual({ stdinEnd: true, message: 'stdinEnd' });
});
