import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeObject, parseBody } from './decode.ts';
import { ApiError } from './errors.ts';
import { normalize } from './normalize.ts';
import { deployments, pods, secrets } from './registry.ts';
import { schemaFacts } from './generated/schema.ts';
import type { SchemaName } from './schema.ts';
import { typedValue } from './testing/typed-values.ts';

const message = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    return (error as ApiError).message;
  }
  return 'nothing was thrown';
};

describe('normal form', () => {
  test('structs are there, empty optional values are not, quantities are canonical', () => {
    const text = JSON.stringify({
      metadata: { name: 'a', labels: {}, creationTimestamp: null },
      spec: {
        hostNetwork: false,
        nodeName: '',
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: 'c', env: [], resources: { requests: { cpu: 0.5, memory: '1024Mi' } } },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    });
    expect(decodeObject(text, pods).object).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: { name: 'a' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'c', resources: { requests: { cpu: '500m', memory: '1Gi' } } }],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
      status: {},
    });
  });

  test('times are UTC, whole seconds or microseconds', () => {
    const lease = { spec: { renewTime: '2026-11-21T09:00:00.1234567+01:00' } };
    expect(normalize(lease, 'Lease')).toMatchObject({
      spec: { renewTime: '2026-11-21T08:00:00.123456Z' },
    });
    const meta = { creationTimestamp: '2026-11-21T08:00:00.9Z' };
    expect(normalize(meta, 'ObjectMeta')).toEqual({ creationTimestamp: '2026-11-21T08:00:00Z' });
  });

  test('normalising twice changes nothing, whatever the type', () => {
    const names = Object.keys(schemaFacts) as SchemaName[];
    const anyTyped = fc
      .constantFrom(...names)
      .chain((name) => typedValue(name).map((value) => ({ name, value })));
    fc.assert(
      fc.property(anyTyped, ({ name, value }) => {
        const once = normalize(value, name);
        expect(normalize(once, name)).toEqual(once);
      }),
      { numRuns: 150 },
    );
  });
});

describe('wrong types give the texts of Go (encoding/json)', () => {
  test.each([
    [
      '{"spec":{"replicas":"3"}}',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      '{"spec":{"replicas":1.5}}',
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      '{"spec":{"replicas":3000000000}}',
      'json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      '{"spec":{"template":{"spec":{"containers":[{"env":[{"name":"A","value":1}]}]}}}}',
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      '{"metadata":{"labels":["a"]}}',
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      '{"spec":[]}',
      'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
    ],
    [
      '{"spec":{"template":{"spec":{"containers":{}}}}}',
      'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
  ])('%s', (text, why) => {
    expect(message(() => decodeObject(text, deployments))).toBe(
      `Deployment in version "apps/v1" cannot be handled as a Deployment: ${why}`,
    );
  });

  test('quantities, times and base64 name what is wrong with them', () => {
    const cpu = '{"spec":{"containers":[{"resources":{"requests":{"cpu":"lots"}}}]}}';
    expect(message(() => decodeObject(cpu, pods))).toMatch(/quantities must match the regular/);
    const time = '{"metadata":{"creationTimestamp":"yesterday"}}';
    expect(message(() => decodeObject(time, pods))).toMatch(/parsing time "yesterday"/);
    expect(message(() => decodeObject('{"data":{"a":"!"}}', secrets))).toMatch(
      /illegal base64 data at input byte 0/,
    );
  });
});

describe('fieldValidation', () => {
  const text = '{"metadata":{"name":"a"},"spec":{"foo":1,"bar":1,"replicas":1,"replicas":2}}';
  const problems = [
    'duplicate field "spec.replicas"',
    'unknown field "spec.foo"',
    'unknown field "spec.bar"',
  ];

  test('Strict refuses unknown and duplicate fields, all in one message', () => {
    expect(message(() => decodeObject(text, deployments, { fieldValidation: 'Strict' }))).toBe(
      `Deployment in version "apps/v1" cannot be handled as a Deployment: strict decoding error: ${problems.join(', ')}`,
    );
  });
  test('Warn tells of them and takes the last of two', () => {
    const { object, warnings } = decodeObject(text, deployments, { fieldValidation: 'Warn' });
    expect(warnings).toEqual(problems);
    expect(object.spec).toMatchObject({ replicas: 2 });
    expect(object.spec).not.toHaveProperty('foo');
  });
  test('Ignore is silent', () => {
    expect(decodeObject(text, deployments, { fieldValidation: 'Ignore' }).warnings).toEqual([]);
  });
  test('paths have indices, and escapes in keys do not hide a duplicate', () => {
    const odd = '{"spec":{"containers":[{},{"x":1,"name":"a","na\\u006de":"b"}]}}';
    expect(decodeObject(odd, pods).warnings).toEqual([
      'duplicate field "spec.containers[1].name"',
      'unknown field "spec.containers[1].x"',
    ]);
  });
  test('keys of one name in different objects are no duplicates', () => {
    const fine =
      '{"spec":{"containers":[{"name":"{\\"a\\":1}"},{"name":"b"}]},"metadata":{"name":"a"}}';
    expect(decodeObject(fine, pods).warnings).toEqual([]);
  });
});

describe('identity', () => {
  test('apiVersion and kind may be left out', () => {
    expect(decodeObject('{}', pods).object).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  });
  test('another version or kind is refused', () => {
    expect(message(() => decodeObject('{"apiVersion":"v2","kind":"Pod"}', pods))).toBe(
      'the API version in the data (v2) does not match the expected API version (v1)',
    );
    expect(message(() => decodeObject('{"apiVersion":"v1","kind":"Service"}', pods))).toMatch(
      /^Service in version "v1" cannot be handled as a Pod/,
    );
  });
});

describe('YAML is read as upstream reads it', () => {
  const read = (text: string) => parseBody(text, { syntax: 'yaml' }).value;
  test('1.1 booleans and octal numbers, timestamps and sixties as text', () => {
    expect(
      read('a: yes\nb: off\nc: 0644\nd: 2020-01-01\ne: 80:80\nf: e1\ng: 1.5\nh: 1e3\ni: .'),
    ).toEqual({
      a: true,
      b: false,
      c: 0o644,
      d: '2020-01-01',
      e: '80:80',
      f: 'e1',
      g: 1.5,
      h: 1000,
      i: '.',
    });
  });
  test('aliases and merges are resolved', () => {
    expect(read('a: &x {p: 1}\nb: *x\nc:\n  <<: *x\n  q: 2\n')).toEqual({
      a: { p: 1 },
      b: { p: 1 },
      c: { p: 1, q: 2 },
    });
  });
  test('keys given twice are told with their line', () => {
    const text = 'metadata:\n  name: a\n  name: b\n';
    expect(
      message(() => decodeObject(text, pods, { syntax: 'yaml', fieldValidation: 'Strict' })),
    ).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: line 3: key "name" already set in map',
    );
  });
  test.each([
    ['a: b: c', 'mapping values are not allowed in this context'],
    ['a: 1\nb: c: d', 'line 2: mapping values are not allowed in this context'],
    ['a: 1\nb: @c', 'line 2: found character that cannot start any token'],
    ['a: *b', "unknown anchor 'b' referenced"],
  ])("what is no YAML is told in the words of Go's reader: %j", (text, why) => {
    expect(message(() => read(text))).toBe(`error converting YAML to JSON: yaml: ${why}`);
  });
  test('of several documents the first is taken, as upstream takes it', () => {
    expect(read('a: 1\n---\nb: 2\n')).toEqual({ a: 1 });
  });
});

describe('hostile bodies', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 9; level += 1) {
    const [name, below] = [String.fromCharCode(97 + level), String.fromCharCode(96 + level)];
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(',')}]`);
  }
  test.each([
    ['deep JSON', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 'json'],
    ['deep YAML', '['.repeat(50_000), 'yaml'],
    ['a merge of what is no map', 'a: {b: c}\n<<: text\n', 'yaml'],
    ['a merge of what is not there', 'a: {b: c}\n<<: *nowhere\n', 'yaml'],
    ['an alias bomb', bomb.join('\n'), 'yaml'],
    ['a cut-off body', '{"metadata":', 'json'],
    ['an empty body', '', 'json'],
    ['a map as a key', '? {a: 1}\n: 2', 'yaml'],
  ] as const)('%s is a BadRequest', (_what, text, syntax) => {
    expect(message(() => decodeObject(text, pods, { syntax }))).not.toBe('nothing was thrown');
  });

  test.each([
    ['{"metadata":', 'unexpected end of JSON input', '{"metadata":'],
    ['', 'unexpected end of JSON input', '<empty>'],
    [
      '{"metadata":{"name":"a"},}  and what follows',
      "invalid character '}' looking for beginning of object key string",
      '{"metadata":{"name":"a"},}  an ...',
    ],
    ['kind: Pod', "invalid character 'k' looking for beginning of value", '6b696e643a20506f64'],
    [
      '[]',
      'json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
      '5b5d',
    ],
    [
      '{"apiVersion":1}',
      'json: cannot unmarshal number into Go struct field .apiVersion of type string',
      '{"apiVersion":1}',
    ],
  ])('a broken body is told together with what it should have been: %j', (text, why, summary) => {
    expect(message(() => decodeObject(text, pods))).toBe(
      `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ${why} (${summary})`,
    );
  });
  test('so is a broken body in YAML', () => {
    expect(message(() => decodeObject('a: b: c', pods, { syntax: 'yaml' }))).toBe(
      'the object provided is unrecognized (must be of type Pod): error converting YAML to JSON: yaml: mapping values are not allowed in this context (613a20623a2063)',
    );
  });

  test('a body over the limit is too large', () => {
    expect(() => decodeObject(' '.repeat(20), pods, { bytesMax: 10 })).toThrow(
      'Request entity too large: limit is 10',
    );
  });

  test.each(['json', 'yaml'] as const)('__proto__ in %s stays a plain key', (syntax) => {
    const text =
      '{"metadata":{"labels":{"__proto__":"x"},"__proto__":{"name":"y"}},"__proto__":{"spec":1}}';
    const { object } = decodeObject(text, pods, { syntax });
    expect(Object.keys(object.metadata.labels!)).toEqual(['__proto__']);
    expect(object.metadata.name).toBe('');
    expect(({} as Record<string, unknown>)['spec']).toBeUndefined();
  });

  test('no JSON value makes the decoder throw anything but an ApiError', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        message(() => decodeObject(JSON.stringify({ metadata: value, spec: value }), pods));
      }),
    );
  });
});
