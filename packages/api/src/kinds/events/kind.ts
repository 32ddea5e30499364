/** Event: something that happened to an object. Old events are dropped by the server. */
import { column, defineKind } from '../../define-kind.ts';
import { invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Event } from '../../generated/types.ts';
import { problemsAt } from '../../metadata.ts';
import { dns1123SubdomainProblems, qualifiedNameProblems } from '../../names.ts';
import { age } from '../../time.ts';

/** Kinds that live in no namespace: their events go to `default`. */
const defaultNamespace = 'default';

/** What the newer events API asks; objects with an eventTime were made through it. */
function validateNewStyle(event: Event): FieldError[] {
  const errors: FieldError[] = [];
  const { reportingComponent = '', reportingInstance = '' } = event;
  if (reportingComponent === '') errors.push(required('reportingController'));
  else {
    const problems = qualifiedNameProblems(reportingComponent);
    errors.push(...problemsAt('reportingController', reportingComponent, problems));
  }
  if (reportingInstance === '') errors.push(required('reportingInstance'));
  else if (reportingInstance.length > 128) {
    errors.push(invalid('reportingInstance', '', 'can have at most 128 characters'));
  }
  if ((event.action ?? '') === '') errors.push(required('action'));
  else if (event.action!.length > 128) {
    errors.push(invalid('action', '', 'can have at most 128 characters'));
  }
  if ((event.reason ?? '') === '') errors.push(required('reason'));
  else if (event.reason!.length > 128) {
    errors.push(invalid('reason', '', 'can have at most 128 characters'));
  }
  if ((event.message?.length ?? 0) > 1024) {
    errors.push(invalid('message', '', 'can have at most 1024 characters'));
  }
  return errors;
}

function validateEvent(event: Event): FieldError[] {
  const errors: FieldError[] = [];
  const about = event.involvedObject.namespace ?? '';
  const namespace = event.metadata.namespace ?? '';
  const isNewStyle = event.eventTime !== undefined;
  const homes = isNewStyle ? [defaultNamespace, 'kube-system'] : [defaultNamespace];
  const fits = about === '' ? homes.includes(namespace) : isNewStyle || about === namespace;
  if (!fits)
    errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'));
  if (isNewStyle) errors.push(...validateNewStyle(event));
  errors.push(...problemsAt('namespace', namespace, dns1123SubdomainProblems(namespace)));
  return errors;
}

function source({ source: { component = '', host = '' } = {}, ...event }: Event): string {
  const name = component === '' ? (event.reportingComponent ?? '') : component;
  return host === '' ? name : `${name}, ${host}`;
}

function lastSeen(event: Event, wallTime: number): string {
  const first = event.firstTimestamp ?? event.eventTime;
  if (event.series?.lastObservedTime !== undefined) {
    return `${age(event.series.lastObservedTime, wallTime)} (x${event.series.count ?? 0} over ${age(first, wallTime)})`;
  }
  const last = event.lastTimestamp ?? first;
  if ((event.count ?? 0) > 1) {
    return `${age(last, wallTime)} (x${event.count} over ${age(first, wallTime)})`;
  }
  return age(last, wallTime);
}

export const events = defineKind<Event>({
  kind: 'Event',
  resource: 'events',
  description: 'An Event tells of something that happened to an object; it is kept for a while.',
  shortNames: ['ev'],
  allowCreateOnUpdate: true,
  validate: validateEvent,
  columns: [
    column('Last Seen', 'The time since it last happened.'),
    column('Type', 'Normal or Warning.'),
    column('Reason', 'Why, as one word for programs.'),
    column('Object', 'What it happened to.'),
    column('Subobject', 'Which part of that object.', { wide: true }),
    column('Source', 'Who saw it.', { wide: true }),
    column('Message', 'What happened, for people.'),
    column('First Seen', 'The time since it first happened.', { wide: true }),
    column('Count', 'How often it happened.', { type: 'integer', wide: true }),
    column('Name', 'The name of the event.', { wide: true }),
  ],
  cells(event, wallTime) {
    const { kind, name = '', fieldPath = '' } = event.involvedObject;
    return [
      lastSeen(event, wallTime),
      event.type ?? '',
      event.reason ?? '',
      kind === undefined || kind === '' ? name : `${kind.toLowerCase()}/${name}`,
      fieldPath,
      source(event),
      (event.message ?? '').trim(),
      age(event.firstTimestamp ?? event.eventTime, wallTime),
      event.series?.count ?? event.count ?? 1,
      event.metadata.name,
    ];
  },
  fieldSelectors: {
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || (event.reportingComponent ?? ''),
    type: (event) => event.type ?? '',
  },
});
