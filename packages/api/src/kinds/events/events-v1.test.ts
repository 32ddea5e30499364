import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeObject } from '../../decode.ts';
import { formatFieldError } from '../../field-error.ts';
import type { EventsV1Event } from '../../generated/types.ts';
import { normalize } from '../../normalize.ts';
import type { KubernetesObject } from '../../object.ts';
import { findKind, findResource, findServed } from '../../registry.ts';
import { typedValue } from '../../testing/typed-values.ts';
import { newerEvents } from './events-v1.ts';
import { events } from './kind.ts';

const view = newerEvents.view!;

const decode = (body: object): EventsV1Event =>
  decodeObject(JSON.stringify({ metadata: { name: 'x' }, ...body }), newerEvents).object;

const recent = {
  eventTime: '2026-12-01T08:00:00.000001Z',
  reportingController: 'example.com/robot',
  reportingInstance: 'robot-1',
  action: 'Moving',
  reason: 'Moved',
  type: 'Normal',
  regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
  note: 'went there',
};

describe('an event of events.k8s.io', () => {
  test('is served beside the stored one, which alone is found by its resource and owner', () => {
    expect(findServed('events.k8s.io', 'v1', 'events')).toBe(newerEvents);
    expect(findServed('', 'v1', 'events')).toBe(events);
    expect(findResource('events.k8s.io', 'events')).toBeUndefined();
    expect(findKind('events.k8s.io/v1', 'Event')).toBe(events);
  });

  test('is stored under the names of the core group', () => {
    expect(view.store(decode(recent))).toMatchObject({
      apiVersion: 'v1',
      involvedObject: { kind: 'Pod', name: 'p' },
      message: 'went there',
      reportingComponent: 'example.com/robot',
    });
  });

  test('comes back as it was', () => {
    fc.assert(
      fc.property(typedValue('EventsV1Event'), (value) => {
        const identity = { apiVersion: 'events.k8s.io/v1', kind: 'Event' };
        const object = normalize({ ...value, ...identity }, 'EventsV1Event');
        const back = view.show(view.store(object as unknown as EventsV1Event));
        expect(normalize(back, 'EventsV1Event')).toEqual(object);
      }),
    );
  });

  test('of the core group is shown with the newer names', () => {
    const stored = decodeObject(
      JSON.stringify({
        metadata: { name: 'x' },
        involvedObject: { kind: 'Node', name: 'n' },
        message: 'm',
        count: 3,
        source: { component: 'kubelet' },
        firstTimestamp: '2026-12-01T08:00:00Z',
      }),
      events,
    ).object as KubernetesObject;
    expect(view.show(stored)).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      eventTime: null,
      regarding: { kind: 'Node', name: 'n' },
      note: 'm',
      deprecatedCount: 3,
      deprecatedSource: { component: 'kubelet' },
      deprecatedFirstTimestamp: '2026-12-01T08:00:00Z',
    });
  });

  test.each<[string, object, string[]]>([
    ['nothing', {}, []],
    ['no time', { eventTime: null }, ['eventTime: Required value']],
    ['another type', { type: 'Odd' }, ['type: Invalid value: "Odd": has invalid value: Odd']],
    [
      'what only older clients set',
      {
        deprecatedCount: 2,
        deprecatedFirstTimestamp: '2026-12-01T08:00:00Z',
        deprecatedLastTimestamp: '2026-12-01T08:00:01Z',
      },
      [
        'firstTimestamp: Invalid value: "2026-12-01T08:00:00Z": needs to be unset',
        'lastTimestamp: Invalid value: "2026-12-01T08:00:01Z": needs to be unset',
        'count: Invalid value: 2: needs to be unset',
      ],
    ],
    [
      'a source',
      { deprecatedSource: { host: 'h' } },
      ['source: Invalid value: "h": needs to be unset'],
    ],
    [
      'a series of one',
      { series: { count: 1, lastObservedTime: '2026-12-01T08:00:00.000000Z' } },
      ['series.count: Invalid value: 1: should be at least 2'],
    ],
  ])('new, with %s', (_what, more, errors) => {
    expect(view.validateNew(decode({ ...recent, ...more })).map(formatFieldError)).toEqual(errors);
  });
});
