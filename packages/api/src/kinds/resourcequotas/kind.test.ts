import { describe, expect, test } from 'vitest';
import { resourceQuotas } from '../../registry.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';

const errors = (spec: object) => createErrors(resourceQuotas, { spec });
const selector = (...matchExpressions: object[]) =>
  errors({ hard: { pods: '1' }, scopeSelector: { matchExpressions } });
const existsOnly =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const at = 'spec.scopeSelector.matchExpressions';

test.each<[string, string[], string[]]>([
  [
    'what may be counted',
    errors({
      hard: {
        cpu: '1',
        'requests.memory': '1Gi',
        'limits.ephemeral-storage': '1Gi',
        'services.nodeports': '2',
        'count/deployments.apps': '2',
        'requests.example.com/gpu': '4',
        'hugepages-2Mi': '4Mi',
        'gold.storageclass.storage.k8s.io/requests.storage': '1Gi',
      },
    }),
    [],
  ],
  [
    'what may not',
    errors({ hard: { storage: '1', gold: '1', '/': '1' } }),
    [
      'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
      'spec.hard[gold]: Invalid value: "gold": must be a standard resource type or fully qualified',
      'spec.hard[gold]: Invalid value: "gold": must be a standard resource for quota',
      'spec.hard[/]: Invalid value: "/": prefix part must be non-empty',
      'spec.hard[/]: Invalid value: "/": name part must be non-empty',
      `spec.hard[/]: Invalid value: "/": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    ],
  ],
  [
    'amounts',
    errors({ hard: { pods: '-1', secrets: '1500m', cpu: '1500m' } }),
    [
      'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.hard[secrets]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"DecimalSI"}: must be an integer',
    ],
  ],
  [
    'scopes that narrow pods',
    errors({ hard: { pods: '1', cpu: '1' }, scopes: ['Terminating', 'NotBestEffort'] }),
    [],
  ],
  [
    'scopes that exclude each other',
    errors({
      hard: { pods: '1' },
      scopes: ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating'],
    }),
    ['conflicting scopes', 'conflicting scopes'].map(
      (why) =>
        `spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort", "Terminating", "NotTerminating"}: ${why}`,
    ),
  ],
  [
    'scopes of what is no pod',
    errors({ hard: { cpu: '1', secrets: '1', 'example.com/a': '1' }, scopes: ['BestEffort'] }),
    ['cpu', 'secrets'].map(
      () =>
        'spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort"}: unsupported scope applied to resource',
    ),
  ],
  [
    'an unknown scope',
    errors({ scopes: ['Golden'] }),
    ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"Golden"}: unsupported scope'],
  ],
  ['a class', selector({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }), []],
  [
    'an operator that does not go with the scope',
    selector({ scopeName: 'BestEffort', operator: 'In', values: ['a'] }),
    [`${at}.operator: Invalid value: "In": ${existsOnly}`],
  ],
  [
    'operators and values',
    selector(
      { scopeName: 'PriorityClass', operator: 'In' },
      { scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] },
      { scopeName: 'PriorityClass', operator: 'Like' },
    ),
    [
      `${at}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
      `${at}.values: Invalid value: []string{"a"}: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
      `${at}.operator: Invalid value: "Like": not a valid selector operator`,
    ],
  ],
  [
    'an unknown scope in the selector',
    selector({ scopeName: 'Golden', operator: 'Exists' }),
    [`${at}.scopeName: Invalid value: "Golden": unsupported scope`],
  ],
  [
    'selected scopes of what is no pod, which exclude each other',
    errors({
      hard: { secrets: '1' },
      scopeSelector: {
        matchExpressions: [
          { scopeName: 'Terminating', operator: 'Exists' },
          { scopeName: 'NotTerminating', operator: 'Exists' },
        ],
      },
    }),
    [
      ...[1, 2].map(
        () =>
          `${at}: Invalid value: core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{core.ScopedResourceSelectorRequirement{ScopeName:"Terminating", Operator:"Exists", Values:[]string(nil)}, core.ScopedResourceSelectorRequirement{ScopeName:"NotTerminating", Operator:"Exists", Values:[]string(nil)}}}: unsupported scope applied to resource`,
      ),
      `${at}: Invalid value: []core.ResourceQuotaScope(nil): conflicting scopes`,
    ],
  ],
])('%s', (_what, found, expected) => {
  expect(found).toEqual(expected);
});

describe('updates of a ResourceQuota', () => {
  const old = created(resourceQuotas, { spec: { hard: { pods: '5' }, scopes: ['BestEffort'] } });

  test('scopes stay', () => {
    const edit = (object: typeof old) => {
      object.spec.scopes = ['NotBestEffort'];
    };
    expect(updated(resourceQuotas, old, edit).errors).toEqual([
      'spec.scopes: Invalid value: []core.ResourceQuotaScope{"NotBestEffort"}: field is immutable',
    ]);
  });

  test('what may be used changes, what is used does not', () => {
    const edit = (object: typeof old) => {
      object.spec.hard = { pods: '7' };
      object.status = { used: { pods: '0' } };
    };
    const { object, errors: found } = updated(resourceQuotas, old, edit);
    expect(found).toEqual([]);
    expect(object.spec.hard).toEqual({ pods: '7' });
    expect(object.status).toEqual({});
  });

  test('the status counts what quotas count', () => {
    const edit = (object: typeof old) => {
      object.status = { hard: { pods: '5' }, used: { pods: '-1', gold: '1' } };
    };
    expect(statusUpdated(resourceQuotas, old, edit).errors).toEqual([
      'status.used[pods]: Invalid value: "-1": must be greater than or equal to 0',
      'status.used[gold]: Invalid value: "gold": must be a standard resource type or fully qualified',
      'status.used[gold]: Invalid value: "gold": must be a standard resource for quota',
    ]);
  });
});

test('a table shows what is used of what, limits apart', () => {
  const quota = created(resourceQuotas, { spec: {} });
  quota.status = {
    hard: { pods: '10', 'limits.cpu': '4', 'requests.cpu': '2' },
    used: { 'requests.cpu': '500m', pods: '1' },
  };
  expect(resourceQuotas.cells(quota, wallTime + 5_000)).toEqual([
    'x',
    'pods: 1/10, requests.cpu: 500m/2',
    'limits.cpu: 0/4',
    '5s',
  ]);
});
