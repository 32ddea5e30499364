/** The rules of a PodTemplate, in upstream's words. */
import { expect, test } from 'vitest';
import { create, created, updated, wallTime } from '../../testing/writes.ts';
import { podTemplates } from './kind.ts';

const labels = { app: 'web' };
const body = {
  template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
};

test('its template is judged like any other', () => {
  expect(create(podTemplates, body).errors).toEqual([]);
  expect(create(podTemplates, {}).errors).toEqual(['template.spec.containers: Required value']);
  const bad = { template: { metadata: { labels: { a: '-' } }, spec: body.template.spec } };
  expect(create(podTemplates, bad).errors).toEqual([
    expect.stringMatching(/^template\.labels: Invalid value: "-": a valid label must be/),
  ]);
});

test('changes of the template count', () => {
  const { object } = updated(podTemplates, created(podTemplates, body), ({ template }) => {
    template!.spec.containers[0]!.image = 'j';
  });
  expect(object.metadata.generation).toBe(2);
  const labelled = updated(
    podTemplates,
    created(podTemplates, body),
    ({ metadata }) => (metadata.labels = labels),
  );
  expect(labelled.object.metadata.generation).toBe(1);
});

test('a row of a table', () => {
  expect(podTemplates.cells(create(podTemplates, body).object, wallTime)).toEqual([
    'x',
    'c',
    'i',
    'app=web',
  ]);
});
