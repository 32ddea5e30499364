import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupVersion } from './kind.ts';
import { normalize } from './normalize.ts';
import { decodeProtobufBody, decodeProtobufObject } from './protobuf.ts';
import { configMaps, deployments, kinds, secrets, services } from './registry.ts';
import { encodeMessage, envelope } from './testing/protobuf-encoder.ts';
import { typedValue } from './testing/typed-values.ts';

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
