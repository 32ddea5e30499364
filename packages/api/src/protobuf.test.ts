import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupVersion } from './kind.ts';
import { normalize } from './normalize.ts';
import { decodeProtobufBody, decodeProtobufObject } from './protobuf.ts';
import { configMaps, deployments, kinds, secrets, services } from './registry.ts';
import { typeFacts } from './schema.ts';
import type { FieldSchema, SchemaName } from './schema.ts';
import { typedValue } from './testing/typed-values.ts';

/** An encoder as gogo-protobuf writes: every scalar that is no pointer, zeros too. */
type Bytes = number[];

function varint(value: number): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: Bytes = [];
  do {
    const more = rest > 127n;
    bytes.push(Number(rest & 127n) | (more ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}
const tagged = (number: number, wire: number, body: Bytes) => [
  ...varint(number * 8 + wire),
  ...body,
];
const delimited = (number: number, body: Bytes) =>
  tagged(number, 2, [...varint(body.length), ...body]);
const utf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];
const text = (number: number, value: string) => delimited(number, utf8(value));

function encodeTime(value: string): Bytes {
  const millis = Date.parse(value);
  const seconds = Math.floor(millis / 1000);
  const digits = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  const nanos = Number(digits.padEnd(9, '0'));
  return [...tagged(1, 0, varint(seconds)), ...tagged(2, 0, varint(nanos))];
}

function encodeElement(number: number, field: FieldSchema, value: unknown): Bytes {
  switch (field.type) {
    case 'string':
      return text(number, value as string);
    case 'bool':
      return tagged(number, 0, varint(value === true ? 1 : 0));
    case 'int32':
    case 'int64':
      return tagged(number, 0, varint(value as number));
    case 'bytes':
      return delimited(number, [...Uint8Array.fromBase64(value as string)]);
    case 'object':
      return delimited(number, encodeMessage(value as Record<string, unknown>, field.ref!));
    case 'Quantity':
      return delimited(number, text(1, value as string));
    case 'IntOrString':
      return delimited(
        number,
        typeof value === 'number'
          ? [...tagged(1, 0, [0]), ...tagged(2, 0, varint(value)), ...text(3, '')]
          : [...tagged(1, 0, [1]), ...tagged(2, 0, [0]), ...text(3, value as string)],
      );
    case 'strings':
      return delimited(
        number,
        (value as string[]).flatMap((one) => text(1, one)),
      );
    case 'Time':
    case 'MicroTime':
      return delimited(number, encodeTime(value as string));
    default:
      return delimited(number, delimited(1, utf8(JSON.stringify(value))));
  }
}

function encodeField(number: number, field: FieldSchema, value: unknown): Bytes {
  if (field.container === 'list') {
    return ((value ?? []) as unknown[]).flatMap((one) => encodeElement(number, field, one));
  }
  if (field.container === 'map') {
    return Object.entries(value ?? {}).flatMap(([key, element]) =>
      delimited(number, [...text(1, key), ...encodeElement(2, field, element)]),
    );
  }
  if (value !== undefined) return encodeElement(number, field, value);
  if (field.pointer) return [];
  switch (field.type) {
    case 'string':
      return text(number, '');
    case 'bool':
    case 'int32':
    case 'int64':
      return tagged(number, 0, [0]);
    case 'object':
      return delimited(number, encodeMessage({}, field.ref!));
    case 'Time':
    case 'MicroTime':
      return delimited(number, []);
    default:
      return [];
  }
}

function encodeMessage(value: Record<string, unknown>, name: SchemaName): Bytes {
  const { fields, inline } = typeFacts(name);
  return [
    ...Object.entries(fields).flatMap(([key, field]) =>
      field.proto === undefined ? [] : encodeField(field.proto, field, value[key]),
    ),
    ...inline.flatMap(({ proto, ref }) => delimited(proto, encodeMessage(value, ref))),
  ];
}

function envelope(apiVersion: string, kind: string, message: Bytes): Uint8Array {
  const meta = [...text(1, apiVersion), ...text(2, kind)];
  return Uint8Array.from([
    ...utf8('k8s\0'),
    ...delimited(1, meta),
    ...delimited(2, message),
    ...text(3, ''),
    ...text(4, ''),
  ]);
}

describe('protobuf bodies', () => {
  test('every kind decodes to what the same object is in JSON', () => {
    const anyObject = fc
      .constantFrom(...kinds)
      .chain((kind) =>
        typedValue(kind.schema, { forProtobuf: true }).map((value) => ({ kind, value })),
      );
    fc.assert(
      fc.property(anyObject, ({ kind, value }) => {
        const apiVersion = groupVersion(kind);
        const bytes = envelope(apiVersion, kind.kind, encodeMessage(value, kind.schema));
        const { object } = decodeProtobufObject(bytes, kind);
        const expected = normalize(value, kind.schema) as { metadata: { name?: string } };
        expected.metadata.name ??= '';
        expect(object).toEqual({ ...expected, apiVersion, kind: kind.kind });
      }),
      { numRuns: 150 },
    );
  });

  test('zeros of optional fields are dropped, pointers and required fields keep theirs', () => {
    const value = { metadata: { name: 'web' }, spec: { ports: [{ port: 80, targetPort: 0 }] } };
    const bytes = envelope('v1', 'Service', encodeMessage(value, 'Service'));
    expect(decodeProtobufObject(bytes, services).object).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80, targetPort: 0 }] },
      status: { loadBalancer: {} },
    });
    const scaled = { metadata: { name: 'web' }, spec: { replicas: 0, template: {} } };
    const body = envelope('apps/v1', 'Deployment', encodeMessage(scaled, 'Deployment'));
    expect(decodeProtobufObject(body, deployments).object.spec.replicas).toBe(0);
  });

  test('bytes become base64, also under a key named __proto__', () => {
    const data = JSON.parse('{"a":"YWI=","__proto__":"YQ=="}') as Record<string, string>;
    const bytes = envelope('v1', 'Secret', encodeMessage({ data }, 'Secret'));
    expect(Object.entries(decodeProtobufObject(bytes, secrets).object.data!)).toEqual([
      ['a', 'YWI='],
      ['__proto__', 'YQ=='],
    ]);
  });

  test('DeleteOptions are read though they are no kind', () => {
    const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background', dryRun: ['All'] };
    const bytes = envelope('v1', 'DeleteOptions', encodeMessage(options, 'DeleteOptions'));
    expect(decodeProtobufBody(bytes, 'DeleteOptions')).toEqual(options);
  });

  test('kubectl 1.32: create deployment web --image=nginx:1 --port=80', () => {
    const body = Uint8Array.fromHex(
      '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412ba010a1f0a0377656212001a' +
        '0022002a003200380042005a0a0a0361707012037765621288010801120c0a0a0a03617070120377' +
        '65621a6e0a1c0a0012001a0022002a003200380042005a0a0a036170701203776562124e12300a05' +
        '6e67696e7812076e67696e783a312a00320a0a001000185022002a0042006a007200800100880100' +
        '900100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a002800' +
        '38001a0c0800100018002000280038001a002200',
    );
    expect(decodeProtobufObject(body, deployments).object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        strategy: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              { name: 'nginx', image: 'nginx:1', ports: [{ containerPort: 80 }], resources: {} },
            ],
          },
        },
      },
      status: {},
    });
  });

  test('kubectl 1.32: create service clusterip web --tcp=80:8080', () => {
    const body = Uint8Array.fromHex(
      '6b3873000a0d0a02763112075365727669636512690a1f0a0377656212001a0022002a0032003800' +
        '42005a0a0a03617070120377656212420a1b0a0738302d3830383012035443501850220708001090' +
        '3f1a002800120a0a0361707012037765621a002209436c757374657249503a00420052005a006000' +
        '68001a020a001a002200',
    );
    expect(decodeProtobufObject(body, services).object.spec).toEqual({
      ports: [{ name: '80-8080', protocol: 'TCP', port: 80, targetPort: 8080 }],
      selector: { app: 'web' },
      type: 'ClusterIP',
    });
  });

  test('the message of another kind or version is refused before it is read', () => {
    const bytes = envelope('v1', 'Secret', [0xff]);
    expect(() => decodeProtobufObject(bytes, configMaps)).toThrow(
      'cannot be handled as a ConfigMap',
    );
    expect(() => decodeProtobufObject(envelope('v2', 'ConfigMap', []), configMaps)).toThrow(
      'does not match the expected API version (v1)',
    );
  });

  test('whatever the bytes are, the answer is an object or a BadRequest', () => {
    const good = envelope('v1', 'Service', encodeMessage({ metadata: { name: 'a' } }, 'Service'));
    const attempt = (bytes: Uint8Array) => {
      try {
        decodeProtobufObject(bytes, services);
      } catch (error) {
        expect(error).toMatchObject({ code: 400 });
      }
    };
    for (let length = 0; length < good.length; length += 1) attempt(good.subarray(0, length));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => attempt(Uint8Array.from(noise))),
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(good);
        damaged[at] = byte;
        attempt(damaged);
      }),
    );
  });
});
