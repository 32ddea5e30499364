import { describe, expect, test } from 'vitest';
import { createErrors, created, updated, wallTime } from '../../testing/writes.ts';
import { ingressClasses } from './kind.ts';

const controller = 'example.com/ingress';
const parameters = { apiGroup: 'example.com', kind: 'Config', name: 'c' };
const errorsOf = (spec: object) => createErrors(ingressClasses, { spec: { controller, ...spec } });

describe('validation of an IngressClass', () => {
  test.each<[string, object, string[]]>([
    ['no controller', { controller: '' }, ['spec.controller: Required value']],
    [
      'a controller without a domain',
      { controller: 'nginx' },
      [
        'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
    [
      'a domain without a controller',
      { controller: 'example.com/' },
      [
        'spec.controller: Invalid value: "example.com/": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
    [
      'a controller with blanks',
      { controller: 'example.com/a b' },
      [
        "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
      ],
    ],
    [
      'a long controller',
      { controller: `example.com/${'a'.repeat(239)}` },
      ['spec.controller: Too long: may not be more than 250 bytes'],
    ],
    [
      'parameters without kind and name',
      { parameters: { kind: '', name: '' } },
      ['spec.parameters.kind: Required value', 'spec.parameters.name: Required value'],
    ],
    [
      'a scope',
      { parameters: { ...parameters, scope: 'World' } },
      [
        'spec.parameters.scope: Unsupported value: "World": supported values: "Cluster", "Namespace"',
      ],
    ],
    [
      'a namespace that is missing',
      { parameters: { ...parameters, scope: 'Namespace' } },
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
    ],
    [
      'a namespace that is too much',
      { parameters: { ...parameters, namespace: 'n' } },
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  test('names', () => {
    expect(errorsOf({ controller: 'A/b' })).toEqual([
      expect.stringContaining(
        'spec.controller: Invalid value: "A": a lowercase RFC 1123 subdomain',
      ),
    ]);
    const named = { ...parameters, scope: 'Namespace', namespace: 'N' };
    expect(errorsOf({ parameters: named })).toEqual([
      expect.stringContaining(
        'spec.parameters.namespace: Invalid value: "N": a lowercase RFC 1123',
      ),
    ]);
  });
});

test('parameters are of the cluster unless they say otherwise', () => {
  const { spec } = created(ingressClasses, { spec: { controller, parameters } });
  expect(spec.parameters).toEqual({ ...parameters, scope: 'Cluster' });
});

test('the controller stays; other changes are counted', () => {
  const old = created(ingressClasses, { spec: { controller } });
  expect(old.metadata.generation).toBe(1);
  const other = updated(ingressClasses, old, ({ spec }) => {
    spec.controller = 'example.com/other';
  });
  expect(other.errors).toEqual([
    'spec.controller: Invalid value: "example.com/other": field is immutable',
  ]);
  const { object, errors } = updated(ingressClasses, old, ({ spec }) => {
    spec.parameters = { ...parameters };
  });
  expect(errors).toEqual([]);
  expect(object.metadata.generation).toBe(2);
});

test('the table of IngressClasses', () => {
  const cells = (spec: object) =>
    ingressClasses.cells(
      created(ingressClasses, { spec: { controller, ...spec } }),
      wallTime + 5_000,
    );
  expect(cells({})).toEqual(['x', controller, '<none>', '5s']);
  expect(cells({ parameters })[2]).toBe('Config.example.com/c');
  expect(cells({ parameters: { kind: 'ConfigMap', name: 'c' } })[2]).toBe('ConfigMap/c');
});
