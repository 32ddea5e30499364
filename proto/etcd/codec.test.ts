import { join } from 'node:path';
import * as fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import * as etcd from './mod.ts';
import { WireError, type Codec } from './wire.ts';

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(import.meta.dirname, target);
const files = [
  'v3lock.proto',
  'v3election.proto',
  'peer.proto',
  'raft.proto',
  'command.proto',
  'lease.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
];
root.loadSync(files, { keepCase: true });
root.resolveAll();

const isCodec = (one: object) => 'typeName' in one;
const codecs = Object.values(etcd).filter(isCodec) as unknown as Codec<Record<string, unknown>>[];

const camel = (name: string) => {
  const joined = name
    .replace('URLs', 'Urls')
    .replace('TTL', 'Ttl')
    .replace('ID', 'Id')
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined[0]!.toLowerCase() + joined.slice(1);
};

const int64 = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
);
const isBigint = (field: protobuf.Field) =>
  field.name === 'lease' ||
  field.name === 'watch_id' ||
  (field.name === 'ID' && field.parent!.name.startsWith('Lease'));

function scalar(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  if (field.resolvedType instanceof protobuf.Type) return message(field.resolvedType, depth + 1);
  if (field.resolvedType instanceof protobuf.Enum) {
    return fc.constantFrom(...Object.values(field.resolvedType.values));
  }
  if (isBigint(field)) return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  if (field.type === 'int32') return fc.integer();
  if (field.type === 'bytes') return fc.uint8Array({ maxLength: 40 });
  if (field.type === 'string') return fc.string({ unit: 'grapheme' });
  if (field.type === 'bool') return fc.boolean();
  if (field.type === 'uint32') return fc.integer({ min: 0, max: 2 ** 32 - 1 });
  if (field.type === 'uint64') return fc.maxSafeNat();
  return int64;
}

function message(type: protobuf.Type, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const record: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of type.fieldsArray) {
    const value = depth > 3 && field.resolvedType instanceof protobuf.Type ? null : field;
    if (field.repeated) {
      record[field.name] =
        value === null ? fc.constant([]) : fc.array(scalar(field, depth), { maxLength: 3 });
    } else if (field.resolvedType instanceof protobuf.Type) {
      const absent = fc.constant(undefined);
      record[field.name] = value === null ? absent : fc.oneof(absent, scalar(field, depth));
    } else record[field.name] = scalar(field, depth);
  }
  return fc.record(record).chain((all) => {
    const oneofs = type.oneofsArray;
    if (oneofs.length === 0) return fc.constant(all);
    const members = oneofs.flatMap((oneof) => oneof.fieldsArray.map((field) => field.name));
    return fc.constantFrom(...members).map((chosen) => {
      const copy = { ...all };
      for (const name of members) if (name !== chosen) copy[name] = undefined;
      return copy;
    });
  });
}

/** Our value as protobufjs would hold it, by the field names of the .proto file. */
function renamed(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(renamed);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [camel(key), renamed(one)]));
}

/** Drops what proto3 does not tell apart: zero values that are not in a oneof. */
function canonical(type: protobuf.Type, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const one = value[field.name];
    const nested = field.resolvedType;
    const convert = (item: unknown): unknown => {
      if (nested instanceof protobuf.Type) {
        return canonical(nested, item as Record<string, unknown>);
      }
      if (item instanceof Uint8Array) return [...item].join(',');
      return typeof item === 'bigint' ? item.toString() : item;
    };
    if (Array.isArray(one)) {
      // 64 bits come as text from protobufjs.
      const plain = one
        .map(convert)
        .map((item) => (typeof item === 'number' ? String(item) : item));
      if (plain.length > 0) result[field.name] = plain;
    } else if (one !== undefined && one !== null) {
      const plain = convert(one);
      const text = typeof plain === 'number' ? String(plain) : plain;
      const isZero = text === '0' || text === '' || text === false;
      if (!isZero || field.partOf !== null) result[field.name] = text;
    }
  }
  return result;
}

describe('generated codecs', () => {
  it('exist for every message of the .proto files', () => {
    const typesOf = (scope: protobuf.NamespaceBase): string[] =>
      scope.nestedArray.flatMap((one) => [
        ...(one instanceof protobuf.Type ? [one.fullName.slice(1)] : []),
        ...(one instanceof protobuf.Namespace ? typesOf(one) : []),
      ]);
    expect(codecs.map((codec) => codec.typeName).sort()).toEqual(typesOf(root).sort());
    expect(codecs.length).toBeGreaterThan(100);
  });

  it.each(codecs.map((codec) => [codec.typeName, codec] as const))(
    '%s agrees with protobufjs in both directions',
    (typeName, codec) => {
      const type = root.lookupType(typeName);
      fc.assert(
        fc.property(message(type, 0), (value) => {
          const ours = renamed(value) as Record<string, unknown>;
          const bytes = codec.encode(ours);
          expect(bytes.length).toBe(codec.size(ours));
          const theirs = type.decode(bytes) as unknown as Record<string, unknown>;
          const reference = type.toObject(theirs as never, { longs: String });
          expect(canonical(type, reference)).toEqual(canonical(type, value));
          const back = codec.decode(type.encode(theirs).finish());
          expect(codec.encode(back)).toEqual(bytes);
        }),
        { numRuns: 40 },
      );
    },
  );
});

describe('malformed input', () => {
  it('throws WireError and nothing else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const codec of [etcd.TxnRequest, etcd.WatchRequest, etcd.RangeRequest]) {
          try {
            codec.decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when messages nest deeper than 100', () => {
    let bytes: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 200; depth++) {
      const op = Buffer.concat([varint(0x22), varint(bytes.length), bytes]);
      bytes = Buffer.concat([varint(0x12), varint(op.length), op]);
    }
    expect(() => etcd.TxnRequest.decode(bytes)).toThrow('nested too deeply');
  });

  it('keeps the sign of 64-bit fields', () => {
    const request = etcd.RangeRequest.from({ revision: -7 });
    expect(etcd.RangeRequest.decode(etcd.RangeRequest.encode(request)).revision).toBe(-7);
  });
});

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, value]);
}
