/** Events of events.k8s.io/v1: the same objects with newer names, and stricter rules for new ones. */
import { defineView } from '../../define-kind.ts';
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Event, EventsV1Event } from '../../generated/types.ts';
import type { KubernetesObject } from '../../object.ts';
import { events } from './kind.ts';

/** Our name of a field, and the core group's; what both call the same is not here. */
const renamed = {
  reportingController: 'reportingComponent',
  regarding: 'involvedObject',
  note: 'message',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
} as const;
const shownNames: ReadonlyMap<string, string> = new Map(
  Object.entries(renamed).map(([shown, stored]) => [stored, shown]),
);
const storedNames: ReadonlyMap<string, string> = new Map(Object.entries(renamed));

function rename(
  object: KubernetesObject,
  apiVersion: string,
  names: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { kind, apiVersion: _, metadata, ...rest } = object;
  const result: Record<string, unknown> = { kind, apiVersion, metadata };
  for (const [key, value] of Object.entries(rest)) result[names.get(key) ?? key] = value;
  return result;
}

function show(stored: KubernetesObject): EventsV1Event {
  const shown = rename(stored, 'events.k8s.io/v1', shownNames);
  // Always written in this version, and absent in events that were made through the other one.
  shown['eventTime'] ??= null;
  return shown as unknown as EventsV1Event;
}

function store(object: EventsV1Event): KubernetesObject {
  const stored = rename(object, 'v1', storedNames) as unknown as Event;
  stored.reportingComponent ??= '';
  stored.reportingInstance ??= '';
  if ((stored.eventTime ?? null) === null) delete stored.eventTime;
  return stored;
}

const isSet = (value: unknown) => value !== undefined && value !== null && value !== 0;

/** Upstream's validateV1EventCreate. */
function validateNew(event: EventsV1Event): FieldError[] {
  const errors: FieldError[] = [];
  if (!isSet(event.eventTime)) errors.push(required('eventTime'));
  const { type = '' } = event;
  if (type !== 'Normal' && type !== 'Warning') {
    errors.push(invalid('type', type, `has invalid value: ${type}`));
  }
  const unset: readonly (readonly [string, unknown])[] = [
    ['firstTimestamp', event.deprecatedFirstTimestamp],
    ['lastTimestamp', event.deprecatedLastTimestamp],
    ['count', event.deprecatedCount],
    ['source', event.deprecatedSource?.component || event.deprecatedSource?.host || undefined],
  ];
  for (const [field, value] of unset) {
    if (isSet(value)) errors.push(invalid(field, value, 'needs to be unset'));
  }
  const { series } = event;
  if (series !== undefined) {
    if (series.count < 2)
      errors.push(invalid('series.count', series.count, 'should be at least 2'));
    if (!isSet(series.lastObservedTime)) errors.push(required('series.lastObservedTime'));
  }
  return errors;
}

export const newerEvents = defineView<EventsV1Event>(events, {
  group: 'events.k8s.io',
  schema: 'EventsV1Event',
  description: 'An Event tells of something that happened to an object; it is kept for a while.',
  view: { show, store, validateNew },
  fieldSelectors: {
    reason: (event) => event.reason ?? '',
    'regarding.kind': (event) => event.regarding?.kind ?? '',
    'regarding.namespace': (event) => event.regarding?.namespace ?? '',
    'regarding.name': (event) => event.regarding?.name ?? '',
    'regarding.uid': (event) => event.regarding?.uid ?? '',
    'regarding.apiVersion': (event) => event.regarding?.apiVersion ?? '',
    'regarding.resourceVersion': (event) => event.regarding?.resourceVersion ?? '',
    'regarding.fieldPath': (event) => event.regarding?.fieldPath ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  },
});
