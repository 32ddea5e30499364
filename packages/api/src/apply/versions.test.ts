/** Owners in several versions of one object (structured-merge-diff, merge.Updater with a converter). */
import { describe, expect, test } from 'vitest';
import { ApiError } from '../errors.ts';
import { convertObject } from '../decode.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import { findServed } from '../registry.ts';
import { applyConfiguration } from './apply-configuration.ts';
import { ownedTypeOf } from './owned-type.ts';
import { trackUpdate } from './track-update.ts';

const [v1, v2] = [
  findServed('autoscaling', 'v1', 'horizontalpodautoscalers')!,
  findServed('autoscaling', 'v2', 'horizontalpodautoscalers')!,
];
const versions: Readonly<Record<string, KindDefinition>> = {
  'autoscaling/v1': v1,
  'autoscaling/v2': v2,
};
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const cpu = (percent: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
});
const inV1 = (spec: object) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default' },
  spec: { scaleTargetRef, maxReplicas: 5, ...spec },
});
const inV2 = (spec: object) => ({ ...inV1(spec), apiVersion: 'autoscaling/v2' });

const shown = (kind: KindDefinition, stored: KubernetesObject) =>
  kind.view === undefined ? structuredClone(stored) : kind.view.show(structuredClone(stored));
const storedOf = (kind: KindDefinition, object: KubernetesObject) => {
  const stored = kind.view === undefined ? object : kind.view.store(object);
  v2.setDefaults(stored);
  return stored;
};
const whole = (kind: KindDefinition, value: unknown) => {
  const { object } = convertObject({ value, duplicates: [] }, kind, 'Ignore');
  kind.setDefaults(object);
  return object;
};

interface Who {
  readonly manager: string;
  readonly force?: boolean;
}

/** As the server applies: on the object as the version of the configuration has it. */
function apply(
  live: KubernetesObject | undefined,
  config: { apiVersion: string },
  { manager, force = false }: Who,
): KubernetesObject {
  const kind = versions[config.apiVersion]!;
  const before = live && shown(kind, live);
  const request = { live: before, config, manager, force, subresource: '', wallTime: 0 };
  return storedOf(
    kind,
    applyConfiguration(ownedTypeOf(kind), request, (value) => whole(kind, value)),
  );
}

function update(live: KubernetesObject, value: { apiVersion: string }, manager: string) {
  const kind = versions[value.apiVersion]!;
  const before = shown(kind, live);
  const object = whole(kind, value);
  const owners = trackUpdate(ownedTypeOf(kind), {
    live: before,
    object,
    manager,
    subresource: '',
    wallTime: 0,
  });
  const stored = storedOf(kind, object);
  if (owners !== undefined) stored.metadata.managedFields = owners;
  return stored;
}

const owners = ({ metadata }: KubernetesObject) =>
  (metadata.managedFields ?? []).map(({ manager, apiVersion, fieldsV1 }) => {
    const spec = (fieldsV1 as { 'f:spec'?: object })['f:spec'] ?? {};
    return [manager, apiVersion, Object.keys(spec).join(' ')];
  });
const specOf = (object: KubernetesObject) => (object as unknown as { spec: object }).spec;

function conflictOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'no conflict';
}

describe('two managers, each in a version of its own', () => {
  const object = apply(undefined, inV1({ targetCPUUtilizationPercentage: 50 }), { manager: 'old' });

  test('what is applied in a version is owned in its terms', () => {
    expect(owners(object)).toEqual([
      ['old', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef f:targetCPUUtilizationPercentage'],
    ]);
    expect(specOf(object)).toMatchObject({ metrics: [cpu(50)] });
  });

  test('the same value is owned by both', () => {
    const both = apply(object, inV2({ metrics: [cpu(50)] }), { manager: 'new' });
    expect(owners(both)).toEqual([
      ['new', 'autoscaling/v2', 'f:maxReplicas f:metrics f:scaleTargetRef'],
      ['old', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef f:targetCPUUtilizationPercentage'],
    ]);
  });

  test('another value is a conflict, told in the terms of the owner', () => {
    const other = inV2({ metrics: [cpu(80)] });
    expect(conflictOf(() => apply(object, other, { manager: 'new' }))).toBe(
      'Apply failed with 1 conflict: conflict with "old": .spec.targetCPUUtilizationPercentage',
    );
    const taken = apply(object, other, { manager: 'new', force: true });
    expect(owners(taken)).toEqual([
      ['new', 'autoscaling/v2', 'f:maxReplicas f:metrics f:scaleTargetRef'],
      ['old', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef'],
    ]);
  });

  test('an update in one version takes fields from who owns them in the other', () => {
    const updated = update(object, inV2({ metrics: [cpu(80)] }), 'editor');
    expect(owners(updated)).toEqual([
      ['old', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef'],
      ['editor', 'autoscaling/v2', 'f:metrics'],
    ]);
    const again = update(updated, inV1({ targetCPUUtilizationPercentage: 60 }), 'editor');
    expect(owners(again)).toEqual([
      ['old', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef'],
      ['editor', 'autoscaling/v1', 'f:targetCPUUtilizationPercentage'],
    ]);
  });

  test('what one gives up stays while the other owns it in another version', () => {
    const both = apply(object, inV2({ metrics: [cpu(50)] }), { manager: 'new' });
    const left = apply(both, inV2({}), { manager: 'new' });
    expect(specOf(left)).toMatchObject({ metrics: [cpu(50)] });
  });
});

describe('one manager that goes from version to version', () => {
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } },
  };
  const object = apply(undefined, inV2({ metrics: [memory], minReplicas: 2 }), { manager: 'm' });

  test('has one entry, of the last version, and gives up what it no longer mentions', () => {
    const next = apply(object, inV1({ targetCPUUtilizationPercentage: 50 }), { manager: 'm' });
    expect(owners(next)).toEqual([
      ['m', 'autoscaling/v1', 'f:maxReplicas f:scaleTargetRef f:targetCPUUtilizationPercentage'],
    ]);
    // v2 has its metrics as a whole, and the field of v1 is one of them: all of them stay.
    expect(specOf(next)).toEqual({
      scaleTargetRef,
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [memory, cpu(50)],
    });
  });

  test('applying the same twice changes nothing', () => {
    const config = inV1({ targetCPUUtilizationPercentage: 50, minReplicas: 2 });
    const once = apply(object, config, { manager: 'm' });
    expect(apply(once, config, { manager: 'm' })).toEqual(once);
  });
});

test('owners in a version that is not served lose their entries', () => {
  const object = apply(undefined, inV2({ metrics: [cpu(50)] }), { manager: 'm' });
  object.metadata.managedFields![0]!.apiVersion = 'autoscaling/v2beta1';
  expect(owners(apply(object, inV2({}), { manager: 'other' }))).toEqual([
    ['other', 'autoscaling/v2', 'f:maxReplicas f:scaleTargetRef'],
  ]);
});
