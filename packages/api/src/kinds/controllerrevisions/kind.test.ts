/** The rules of a ControllerRevision, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, updated, wallTime } from '../../testing/writes.ts';
import type { ControllerRevision, OwnerReference } from '../../generated/types.ts';
import { controllerRevisions } from './kind.ts';

const body = { data: { spec: { a: 1 } }, revision: 3 };

test('data is mandatory, and a revision is no negative number', () => {
  expect(create(controllerRevisions, body).errors).toEqual([]);
  expect(create(controllerRevisions, { revision: -1 }).errors).toEqual([
    'data: Required value: data is mandatory',
    'revision: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test('its place may change, its data may not', () => {
  const errorsOf = (change: (object: ControllerRevision) => void) =>
    updated(controllerRevisions, created(controllerRevisions, body), change).errors;
  expect(errorsOf((object) => (object.revision = 4))).toEqual([]);
  expect(errorsOf((object) => (object.data = {}))).toEqual([
    'data: Invalid value: runtime.Unknown{...}: field is immutable',
  ]);
  expect(errorsOf((object) => delete object.data)).toEqual([
    'data: Required value: data is mandatory',
    'data: Invalid value: "null": field is immutable',
  ]);
});

const owner = (kind: string, apiVersion: string): OwnerReference => ({
  apiVersion,
  kind,
  name: 'web',
  uid: 'u',
  controller: true,
});

test.each([
  [[owner('StatefulSet', 'apps/v1')], 'statefulset.apps/web'],
  [[owner('Pod', 'v1')], 'pod/web'],
  [[], '<none>'],
])('its row names the controller', (ownerReferences, controller) => {
  const { object } = create(controllerRevisions, body);
  object.metadata.ownerReferences = ownerReferences;
  expect(controllerRevisions.cells(object, wallTime + 5_000)).toEqual(['x', controller, 3, '5s']);
});
