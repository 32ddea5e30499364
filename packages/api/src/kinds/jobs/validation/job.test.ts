/** What is wrong with the spec of a Job, in upstream's words. */
import { describe, expect, test } from 'vitest';
import { create } from '../../../testing/writes.ts';
import { jobs } from '../kind.ts';

const container = { name: 'c', image: 'i' };
const pod = { containers: [container], restartPolicy: 'Never' };
const errorsOf = (spec: object) =>
  create(jobs, { spec: { template: { spec: pod }, ...spec } }).errors;
const indexed = { completionMode: 'Indexed', completions: 3 };
const notNegative = 'must be greater than or equal to 0';

describe('counts and modes', () => {
  test.each<[string, object, string[]]>([
    [
      'negative numbers',
      {
        parallelism: -1,
        completions: -2,
        activeDeadlineSeconds: -3,
        backoffLimit: -4,
        ttlSecondsAfterFinished: -5,
      },
      [
        `spec.parallelism: Invalid value: -1: ${notNegative}`,
        `spec.completions: Invalid value: -2: ${notNegative}`,
        `spec.activeDeadlineSeconds: Invalid value: -3: ${notNegative}`,
        `spec.backoffLimit: Invalid value: -4: ${notNegative}`,
        `spec.ttlSecondsAfterFinished: Invalid value: -5: ${notNegative}`,
      ],
    ],
    [
      'negative numbers of an Indexed Job',
      { ...indexed, backoffLimitPerIndex: -1, maxFailedIndexes: -2 },
      [
        `spec.backoffLimitPerIndex: Invalid value: -1: ${notNegative}`,
        `spec.maxFailedIndexes: Invalid value: -2: ${notNegative}`,
      ],
    ],
    [
      'failed indexes without a limit for each',
      { ...indexed, maxFailedIndexes: 1 },
      ['spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified'],
    ],
    [
      'an unknown mode',
      { completionMode: 'Sorted' },
      [
        'spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed"',
      ],
    ],
    [
      'indexes without a number of them',
      { completionMode: 'Indexed', parallelism: 1 },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      'too many indexes at once',
      { ...indexed, parallelism: 100_001 },
      [
        'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
      ],
    ],
    [
      'more failures than indexes',
      { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 4 },
      ['spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions'],
    ],
    [
      'more failures than can be told',
      {
        completionMode: 'Indexed',
        completions: 100_000,
        backoffLimitPerIndex: 1,
        maxFailedIndexes: 100_001,
      },
      [
        'spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to completions',
        'spec.maxFailedIndexes: Invalid value: 100001: must be less than or equal to 100000',
      ],
    ],
    [
      'very many indexes, with no word on failures',
      { completionMode: 'Indexed', completions: 100_001, backoffLimitPerIndex: 1 },
      ['spec.maxFailedIndexes: Required value: must be specified when completions is above 100000'],
    ],
    [
      'very many indexes, too many at once and too many that may fail',
      {
        completionMode: 'Indexed',
        completions: 100_001,
        parallelism: 10_001,
        backoffLimitPerIndex: 1,
        maxFailedIndexes: 10_001,
      },
      [
        'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
        'spec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
      ],
    ],
    [
      'limits for indexes that there are not',
      { backoffLimitPerIndex: 1, maxFailedIndexes: 2 },
      [
        'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
        'spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode',
      ],
    ],
    [
      'an unknown replacement',
      { podReplacementPolicy: 'Never' },
      [
        'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
      ],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  test('hosts of an Indexed Job must have names', () => {
    const name = 'a'.repeat(62);
    const outcome = create(jobs, {
      metadata: { name, namespace: 'default' },
      spec: { ...indexed, template: { spec: pod } },
    });
    expect(outcome.errors).toContain(
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-2`,
    );
  });
});

describe('managers', () => {
  test.each<[string, string[]]>([
    ['example.com/queue', []],
    ['', ['spec.managedBy: Required value']],
    [
      'queue',
      [
        'spec.managedBy: Invalid value: "queue": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
    [
      'example.com/',
      [
        'spec.managedBy: Invalid value: "example.com/": must be a domain-prefixed path (such as "acme.io/foo")',
      ],
    ],
    [
      'Example/a b',
      [
        "spec.managedBy: Invalid value: \"Example\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        "spec.managedBy: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
      ],
    ],
    [`a.b/${'c'.repeat(60)}`, ['spec.managedBy: Too long: may not be more than 63 bytes']],
  ])('%j', (managedBy, errors) => {
    expect(errorsOf({ managedBy })).toEqual(errors);
  });
});

describe('pods', () => {
  test.each<[string, object, string[]]>([
    [
      'that start again always, as by default',
      { template: { spec: { containers: [container] } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'that start again sometimes',
      { template: { spec: { ...pod, restartPolicy: 'Sometimes' } } },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
        'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "OnFailure", "Never"',
      ],
    ],
    [
      'that have no containers',
      { template: { spec: { ...pod, containers: [] } } },
      ['spec.template.spec.containers: Required value'],
    ],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });
});

describe('failure policies', () => {
  const exits = (onExitCodes: object) => [{ action: 'FailJob', onExitCodes }];
  const good = { operator: 'In', values: [1] };
  const at = 'spec.podFailurePolicy.rules';

  test.each<[string, object[], string[]]>([
    ['exit codes', exits(good), []],
    ['containers and init containers', exits({ ...good, containerName: 'c' }), []],
    [
      'too many rules',
      Array.from({ length: 21 }, () => exits(good)[0]!),
      [`${at}: Too many: 21: must have at most 20 items`],
    ],
    [
      'no action',
      [{ onExitCodes: good }],
      [`${at}[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`],
    ],
    [
      'an unknown action',
      [{ action: 'Retry', onExitCodes: good }],
      [
        `${at}[0].action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
      ],
    ],
    [
      'the failure of an index without a limit for each',
      [{ action: 'FailIndex', onExitCodes: good }],
      [`${at}[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`],
    ],
    [
      'neither',
      [{ action: 'Ignore' }],
      [`${at}[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`],
    ],
    [
      'both',
      [{ action: 'Ignore', onExitCodes: good, onPodConditions: [{ type: 'A', status: 'True' }] }],
      [`${at}[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`],
    ],
    [
      'no operator',
      exits({ values: [1] }),
      [`${at}[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]`],
    ],
    [
      'an unknown operator',
      exits({ operator: 'Above', values: [1] }),
      [
        `${at}[0].onExitCodes.operator: Unsupported value: "Above": supported values: "In", "NotIn"`,
      ],
    ],
    [
      'an unknown container',
      exits({ ...good, containerName: 'd' }),
      [
        `${at}[0].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template`,
      ],
    ],
    [
      'no exit codes',
      exits({ operator: 'In', values: [] }),
      [`${at}[0].onExitCodes.values: Invalid value: []int32{}: at least one value is required`],
    ],
    [
      'too many exit codes',
      exits({ operator: 'NotIn', values: Array.from({ length: 256 }, (_, code) => code) }),
      [`${at}[0].onExitCodes.values: Too many: 256: must have at most 255 items`],
    ],
    [
      'success, twice and out of order',
      exits({ operator: 'In', values: [5, 0, 5] }),
      [
        `${at}[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
        `${at}[0].onExitCodes.values[2]: Duplicate value: 5`,
        `${at}[0].onExitCodes.values: Invalid value: []int32{5, 0, 5}: must be ordered`,
      ],
    ],
    [
      'conditions without a name and of no known status',
      [{ action: 'Ignore', onPodConditions: [{ type: 'a/', status: 'Maybe' }] }],
      [
        `${at}[0].onPodConditions[0].type: Invalid value: "a/": name part must be non-empty`,
        `${at}[0].onPodConditions[0].type: Invalid value: "a/": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
        `${at}[0].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"`,
      ],
    ],
    [
      'too many conditions',
      [
        {
          action: 'Ignore',
          onPodConditions: Array.from({ length: 21 }, () => ({ type: 'A', status: 'True' })),
        },
      ],
      [`${at}[0].onPodConditions: Too many: 21: must have at most 20 items`],
    ],
  ])('%s', (_what, rules, errors) => {
    expect(errorsOf({ podFailurePolicy: { rules } })).toEqual(errors);
  });

  test('pods must not start again, and only the failed are replaced', () => {
    const spec = {
      podFailurePolicy: { rules: exits(good) },
      podReplacementPolicy: 'TerminatingOrFailed',
      template: { spec: { ...pod, restartPolicy: 'OnFailure' } },
    };
    expect(errorsOf(spec)).toEqual([
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ]);
  });
});

describe('success policies', () => {
  const at = 'spec.successPolicy.rules';

  test.each<[string, object[], string[]]>([
    ['a count', [{ succeededCount: 3 }], []],
    ['indexes', [{ succeededIndexes: '0,1-2' }], []],
    ['a count of indexes', [{ succeededIndexes: '0,2', succeededCount: 2 }], []],
    [
      'no rules',
      [],
      [
        `${at}: Required value: at least one rules must be specified when the successPolicy is specified`,
      ],
    ],
    [
      'too many rules',
      Array.from({ length: 21 }, () => ({ succeededCount: 1 })),
      [`${at}: Too many: 21: must have at most 20 items`],
    ],
    [
      'an empty rule',
      [{}],
      [
        `${at}[0]: Required value: at least one of succeededCount or succeededIndexes must be specified`,
      ],
    ],
    [
      'indexes that are none',
      [{ succeededIndexes: 'a' }],
      [
        `${at}[0].succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"`,
      ],
    ],
    [
      'a negative count',
      [{ succeededCount: -1 }],
      [`${at}[0].succeededCount: Invalid value: -1: ${notNegative}`],
    ],
    [
      'too high a count',
      [{ succeededCount: 4, succeededIndexes: '0' }],
      [
        `${at}[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of specified completions)`,
        `${at}[0].succeededCount: Invalid value: 4: must be less than or equal to 1 (the number of indexes in the specified succeededIndexes field)`,
      ],
    ],
  ])('%s', (_what, rules, errors) => {
    expect(errorsOf({ ...indexed, successPolicy: { rules } })).toEqual(errors);
  });

  test('indexes may fill 64 KiB', () => {
    const succeededIndexes = Array.from({ length: 15_000 }, (_, index) => index).join();
    const spec = {
      completionMode: 'Indexed',
      completions: 20_000,
      successPolicy: { rules: [{ succeededIndexes }] },
    };
    expect(errorsOf(spec)).toEqual([
      `${at}[0].succeededIndexes: Too long: may not be more than 65536 bytes`,
    ]);
  });

  test('there must be indexes', () => {
    const successPolicy = { rules: [{ succeededCount: 1 }] };
    expect(errorsOf({ successPolicy })).toEqual([
      'spec.successPolicy: Invalid value: batch.SuccessPolicy{...}: requires indexed completion mode',
    ]);
    expect(errorsOf({ completionMode: 'Indexed', parallelism: 1, successPolicy })).toEqual([
      'spec.completions: Required value: when completion mode is Indexed',
    ]);
  });
});
