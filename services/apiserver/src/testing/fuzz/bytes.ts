/** Bodies that lie: of JSON, YAML, protobuf and patches, whole and damaged. Pure but for zlib. */
import { gzipSync } from 'node:zlib';
import type { Random } from '@drydock/ports';

const repeated = (text: string, count: number) => text.repeat(count);

/** JSON that is legal, or nearly, and means trouble. */
const hostileJson: readonly ((random: Random) => string)[] = [
  (random) => repeated('[', random.pick([100, 5_000, 200_000])),
  (random) => `${repeated('{"a":', random.pick([100, 300, 20_000]))}1`,
  (random) => {
    const depth = random.pick([50, 255, 257, 5_000]);
    return `{"metadata":{"name":"x"},"data":${repeated('[', depth)}${repeated(']', depth)}}`;
  },
  () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  () => '{"metadata":{"name":"x","labels":{"__proto__":"a","constructor":"b"}}}',
  () => '{"metadata":{"__proto__":{"name":"x"},"name":"x","name":"y"},"metadata":{}}',
  () => '{"metadata":{"name":"x"},"spec":{"replicas":1e400,"minReadySeconds":1e-400}}',
  () => `{"metadata":{"name":"x","generation":${repeated('9', 400)}}}`,
  () => '{"metadata":{"name":"x","creationTimestamp":"9999-99-99T99:99:99Z"}}',
  () => '{"metadata":{"name":"x","resourceVersion":"18446744073709551616","uid":"\\u0000"}}',
  () => '{"metadata":{"name":"x","managedFields":[{"manager":"a","fieldsV1":{"f:x":{".":1}}}]}}',
  () => '{"metadata":null,"spec":null,"status":null,"data":null}',
  () => '{"metadata":[],"spec":"text","kind":{},"apiVersion":7}',
  () => 'null',
  () => '[]',
  () => '"text"',
  () => '{"kind":"List","apiVersion":"v1","items":[null]}',
  () => '\ufeff{"metadata":{"name":"x"}}',
  () => `{"metadata":{"name":"x","annotations":{"a":"${repeated('\\ud800', 40)}"}}}`,
  (random) => {
    const keys = Array.from({ length: random.pick([10, 20_000]) }, (_, index) => `"k${index}":"v"`);
    return `{"metadata":{"name":"x"},"data":{${keys.join(',')}}}`;
  },
  (random) => `{"metadata":{"name":"${repeated('a', random.pick([63, 254, 100_000]))}"}}`,
  (random) =>
    `{"metadata":{"name":"x"},"data":{"a":"${repeated('x', random.pick([1_000_000, 1_100_000, 3_200_000]))}"}}`,
];

/** YAML that grows, folds and names things. */
const hostileYaml: readonly ((random: Random) => string)[] = [
  () =>
    `a: &a [x, x, x, x, x, x, x, x]\n${'bcdefghij'
      .split('')
      .map((name, index) => {
        const before = 'abcdefghij'[index]!;
        return `${name}: &${name} [${repeated(`*${before},`, 8)}]`;
      })
      .join('\n')}\n`,
  () => 'metadata: &m {name: x, self: *m}\n',
  () => 'metadata: {name: x}\n<<: *nowhere\n',
  () => '? {a: b}\n: c\nmetadata: {name: x}\n',
  () => '!!js/function "x"\n',
  () => 'metadata: !!binary "AAAA"\n',
  () => 'metadata:\n\tname: x\n',
  () => '---\nmetadata: {name: x}\n---\nmetadata: {name: y}\n',
  (random) => `${repeated('- ', random.pick([100, 300, 50_000]))}x\n`,
  (random) => `${repeated('[', random.pick([100, 9_000, 20_000]))}\n`,
  (random) => `a: ${repeated('"', random.pick([1, 2, 999]))}\n`,
  () => 'metadata: {name: 0x7f, labels: {on: off, 012: 1:30:00}}\n',
  (random) => `%YAML 9.9\n%TAG ! tag:x,2000:\n${repeated('#', random.pick([1, 100_000]))}\n`,
];

const hostilePatches: readonly ((random: Random) => string)[] = [
  () => '[{"op":"add","path":"/metadata/__proto__/x","value":1}]',
  () => '[{"op":"add","path":"/__proto__/polluted","value":true}]',
  () => '[{"op":"replace","path":"","value":{}}]',
  () => '[{"op":"remove","path":"/metadata"}]',
  () => '[{"op":"move","from":"/metadata","path":"/metadata/labels"}]',
  () => '[{"op":"copy","from":"","path":"/metadata/annotations/all"}]',
  () => '[{"op":"test","path":"/metadata/name","value":{"a":[1]}}]',
  () => '[{"op":"add","path":"/metadata/finalizers/99999999999999999999","value":"a/b"}]',
  () => '[{"op":"add","path":"/metadata/finalizers/-0","value":"a/b"}]',
  () => '[{"op":"add","path":"no/slash","value":1},{"op":"boom"},null,7]',
  () => '[{"op":"add","path":"/a~2b/~","value":1}]',
  (random) =>
    JSON.stringify(
      Array.from({ length: random.pick([100, 10_001]) }, () => ({
        op: 'add',
        path: '/metadata/annotations',
        value: { a: 'b' },
      })),
    ),
  (random) => {
    const copies = Array.from({ length: random.pick([10, 25, 60]) }, (_, index) => ({
      op: 'copy',
      from: '/metadata',
      path: `/metadata/x${index}`,
    }));
    return JSON.stringify(copies);
  },
  () => '{"metadata":{"$patch":"delete"}}',
  () => '{"$patch":"replace","metadata":{"name":"x"}}',
  () => '{"metadata":{"$retainKeys":["name"],"$setElementOrder/finalizers":["b","a"]}}',
  () => '{"spec":{"containers":[{"$patch":"delete"},{"name":null},7,null]}}',
  () => '{"spec":{"$deleteFromPrimitiveList/finalizers":[{}],"template":null}}',
  () => '{"metadata":{"ownerReferences":[{"uid":"a"},{"uid":"a","$patch":"merge"}]}}',
  () => '{"metadata":{"__proto__":{"a":1},"labels":{"__proto__":null}}}',
  () => '{"status":{"conditions":"text"},"spec":[]}',
  () => 'null',
  () => '7',
];

/** Protobuf whose tags and lengths do not fit. */
function hostileProtobuf(random: Random): Buffer {
  const magic = Buffer.from('k8s\0');
  const varint = random.pick([
    [0x01],
    [0x7f],
    [0xff, 0xff, 0xff, 0xff, 0x0f],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ]);
  const tag = (number: number, wire: number) => (number << 3) | wire;
  const nested = (depth: number) => {
    let bytes = Buffer.alloc(0);
    for (let level = 0; level < depth && bytes.length < 16_000; level += 1) {
      const { length } = bytes;
      bytes = Buffer.concat([
        Buffer.from(
          length < 128 ? [tag(1, 2), length] : [tag(1, 2), (length & 127) | 128, length >> 7],
        ),
        bytes,
      ]);
    }
    return bytes;
  };
  const body = random.pick([
    () => Buffer.from([tag(2, 2), ...varint]),
    () => Buffer.from([tag(1, 0), ...varint]),
    () => Buffer.from([tag(2, random.between(0, 7)), 1, 2, 3]),
    () => Buffer.from(Array.from({ length: random.between(1, 64) }, () => random.between(0, 255))),
    () => Buffer.concat([Buffer.from([tag(2, 2), 0x80, 0x7d]), nested(20_000)]),
    () => Buffer.alloc(0),
  ])();
  return random.chance(0.2) ? body : Buffer.concat([magic, body]);
}

export interface Body {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly contentEncoding?: string;
}

const jsonTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  '',
  'application/json;=;;',
  'multipart/form-data',
];
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Cuts, flips and fills bytes. */
export function damaged(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  switch (random.between(0, 4)) {
    case 0:
      return copy.subarray(0, random.between(0, copy.length - 1));
    case 1:
      copy[random.between(0, copy.length - 1)] = random.between(0, 255);
      return copy;
    case 2: {
      const at = random.between(0, copy.length);
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from([0xff, 0xfe, 0x00]),
        copy.subarray(at),
      ]);
    }
    case 3: {
      const at = random.between(0, copy.length - 1);
      return Buffer.concat([copy, copy.subarray(at)]);
    }
    default:
      return copy.reverse();
  }
}

export function hostileBody(random: Random): Body {
  switch (random.between(0, 5)) {
    case 0:
      return {
        contentType: random.pick([...jsonTypes, ...patchTypes]),
        bytes: Buffer.from(random.pick(hostileJson)(random)),
      };
    case 1:
      return {
        contentType: random.pick(['application/yaml', 'application/apply-patch+yaml']),
        bytes: Buffer.from(random.pick(hostileYaml)(random)),
      };
    case 2:
      return {
        contentType: random.pick(patchTypes),
        bytes: Buffer.from(random.pick(hostilePatches)(random)),
      };
    case 3:
      return {
        contentType: 'application/vnd.kubernetes.protobuf',
        bytes: hostileProtobuf(random),
      };
    case 4: {
      const packed = gzipSync(Buffer.alloc(random.pick([10, 4_000_000]), 'a'));
      const bytes = random.chance(0.5) ? packed : packed.subarray(0, packed.length >> 1);
      return { contentType: 'application/json', bytes, contentEncoding: 'gzip' };
    }
    default:
      return {
        contentType: random.pick(jsonTypes),
        bytes: Buffer.from(
          Array.from({ length: random.pick([1, 30, 3_000]) }, () => random.between(0, 255)),
        ),
      };
  }
}

export const patchMediaTypes: readonly string[] = patchTypes;
