import { expect, test } from 'vitest';
import { decoded } from '../../testing/writes.ts';
import { componentStatuses } from './kind.ts';

const cells = (...conditions: object[]) =>
  componentStatuses.cells(decoded(componentStatuses, { conditions }), 0);

test('rows of a table', () => {
  expect(cells({ type: 'Healthy', status: 'True', message: 'ok' })).toEqual([
    'x',
    'Healthy',
    'ok',
    '',
  ]);
  expect(cells({ type: 'Healthy', status: 'Unknown', error: 'refused' })).toEqual([
    'x',
    'Unhealthy',
    '',
    'refused',
  ]);
  expect(cells({ type: 'Other', status: 'True' })).toEqual(['x', 'Unknown', '', '']);
});
